import type {TraceReport} from '../diagnose/trace-report.ts';

/** Exit code 0 when the walk could be done, wherever it led; 3 when it, or a part of it, could not. Then the trace on stdout. */
export async function printTrace(report: TraceReport, output: 'text' | 'wide' | 'json', noColour: boolean): Promise<void> {
  process.exitCode = report.status === 'followed' ? 0 : 3;
  process.stdout.write(await render(report, output, noColour));
}

async function render(report: TraceReport, output: 'text' | 'wide' | 'json', noColour: boolean): Promise<string> {
  if (output === 'json') return (await import('../report/json.ts')).renderJson(report);
  const [{renderTrace}, {styleFor}] = await Promise.all([import('../report/trace.ts'), import('./streams.ts')]);
  return renderTrace(report, styleFor(process.stdout, noColour ? {...process.env, NO_COLOR: '1'} : process.env), output === 'wide');
}
