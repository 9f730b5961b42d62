import {KdiagError} from '../kdiag-error.ts';
import {plain} from '../report/plain.ts';
import {programName} from './program.ts';

/** What oclif throws: its own errors carry an exit code, also the end of `--help` and `--version` (0). */
interface Thrown {
  readonly message?: string;
  readonly stack?: string;
  readonly oclif?: {readonly exit?: number};
}

/**
 * Says on stderr why there is no report, and gives the exit code: 2 for a wrong command line, 3 for everything else. A bug is 3
 * too: 1 would say that something was found.
 */
export function tellFailure(error: unknown, command?: string): 0 | 2 | 3 {
  const {message = String(error), stack = message, oclif} = error as Thrown;
  if (error instanceof KdiagError) return say(error.exit, message, ...(error.hint === undefined ? [] : [error.hint]));
  if (oclif?.exit === 0) return 0;
  const help = `Try: ${programName()} ${command === undefined ? '' : `${command.replaceAll(':', ' ')} `}--help`;
  const [, flag, reason] = /^Parsing (--\S+)\s+(.*?)(?:\nSee more help.*)?$/s.exec(message) ?? [];
  if (flag !== undefined && reason !== undefined) return say(2, `${flag}: ${reason}`, help);
  const [, unknown] = /^[Cc]ommand (.+?) not found/.exec(message) ?? [];
  if (unknown !== undefined) return say(2, `there is no command “${unknown.replaceAll(':', ' ')}”`, help);
  if (oclif?.exit !== undefined) return say(2, ...message.split('\n').map(line => line.trim()).filter(line => line !== '' && !/^(See more help|The following errors? occurred:$|Note: --\S+ allows? multiple values|Alternatively, you can use "--")/.test(line)), help);
  return say(3, `this is a bug of kdiag, please report it: ${stack}`);
}

function say<Exit extends 2 | 3>(exit: Exit, ...lines: readonly string[]): Exit {
  process.stderr.write(plain(`kdiag: ${lines.join('\n')}\n`, 'many'));
  return exit;
}
