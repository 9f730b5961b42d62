import {Chalk} from 'chalk';
import type {Style} from '../report/style.ts';

/** What a stream can show, decided once: chalk alone would ignore NO_COLOR. */
export function styleFor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Style {
  const chalk = new Chalk({level: hasColour(stream, env) ? 1 : 0});
  const columns = stream.isTTY ? stream.columns : 80;
  return {
    width: Math.min(Math.max(columns || 80, 40), 120),
    // The 16 basic colours follow the terminal's own theme, light or dark.
    good: text => chalk.green(text), bad: text => chalk.red(text), caution: text => chalk.yellow(text), faint: text => chalk.dim(text), strong: text => chalk.bold(text),
  };
}

/** https://no-color.org, https://force-color.org, TERM=dumb. */
function hasColour(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
