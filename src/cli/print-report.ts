import type {Report} from '../diagnose/report.ts';
import type {Level} from '../findings/finding.ts';
import {exitCode} from './exit-code.ts';

/** The exit code first, from the report alone; then the report on stdout. The renderers are loaded when they are needed. */
export async function printReport(report: Report, output: 'text' | 'wide' | 'json', failOn: Level, noColour: boolean): Promise<void> {
  process.exitCode = exitCode(report, failOn);
  process.stdout.write(await render(report, output, noColour));
}

export async function render(report: Report, output: 'text' | 'wide' | 'json', noColour: boolean): Promise<string> {
  if (output === 'json') return (await import('../report/json.ts')).renderJson(report);
  const [{renderText}, {styleFor}] = await Promise.all([import('../report/text.ts'), import('./streams.ts')]);
  return renderText(report, styleFor(process.stdout, noColour ? {...process.env, NO_COLOR: '1'} : process.env), output === 'wide');
}
