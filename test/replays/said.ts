import assert from 'node:assert/strict';
import type {Report} from '../live/kdiag.ts';

/** What kdiag says of a cluster that was broken in one way: live (test/live), and of the recording of it that is kept here. */
export interface SaidFault {
  readonly name: string;
  /** After the first word of the command, instead of its other ones. */
  readonly args?: readonly string[];
  /** `reach` is predicted otherwise than it is measured. */
  readonly reachIsBlind?: true;
  readonly expect: {
    readonly status: 'broken' | 'degraded' | 'healthy';
    /** Of the first root cause, and of all that are as severe; of a healthy status, of a finding of level info. */
    readonly code: string;
    readonly subject?: {readonly kind: string; readonly name?: string | RegExp};
    readonly reason?: string;
    /** In the message of that finding. */
    readonly says?: RegExp;
    /** Codes that are found as well, and are no root causes. */
    readonly explains?: readonly string[];
  };
}

/** What is asked of kdiag: `svc hostnames`, or of a fault that is about another Service, `svc` and that. */
export function askedOf(command: string, {args}: Pick<SaidFault, 'args'> = {}): readonly string[] {
  const [verb = '', ...usual] = command.split(' ');
  return [verb, ...args ?? usual];
}

/** Of the recording: the name in small letters, all else as hyphens. */
export const fileOf = ({name}: SaidFault): string => `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.kdiag`;

/** What was said is what had to be: the root cause alone, on the right thing, and the exit status that follows. `said` is for people. */
export function assertSaid({exit, report}: {readonly exit: number | null; readonly report: Report}, {expect, reachIsBlind}: SaidFault, said: string): void {
  assert.equal(report.status, expect.status, `status${said}`);
  assert.equal(exit, expect.status === 'broken' ? 1 : 0, `exit status${said}`);
  const {rootCauses} = report.verdict;
  const first = expect.status === 'healthy' ? report.findings.find(({code}) => code === expect.code) : rootCauses[0];
  assert.equal(first?.code, expect.code, `the first root cause${said}`);
  const severe = rootCauses.filter(({level}) => level === 'error' || expect.status === 'degraded').map(({code}) => code);
  if (expect.status !== 'healthy') assert.deepEqual([...new Set(severe)], [expect.code], `root causes${said}`);
  if (expect.subject !== undefined) assert.equal(first?.subject.kind, expect.subject.kind, `kind of the subject${said}`);
  const name = expect.subject?.name;
  if (name !== undefined) assert.match(first?.subject.name ?? '', typeof name === 'string' ? new RegExp(`^${name}$`) : name, `name of the subject${said}`);
  if (expect.reason !== undefined) assert.equal(first?.args?.['reason'], expect.reason, `args.reason${said}`);
  if (expect.says !== undefined) assert.match(first?.message ?? '', expect.says, said);
  for (const code of expect.explains ?? []) {
    assert.ok(report.findings.some(each => each.code === code), `${code} is found${said}`);
    assert.ok(!rootCauses.some(each => each.code === code), `${code} is explained${said}`);
  }
  // of DNS a share of the queries is told, of which a node and its pods are told together
  if (report.checks.some(({id}) => id === 'service-address-answers') && expect.status === 'broken' && reachIsBlind !== true) assertReachIsTrue(report, said);
}

type Reach = Report['reach'][number] & {readonly probed?: {readonly tries: number; readonly ok: number}};

/** What was measured at a Service's address is what was predicted of it; one try may go otherwise by chance. */
function assertReachIsTrue({reach}: Report, said: string): void {
  for (const {from, to, predicted, probed} of reach as readonly Reach[]) {
    if (predicted === null || probed === undefined) continue;
    const {tries, ok} = probed;
    const sure = predicted < 0.001 || predicted > 0.999;
    const most = sure ? 1.001 / tries : 4 * Math.sqrt((predicted * (1 - predicted)) / tries);
    assert.ok(Math.abs(ok / tries - predicted) < most, `from ${from.name} to ${to} ${ok} of ${tries} got through, and ${predicted} was predicted${said}`);
  }
}
