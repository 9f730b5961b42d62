import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {threeFaults} from '../../replays/check-faults.ts';
import {describeReport, diagnose, entry, kdiag} from '../kdiag.ts';
import {ourPods} from '../kdiag-pods.ts';
import {iptables, restartKubeProxy} from '../node-rules.ts';
import {settled} from '../restore.ts';
import {kubectl, onNode, pause, until} from '../rig.ts';

let folder = '';
before(async () => { folder = await mkdtemp(join(tmpdir(), 'kdiag-live-check-')); });
after(async () => {
  await repair();
  await rm(folder, {recursive: true, force: true});
});

/** What test/replays/check-faults.ts names. */
async function breakThree(): Promise<void> {
  await kubectl('expose deployment hostnames --name=badport --port=80 --target-port=9999');
  await kubectl('create service clusterip nosuch --tcp=80:80');
  await unhook();
}

async function unhook(): Promise<void> {
  await onNode('node1', `${iptables} -t nat -D PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES`);
}

async function repair(): Promise<void> {
  await kubectl('delete service badport nosuch --ignore-not-found');
  await restartKubeProxy('node1');
  await settled();
}

test('check: a healthy cluster is silent', {timeout: 180_000}, async () => {
  const found = await diagnose(['check']);
  assert.deepEqual([found.exit, found.report.status, found.report.verdict.rootCauses], [0, 'healthy', []], describeReport(found));
});

test('check: three unrelated faults, each told once, the same in every form; accepted ones do not count', {timeout: 400_000}, async () => {
  try {
    await breakThree();
    const before = join(folder, 'before.json');
    const {code, stdout, stderr} = await kdiag(['check', '-o', `json=${before}`, '-o', `junit=${join(folder, 'out.xml')}`, '-o', `sarif=${join(folder, 'out.sarif')}`, '-o', 'markdown']);
    assert.equal(code, 1, stderr);
    const report = JSON.parse(await readFile(before, 'utf8')) as {verdict: {rootCauses: {code: string; breaks?: string[]}[]}};
    assert.deepEqual(report.verdict.rootCauses.map(({code: each, breaks}) => [each, breaks]), threeFaults, stdout);
    for (const text of [stdout, await readFile(join(folder, 'out.xml'), 'utf8'), await readFile(join(folder, 'out.sarif'), 'utf8')]) for (const [each] of threeFaults) assert.ok(text.includes(each), each);
    const known = await diagnose(['check', '--baseline', before]);
    assert.deepEqual([known.exit, known.report.verdict.rootCauses.map(each => each.code)], [0, []], describeReport(known));
    const file = join(folder, 'accepted.yaml');
    await writeFile(file, `apiVersion: kdiag/v1\nsuppress:\n${threeFaults.slice(1).map(([each]) => `  - {code: ${each}, subject: '**', reason: known, expires: 2099-12-31}\n`).join('')}`);
    const some = await diagnose(['check', '--suppressions', file]);
    assert.deepEqual([some.exit, some.report.verdict.rootCauses.map(each => each.code)], [1, [threeFaults[0]?.[0]]], describeReport(some));
  } finally {
    await repair();
  }
});

test('check --wait: 0 once somebody has mended it', {timeout: 240_000}, async () => {
  await unhook();
  const child = spawn(process.execPath, [entry, 'check', '--wait', '150s', '--only', 'rules-hooked'], {stdio: ['ignore', 'ignore', 'pipe']});
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>(resolve => child.on('close', resolve));
  await until('it to wait', 90, async () => (/waiting: On node1 the jump from nat PREROUTING to kube-proxy's rules is gone/.test(said) ? true : null));
  await repair();
  assert.equal(await ended, 0, said);
  const over = await kdiag(['check', '--wait', '1s', '--only', 'rules-hooked']);
  assert.equal(over.code, 0, over.stderr);
});

/** Everything of kdiag's in the cluster. */
async function ours(): Promise<readonly string[]> {
  const listed = await kubectl('get daemonsets,jobs -A -l app.kubernetes.io/managed-by=kdiag -o name');
  return [...listed.split('\n').filter(line => line !== ''), ...(await ourPods()).map(({metadata}) => metadata.name)];
}

const collecting = ['check', '--daemonset-from', '1', '--via', 'debug-pod'];

test('check --daemonset-from: one DaemonSet for all nodes, and nothing is left of it', {timeout: 240_000}, async () => {
  const running = diagnose(collecting);
  await until('the DaemonSet', 60, async () => ((await ours()).some(name => name.startsWith('daemonset')) ? true : null));
  const found = await running;
  // a CoreDNS on a busy machine may say that it is late: worth knowing, and no fault
  assert.deepEqual([found.exit, found.report.verdict.rootCauses], [0, []], describeReport(found));
  assert.deepEqual(await ours(), []);
});

for (const moment of ['before it is there', 'while it collects'] as const) {
  test(`check --daemonset-from: Ctrl-C ${moment}, and nothing is left`, {timeout: 120_000}, async () => {
    const child = spawn(process.execPath, [entry, ...collecting], {stdio: 'ignore'});
    const ended = new Promise<number | null>(resolve => child.on('close', resolve));
    if (moment === 'before it is there') await pause(1_500);
    else await until('the DaemonSet', 60, async () => ((await ours()).some(name => name.startsWith('daemonset')) ? true : null));
    child.kill('SIGINT');
    const code = await ended;
    assert.ok(code === 130 || code === null, `exit ${code}`);
    await until('it to be gone', 20, async () => ((await ours()).length === 0 ? true : null));
  });
}

test('check: what a killed run left is cleaned up', {timeout: 120_000}, async () => {
  const child = spawn(process.execPath, [entry, ...collecting], {stdio: 'ignore'});
  const ended = new Promise(resolve => child.on('close', resolve));
  await until('the DaemonSet', 60, async () => ((await ours()).some(name => name.startsWith('daemonset')) ? true : null));
  child.kill('SIGKILL');
  await ended;
  const found = await diagnose(['nodes']);
  assert.deepEqual([found.exit, found.report.verdict.rootCauses], [0, []], `what it left is not taken for kube-proxy\n${describeReport(found)}`);
  assert.equal((await kdiag(['cleanup'])).code, 0);
  await until('it to be gone', 20, async () => ((await ours()).length === 0 ? true : null));
});
