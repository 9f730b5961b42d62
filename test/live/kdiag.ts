import assert from 'node:assert/strict';
import {join} from 'node:path';
import {complaintsAbout} from '../unit/report/schema.ts';
import {root, run, type Result} from './rig.ts';

/** What these tests read of kdiag's report; its whole shape is in the JSON Schema that the package ships. */
export interface Report {
  readonly schemaVersion: string;
  readonly status: string;
  readonly verdict: {readonly summary: string; readonly rootCauses: readonly Cause[]};
  readonly findings: readonly Cause[];
  readonly checks: readonly {readonly id: string; readonly outcome: string; readonly why?: string}[];
  readonly reach: readonly {readonly from: {readonly kind: string; readonly name: string}; readonly to: string; readonly predicted: number | null}[];
}

export interface Cause {
  readonly code: string;
  readonly level: 'error' | 'warning' | 'info';
  readonly subject: {readonly kind: string; readonly namespace: string | null; readonly name: string};
  readonly message: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly evidence?: readonly {readonly text: string}[];
}

/** The published entry on what `test/live/run` built; LIVE_ENTRY=bin/dev.js is the same on the sources. */
export const entry = join(root, process.env['LIVE_ENTRY'] ?? 'bin/run.js');

export function kdiag(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
  return run(process.execPath, [entry, ...args], {env: {...process.env, ...env}, timeout: process.env['LIVE_IPTABLES'] === 'ipvs' ? 180_000 : 90_000});
}

/** With `-o json`: the report, which is as the shipped schema says, and the exit status. */
export async function diagnose(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{readonly exit: number | null; readonly report: Report; readonly text: string}> {
  const {code, stdout, stderr} = await kdiag([...args, ...sparing(args), '-o', 'json'], env);
  let report: Report;
  try {
    report = JSON.parse(stdout) as Report;
  } catch {
    throw new Error(`kdiag ${args.join(' ')}: exit ${code} and no report\n${stdout}${stderr}`);
  }
  assert.deepEqual(complaintsAbout(report), [], `the report of kdiag ${args.join(' ')} is not as the schema says`);
  return {exit: code, report, text: stdout};
}

/** What is asked of endpoints does not depend on how kube-proxy writes rules: in two rounds, one of them on emulated machines, no debug pod is started for it. */
function sparing([command]: readonly string[]): readonly string[] {
  return command === 'svc' && ['legacy', 'ipvs'].includes(process.env['LIVE_IPTABLES'] ?? '') ? ['--no-probe'] : [];
}

/** For a person whose test failed: what kdiag said. */
export function describeReport({exit, report}: {readonly exit: number | null; readonly report: Report}): string {
  const causes = report.verdict.rootCauses.map(cause => `  root ${line(cause)}`);
  const findings = report.findings.map(finding => `  finding ${line(finding)}`);
  const open = report.checks.filter(check => check.outcome !== 'pass').map(check => `  check ${check.id} ${check.outcome} ${check.why ?? ''}`);
  const reach = report.reach.map(({from, to, predicted}) => `${from.kind}/${from.name}->${to}=${predicted}`);
  return [`exit ${exit}, ${report.status}: ${report.verdict.summary}`, ...causes, ...findings, ...open, `  reach ${reach.join(' ')}`].join('\n');
}

function line({code, level, subject, message, args}: Cause): string {
  return `${code} (${level}) ${subject.kind}/${subject.name} ${JSON.stringify(args ?? {})}: ${message}`;
}
