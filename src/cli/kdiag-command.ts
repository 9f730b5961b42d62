import {Command} from '@oclif/core/command';
import {tellFailure} from './failure.ts';

/** What all commands share: how errors are told and which exit code they have. */
export abstract class KdiagCommand extends Command {
  protected override async catch(error: Error): Promise<void> {
    process.exitCode = tellFailure(error, this.id);
  }
}
