import type {Report} from '../diagnose/report.ts';
import type {Level} from '../findings/finding.ts';
import {exitCode} from './exit-code.ts';
import {type Format, type Output, writeOutput} from './outputs.ts';

export interface Printing {
  readonly outputs: readonly Output[];
  /** Null: what is found does not count. */
  readonly failOn: Level | null;
  readonly noColour: boolean;
}

/** The exit code first, from the report alone; then the report in each form, and for people on stdout where no other form goes. */
export async function printReport(report: Report, printing: Printing): Promise<void> {
  if (printing.failOn !== null) process.exitCode = exitCode(report, printing.failOn);
  for (const {format, file} of printing.outputs) if (file !== null) await writeOutput(file, await render(report, format, printing));
  const {format} = printing.outputs.find(({file}) => file === null) ?? {format: 'text'};
  process.stdout.write(await render(report, format, printing));
}

/** The renderers are loaded when they are needed. */
export async function render(report: Report, format: Format, {noColour}: Printing): Promise<string> {
  switch (format) {
    case 'json': return (await import('../report/json.ts')).renderJson(report);
    default: {
      const [{renderText}, {styleFor}] = await Promise.all([import('../report/text.ts'), import('./streams.ts')]);
      return renderText(report, styleFor(process.stdout, noColour ? {...process.env, NO_COLOR: '1'} : process.env), format === 'wide');
    }
  }
}

/** What the flags of a command say of its report; refuses what could not be written, before anything is examined. */
export function printingOf(flags: {readonly output: readonly Output[]; readonly 'fail-on'?: Level; readonly 'no-color': boolean}): Printing {
  return {outputs: flags.output, failOn: flags['fail-on'] ?? 'error', noColour: flags['no-color']};
}
