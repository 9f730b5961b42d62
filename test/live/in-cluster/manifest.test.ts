import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {describeReport, diagnose, kdiag} from '../kdiag.ts';
import {ourPods} from '../kdiag-pods.ts';
import {kubeconfig, kubectl, kubectlJson, must, root, run, until} from '../rig.ts';

let folder: string;
const used: string[][] = [];

/** Prints with `kdiag manifest`, applies with kubectl, as the printed examples say; what was applied is deleted in the end. */
async function applied(...args: readonly string[]): Promise<void> {
  const {code, stdout, stderr} = await kdiag(['manifest', ...args]);
  assert.equal(code, 0, stderr);
  used.push([...args]);
  await must(join(root, 'test/cluster/cluster'), ['kubectl', 'apply', '-f', '-'], stdout);
}

/** A kubeconfig with nothing but the token of the ServiceAccount. */
async function asAccount(namespace: string): Promise<{readonly KUBECONFIG: string}> {
  const token = (await kubectl(`-n ${namespace} create token kdiag`)).trim();
  const admin = await readFile(kubeconfig, 'utf8');
  const [server, authority] = [/server: (\S+)/.exec(admin)?.[1], /certificate-authority-data: (\S+)/.exec(admin)?.[1]];
  const file = join(folder, namespace);
  await writeFile(file, JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'rung', clusters: [{name: 'c', cluster: {server, 'certificate-authority-data': authority}}],
    users: [{name: 'u', user: {token}}], contexts: [{name: 'rung', context: {cluster: 'c', user: 'u'}}],
  }), {mode: 0o600});
  return {KUBECONFIG: file};
}

const lacked = (found: Awaited<ReturnType<typeof diagnose>>): readonly string[] => found.report.findings.filter(({code}) => code === 'permission-missing').flatMap(({args}) => args?.['lacked'] as readonly string[]);

before(async () => { folder = await mkdtemp(join(tmpdir(), 'kdiag-live-')); });
after(async () => {
  for (const args of used.toReversed()) await run(join(root, 'test/cluster/cluster'), ['kubectl', 'delete', '--ignore-not-found', '--timeout=90s', '-f', '-'], {input: (await kdiag(['manifest', ...args])).stdout});
  await rm(folder, {recursive: true, force: true});
});

test('rung api: objects are examined, the rules are not, and nothing else was lacking', {timeout: 120_000}, async () => {
  await applied('rbac', '-n', 'rung-api');
  const env = await asAccount('rung-api');
  for (const ask of [['svc', 'hostnames'], ['nodes']]) {
    const found = await diagnose([...ask, '--no-debug-pod'], env);
    const said = describeReport(found);
    assert.deepEqual([found.exit, found.report.status], [3, 'unknown'], said);
    assert.deepEqual([...new Set([...found.text.matchAll(/cannot (\w+ resource \\"[^"\\]+)/g)].map(([, what]) => what))], ['get resource \\"pods/exec'], said);
    assert.ok(found.report.checks.some(({outcome}) => outcome === 'pass'), said);
  }
  assert.equal((await run(join(root, 'test/cluster/cluster'), ['kubectl', 'auth', 'can-i', 'get', 'secrets', '-A', '--as=system:serviceaccount:rung-api:kdiag'])).stdout.trim(), 'no');
});

test('rung exec: rules are read, and nothing is lacking with the flags that fit', {timeout: 120_000}, async () => {
  await applied('rbac', '--level', 'exec', '-n', 'rung-exec');
  const env = await asAccount('rung-exec');
  for (const ask of [['svc', 'hostnames'], ['nodes']]) {
    const found = await diagnose([...ask, '--via', 'kube-proxy'], env);
    assert.deepEqual([found.exit, lacked(found)], [0, []], describeReport(found));
    assert.equal(found.report.checks.find(({id}) => id === 'rules-lead-to-service')?.outcome, 'pass', describeReport(found));
  }
});

