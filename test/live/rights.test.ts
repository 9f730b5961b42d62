import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {describeReport, diagnose, kdiag} from './kdiag.ts';
import {ourPods} from './kdiag-pods.ts';
import {apply, kubectl, kubeconfig} from './rig.ts';

const namespace = 'rights';
const meta = (name: string): object => ({namespace, name});
let folder: string | undefined;

/** A kubeconfig of a ServiceAccount that may do just that, in every namespace. */
async function user(name: string, rules: readonly object[]): Promise<string> {
  await apply(
    {apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(name)},
    {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: {name: `live-${name}`}, rules},
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: {name: `live-${name}`},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `live-${name}`}, subjects: [{kind: 'ServiceAccount', ...meta(name)}],
    },
  );
  const token = (await kubectl(`-n ${namespace} create token ${name}`)).trim();
  const admin = await readFile(kubeconfig, 'utf8');
  const server = /server: (\S+)/.exec(admin)?.[1] ?? '';
  const authority = /certificate-authority-data: (\S+)/.exec(admin)?.[1] ?? '';
  const file = join(folder ?? '', name);
  await writeFile(file, JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': name,
    clusters: [{name, cluster: {server, 'certificate-authority-data': authority}}], users: [{name, user: {token}}], contexts: [{name, context: {cluster: name, user: name}}],
  }), {mode: 0o600});
  return file;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kdiag-live-'));
  await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
});
after(async () => {
  if (folder !== undefined) await rm(folder, {recursive: true, force: true});
  await kubectl('delete clusterrolebinding,clusterrole --ignore-not-found live-get-only live-look-only live-nothing live-exec-only');
  await kubectl(`delete namespace ${namespace} --ignore-not-found --timeout=90s`);
});

const look = [
  {apiGroups: [''], resources: ['services', 'pods', 'nodes', 'namespaces', 'events', 'configmaps'], verbs: ['get', 'list']},
  {apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list']},
  {apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'statefulsets'], verbs: ['get', 'list']},
];

test('only get on Services, Pods and EndpointSlices: exit 3, and what was lacking', {timeout: 60_000}, async () => {
  const KUBECONFIG = await user('get-only', [
    {apiGroups: [''], resources: ['services', 'pods'], verbs: ['get']},
    {apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get']},
  ]);
  const found = await diagnose(['svc', 'hostnames'], {KUBECONFIG});
  const said = describeReport(found);
  assert.equal(found.exit, 3, said);
  assert.equal(found.report.status, 'unknown', said);
  assert.match(found.text, /forbidden|permission/i, said);
  assert.match(found.text, /list resource \\*"endpointslices/, said);
  const text = await kdiag(['svc', 'hostnames'], {KUBECONFIG});
  assert.equal(text.code, 3);
  assert.match(text.stdout, /endpointslices/i, 'the text report names what was lacking');
  assert.doesNotMatch(text.stdout + text.stderr, /\n\s+at .*\.(ts|js):\d+/, 'no stack');
});

test('get and list, no exec and no pods of its own: exit 3, the objects examined, the rules not', {timeout: 60_000}, async () => {
  const KUBECONFIG = await user('look-only', look);
  const found = await diagnose(['svc', 'hostnames'], {KUBECONFIG});
  const said = describeReport(found);
  assert.equal(found.exit, 3, said);
  assert.match(found.text, /pods\/exec|create[^"]*pods|pods[^"]*create/i, said);
  assert.ok(found.report.checks.some(check => check.outcome === 'pass'), said);
});

test('exec into kube-proxy and no pods of its own: enough', {timeout: 60_000}, async () => {
  const KUBECONFIG = await user('exec-only', [...look, {apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create']}, {apiGroups: [''], resources: ['pods/log'], verbs: ['get']}]);
  const found = await diagnose(['svc', 'hostnames'], {KUBECONFIG});
  assert.equal(found.exit, 0, describeReport(found));
});

test('no rights at all: exit 3, in words', {timeout: 60_000}, async () => {
  const KUBECONFIG = await user('nothing', []);
  const {code, stdout, stderr} = await kdiag(['svc', 'hostnames'], {KUBECONFIG});
  assert.equal(code, 3, stdout + stderr);
  assert.match(stdout + stderr, /forbidden|permission|may not/i);
});

test('no cluster there: exit 3, in words', {timeout: 60_000}, async () => {
  const file = join(folder ?? '', 'nowhere');
  await writeFile(file, (await readFile(kubeconfig, 'utf8')).replace(/server: \S+/, 'server: https://127.0.0.1:1'));
  const {code, stdout, stderr} = await kdiag(['svc', 'hostnames'], {KUBECONFIG: file});
  assert.equal(code, 3, stdout + stderr);
  assert.match(stdout + stderr, /127\.0\.0\.1:1/);
});

test('a namespace that refuses privileged pods: told in one sentence', {timeout: 60_000}, async () => {
  await kubectl(`label namespace ${namespace} --overwrite pod-security.kubernetes.io/enforce=restricted`);
  const found = await diagnose(['svc', 'hostnames', '--via', 'debug-pod', '--debug-namespace', namespace]);
  const said = describeReport(found);
  assert.equal(found.exit, 3, said);
  assert.match(found.text, /PodSecurity/, said);
  assert.match(found.text, /debug-namespace|kube-proxy/, `the way out${said}`);
  assert.deepEqual(await ourPods(), []);
});
