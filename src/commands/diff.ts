import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {commonFlags} from '../cli/flags.ts';
import {KdiagCommand} from '../cli/kdiag-command.ts';
import {printDiff} from '../cli/print-diff.ts';
import {Progress} from '../cli/progress.ts';
import {reportFrom} from '../cli/report-file.ts';
import {diffOf} from '../diagnose/diff.ts';
import {KdiagError} from '../kdiag-error.ts';

const side = 'a JSON report, or a recording, which is examined first';

export default class Diff extends KdiagCommand {
  static override summary = 'Say what is new, gone or graver from one report to another';
  static override description = `Works on files: it asks no cluster. What either report could not examine is told as not sure, and is never taken for mended.
Exit codes: 0 nothing new at or above --fail-on, 1 something new or graver, 2 wrong command line or a file that cannot be read, 3 one of the
two could not be examined, so that it cannot be told.`;
  static override examples = [
    {command: '<%= config.bin %> check -o json | <%= config.bin %> diff before.json -', description: 'What a change has broken, and mended; before it: kdiag check -o json=before.json'},
    {command: '<%= config.bin %> diff monday.kdiag tuesday.kdiag', description: 'Two recordings'},
    {command: '<%= config.bin %> diff before.json after.json -o json --fail-on warning', description: 'For a program'},
  ];
  static override args = {a: Args.string({required: true, description: `what was before: ${side}; - is stdin`}), b: Args.string({required: true, description: `what is now: ${side}; - is stdin`})};
  static override flags = {
    output: Flags.option({char: 'o', options: ['text', 'json'] as const, default: 'text' as const})({description: 'form of the comparison', helpGroup: 'REPORT'}),
    'fail-on': Flags.option({options: ['error', 'warning', 'info'] as const, default: 'error' as const})({description: 'exit with 1 when something of this level or above is new, or has become so', helpGroup: 'REPORT'}),
    ...commonFlags,
  };

  async run(): Promise<void> {
    const {args: {a, b}, flags} = await this.parse(Diff);
    if (a === '-' && b === '-') throw new KdiagError(2, 'both reports cannot come from stdin');
    const progress = new Progress(process.stderr, flags.verbose);
    try {
      const [before, after] = [await reportFrom(a, text => progress.show(text)), await reportFrom(b, text => progress.show(text))];
      const diff = diffOf({file: a, report: before}, {file: b, report: after});
      progress.clear();
      await printDiff(diff, flags.output, flags['fail-on'], flags['no-color']);
    } finally {
      progress.clear();
    }
  }
}
