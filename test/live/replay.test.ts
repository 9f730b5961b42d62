import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {diagnose, kdiag} from './kdiag.ts';
import {kubectl} from './rig.ts';
import {putBack, remember, settled} from './restore.ts';
import {serviceRules, iptables, restartKubeProxy} from './node-rules.ts';
import {onNode} from './rig.ts';

let folder: string | undefined;
let atFirst: Awaited<ReturnType<typeof remember>>;
/** No cluster behind it: a replay must not need one. */
const nowhere = {KUBECONFIG: '/dev/null'};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kdiag-live-'));
  atFirst = await remember();
});
after(async () => { if (folder !== undefined) await rm(folder, {recursive: true, force: true}); });

/** The report without what may differ: times, the source, and the flags that make the difference. */
function comparable(text: string): unknown {
  const {startedAt: _, ms: __, source: ___, ...report} = JSON.parse(text) as {startedAt: unknown; ms: unknown; source: unknown; command: {args?: Record<string, unknown>}; checks: {ms?: number}[]};
  delete report.command.args?.['record'];
  delete report.command.args?.['recording'];
  return {...report, checks: report.checks.map(({ms: ____, ...check}) => check)};
}

async function assertReplays(name: string, exit: number): Promise<void> {
  const file = join(folder ?? '', `${name}.kdiag`);
  const live = await diagnose(['svc', 'hostnames', '--record', file]);
  assert.equal(live.exit, exit, live.text);
  const replayed = await diagnose(['svc', 'hostnames', '--recording', file], nowhere);
  assert.equal(replayed.exit, exit, replayed.text);
  assert.deepEqual(comparable(replayed.text), comparable(live.text));
  assert.equal(JSON.stringify(comparable(replayed.text)), JSON.stringify(comparable(live.text)), 'the same order too');
}

async function assertRecordingAnswers(name: string, exit: number, code?: string): Promise<void> {
  const file = join(folder ?? '', `${name}-all.kdiag`);
  const recorded = await kdiag(['record', '-o', file, '--all-nodes']);
  assert.equal(recorded.code, 0, recorded.stdout + recorded.stderr);
  const replayed = await diagnose(['svc', 'hostnames', '--recording', file], nowhere);
  assert.equal(replayed.exit, exit, replayed.text);
  assert.equal(replayed.report.verdict.rootCauses[0]?.code, code, replayed.text);
}

test('healthy: a recording gives the same report', {timeout: 60_000}, () => assertReplays('healthy', 0));
test('healthy: the whole cluster recorded answers the same question', {timeout: 60_000}, () => assertRecordingAnswers('healthy', 0));

test('broken objects: a recording gives the same report', {timeout: 120_000}, async () => {
  try {
    await kubectl('patch svc hostnames --type merge -p', JSON.stringify({spec: {selector: {app: 'hostname'}}}));
    await assertReplays('selector', 1);
    await assertRecordingAnswers('selector', 1, 'service-selector-matches-no-pod');
  } finally {
    await putBack(atFirst);
    await settled();
  }
});

test('broken rules: a recording gives the same report', {timeout: 120_000}, async () => {
  try {
    const {vip, svc} = await serviceRules('node1');
    await onNode('node1', `${iptables} -t nat -D KUBE-SERVICES -d ${vip}/32 -p tcp -m comment --comment "default/hostnames:default cluster IP" -m tcp --dport 80 -j ${svc}`);
    await assertReplays('jump', 1);
    await assertRecordingAnswers('jump', 1, 'rules-jump-missing');
  } finally {
    await restartKubeProxy('node1');
  }
});

test('broken rules through debug pods: a recording gives the same report', {timeout: 120_000}, async () => {
  const file = join(folder ?? '', 'debug-pod.kdiag');
  const live = await diagnose(['svc', 'hostnames', '--via', 'debug-pod', '--record', file]);
  const replayed = await diagnose(['svc', 'hostnames', '--via', 'debug-pod', '--recording', file], nowhere);
  assert.deepEqual(comparable(replayed.text), comparable(live.text));
});
