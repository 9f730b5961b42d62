import type {DiffReport} from '../diagnose/diff-report.ts';
import type {Level} from '../findings/finding.ts';
import {diffExitCode} from './exit-code.ts';

/** The exit code first, from the comparison alone; then the comparison on stdout. */
export async function printDiff(diff: DiffReport, output: 'text' | 'json', failOn: Level, noColour: boolean): Promise<void> {
  process.exitCode = diffExitCode(diff, failOn);
  if (output === 'json') {
    process.stdout.write((await import('../report/json.ts')).renderJson(diff));
    return;
  }
  const [{renderDiff}, {styleFor}] = await Promise.all([import('../report/diff.ts'), import('./streams.ts')]);
  process.stdout.write(renderDiff(diff, styleFor(process.stdout, noColour ? {...process.env, NO_COLOR: '1'} : process.env)));
}