test('rung debug-pods: nothing is lacking, connections are tried, and no pod stays', {timeout: 180_000}, async () => {
  await applied('rbac', '--level', 'debug-pods', '-n', 'rung-debug');
  const env = await asAccount('rung-debug');
  for (const ask of [['svc', 'hostnames'], ['dns'], ['nodes']]) {
    const found = await diagnose([...ask, '--debug-namespace', 'rung-debug'], env);
    assert.deepEqual([found.exit, lacked(found), found.report.checks.filter(({outcome}) => outcome === 'unknown')], [0, [], []], describeReport(found));
    if (ask[0] === 'svc') assert.equal(found.report.checks.find(({id}) => id === 'endpoints-take-connections')?.outcome, 'pass', describeReport(found));
  }
  assert.deepEqual(await ourPods(), []);
});

test('the DaemonSet runs on each node, its account may exec into its pods, and cleanup leaves it alone', {timeout: 120_000}, async () => {
  await applied('rbac', '-n', 'collect');
  await applied('daemonset', '-n', 'collect', '--image', 'docker.io/library/toolbox:v1');
  await kubectl('-n collect rollout status daemonset/kdiag-collector --timeout=90s');
  const pods = await ourPods();
  assert.equal(pods.length, (await kubectlJson<{items: unknown[]}>('get nodes')).items.length);
  const {KUBECONFIG} = await asAccount('collect');
  assert.match(await must(join(root, 'test/cluster/cluster'), ['kubectl', `--kubeconfig=${KUBECONFIG}`, '-n', 'collect', 'exec', pods[0]!.metadata.name, '--', 'iptables-save', '-t', 'nat']), /\*nat|KUBE-SERVICES/);
  assert.match((await kdiag(['cleanup'])).stdout, /nothing of kdiag was left/);
  assert.deepEqual((await ourPods()).map(({metadata: {name}}) => name).sort(), pods.map(({metadata: {name}}) => name).sort());
});

test('the Job of the printed manifest finds in the cluster what kdiag finds from outside', {timeout: 900_000}, async () => {
  const archive = process.env['KDIAG_IMAGE'] ?? join(folder, 'kdiag.tar');
  if (process.env['KDIAG_IMAGE'] === undefined) await must(join(root, 'test/image/build'), [archive]);
  const workers = (await kubectlJson<{items: {metadata: {name: string}; spec: {taints?: unknown[]}}[]}>('get nodes')).items.filter(({spec}) => spec.taints === undefined).map(({metadata: {name}}) => name);
  for (const node of workers) await must('sh', ['-c', '"$0" exec-node "$1" ctr -n k8s.io images import --local --snapshotter overlayfs - < "$2"', join(root, 'test/cluster/cluster'), node, archive]);
  await kubectl('create service clusterip nobody --tcp=80');
  try {
    await applied('rbac', '--level', 'exec', '-n', 'in-cluster');
    const asked = ['svc', 'nobody', '-n', 'default', '-o', 'json'];
    await applied('job', '--level', 'exec', '-n', 'in-cluster', '--', ...asked);
    const ended = await until('the Job ends', 120, async () => {
      const {status} = await kubectlJson<{status: {conditions?: {type: string; status: string}[]}}>('-n in-cluster get job kdiag');
      return status.conditions?.find(({type, status}) => (type === 'Failed' || type === 'Complete') && status === 'True')?.type ?? null;
    });
    const log = await kubectl('-n in-cluster logs job/kdiag');
    assert.equal(ended, 'Failed', log);
    const [pod] = (await kubectlJson<{items: {status: {containerStatuses: {state: {terminated: {exitCode: number}}}[]}}[]}>('-n in-cluster get pods')).items;
    const inside = JSON.parse(log.slice(log.indexOf('{'))) as Awaited<ReturnType<typeof diagnose>>['report'] & {source: {context: string}};
    const outside = await diagnose(['svc', 'nobody', '-n', 'default', '--via', 'kube-proxy'], await asAccount('in-cluster'));
    assert.deepEqual([pod?.status.containerStatuses[0]?.state.terminated.exitCode, outside.exit], [1, 1], log);
    assert.equal(inside.source.context, 'in-cluster');
    const told = ({findings, checks, status}: typeof inside | typeof outside.report) => ({status, findings: findings.map(({code, subject}) => ({code, subject})), checks: checks.map(({id, outcome}) => ({id, outcome}))});
    assert.deepEqual(told(inside), told(outside.report));
    assert.ok(inside.findings.some(({code}) => code === 'service-selector-matches-no-pod'), log);
  } finally {
    await kubectl('delete service nobody');
  }
});
