import type {Config} from '@oclif/core/config';
import * as Flags from '@oclif/core/flags';
import {KdiagError} from '../kdiag-error.ts';
import {type Level, flagsFor} from '../manifest/rights.ts';
import {version} from '../version.ts';
import {levelFlag} from './level-flag.ts';
import {checkImage, manifestFlags} from './manifest-flags.ts';

export const jobFlags = {
  level: levelFlag,
  image: Flags.string({description: "kdiag's image", default: `docker.io/library/kdiag:${version}`, parse: async text => checkImage(text)}),
  ...manifestFlags,
};

/**
 * The words before `--`, and those behind it. Not left to the framework: it puts what is behind in the order of the words' first places
 * on the whole line, so that `-n` of the one would come before the command of the other.
 */
export function atDashes(argv: readonly string[]): {readonly own: string[]; readonly told: readonly string[]} {
  const at = argv.indexOf('--');
  return at < 0 ? {own: [...argv], told: []} : {own: argv.slice(0, at), told: argv.slice(at + 1)};
}

/** What kdiag is told in the cluster. Flags of the rung go only to a command that has them, and not where somebody has decided already. */
export function argsForLevel(config: Config, asked: readonly string[], level: Level, namespace: string): readonly string[] {
  const args = asked.length === 0 ? ['check', '-o', 'json'] : asked;
  const [name = '', ...others] = args;
  if (name.startsWith('-')) throw new KdiagError(2, `“${name}” is no command of kdiag`, 'Write kdiag manifest job [FLAGS] -- COMMAND [FLAGS]');
  const [flag = '', ...value] = flagsFor(level, namespace);
  const known = config.findCommand(name);
  const takes = known === undefined || flag.slice(2) in known.flags;
  return takes && !others.some(each => /^--(no-debug-pod|via|debug-namespace)(=|$)/.test(each)) ? [...args, flag, ...value] : args;
}
