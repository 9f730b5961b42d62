import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {run} from '@oclif/core/run';
import {settings} from '@oclif/core/settings';
import {tellFailure} from './failure.ts';
import {programName} from './program.ts';

/**
 * Runs the command line. `execute` and `flush` of oclif are not used: they end in a time-out when the reader of a pipe is slow
 * and cut long reports. `commands` names another folder of commands, for running from the sources.
 */
export async function start(root: URL, commands?: string): Promise<void> {
  settings.enableAutoTranspile = false;
  const path = fileURLToPath(root);
  const pjson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {oclif: Record<string, unknown>};
  const oclif = {...pjson.oclif, bin: programName(), ...(commands === undefined ? {} : {commands})};
  const options = {root: path, pjson: {...pjson, oclif}, ...(commands === undefined ? {} : {ignoreManifest: true})};
  const argv = process.argv.slice(2);
  try {
    await run(argv, options as Parameters<typeof run>[1]);
  } catch (error) {
    process.exitCode = tellFailure(error);
  }
  // Nothing was asked: the help was shown, and nothing examined
  if (argv.length === 0) process.exitCode = 2;
}
