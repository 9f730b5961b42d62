import * as Args from '@oclif/core/args';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {readPage} from '../cli/page.ts';
import {codes, pageOf} from '../findings/words.ts';
import {KdiagError} from '../kdiag-error.ts';
import {nearestNames} from '../model/labels.ts';

export default class Explain extends KdiagCommand {
  static override summary = 'Say what a finding means, why it matters, how to confirm and how to mend it';
  static override examples = [{command: '<%= config.bin %> explain rules-stale-endpoint', description: 'The page of one code'}, {command: '<%= config.bin %> explain', description: 'All codes'}];
  static override args = {code: Args.string({description: 'the code of a finding; without one, all are listed'})};

  async run(): Promise<void> {
    const {args: {code}} = await this.parse(Explain);
    if (code === undefined) {
      process.stdout.write(codes.map(each => `${each}\n`).sort().join(''));
      return;
    }
    const known = codes.find(each => each === code);
    if (known === undefined) {
      const near = nearestNames(code, codes);
      throw new KdiagError(2, `there is no finding “${code}”`, near.length === 0 ? 'kdiag explain lists them' : `Did you mean ${near.join(' or ')}?`);
    }
    process.stdout.write(await readPage(pageOf(known)));
  }
}
