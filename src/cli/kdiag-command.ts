import {Command} from '@oclif/core/command';
import {KdiagError} from '../kdiag-error.ts';

/** What all commands share: how errors are told and which exit code they have. */
export abstract class KdiagCommand extends Command {
  protected override async catch(error: Error & {oclif?: {exit?: number}; exitCode?: number; code?: string}): Promise<void> {
    if (error instanceof KdiagError) {
      process.stderr.write(`kdiag: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
      process.exitCode = error.exit;
      return;
    }
    if (error.oclif?.exit !== undefined && error.oclif.exit !== 0) {
      // oclif's own: a wrong flag or argument. Its text names the flag; its usual dump of the help would bury it.
      const [first = '', ...rest] = error.message.split('\n');
      process.stderr.write(`kdiag: ${first}\n${rest.filter(line => !line.startsWith('See more help') && line.trim() !== '').map(line => `${line}\n`).join('')}Try: kdiag ${this.id} --help\n`);
      process.exitCode = 2;
      return;
    }
    throw error;
  }
}
