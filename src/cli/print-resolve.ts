import type {ResolveReport} from '../diagnose/resolve-report.ts';

/** On stdout; the exit code is 0: nothing was judged. */
export async function printResolve(report: ResolveReport, output: 'text' | 'json', noColour: boolean): Promise<void> {
  if (output === 'json') {
    process.stdout.write((await import('../report/json.ts')).renderJson(report));
    return;
  }
  const [{renderResolve}, {styleFor}] = await Promise.all([import('../report/resolve.ts'), import('./streams.ts')]);
  process.stdout.write(renderResolve(report, styleFor(process.stdout, noColour ? {...process.env, NO_COLOR: '1'} : process.env)));
}
