import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {dumpYaml, loadYaml} from '@kubernetes/client-node';
import {parse, parseAllDocuments} from 'yaml';
import {checkImage, checkOwnNamespace, checkSchedule} from '../../../src/cli/manifest-flags.ts';
import {debugDaemonSet, isOfDaemonSet} from '../../../src/cluster/live/debug-daemon-set.ts';
import {debugPod, managedBy} from '../../../src/cluster/live/debug-pod.ts';
import {daemonSet} from '../../../src/manifest/daemon-set.ts';
import {cronJob, job} from '../../../src/manifest/job.ts';
import type {Manifest} from '../../../src/manifest/naming.ts';
import {rbac} from '../../../src/manifest/rbac.ts';
import {levels} from '../../../src/manifest/rights.ts';

const options = {namespace: 'kdiag', image: 'registry.example/kdiag:1', args: ['check', '-o', 'json']};
const all: readonly Manifest[] = [...levels.flatMap(level => rbac(level, 'kdiag')), job(options), cronJob({...options, schedule: '0 6 * * *'}), ...daemonSet({namespace: 'kdiag', image: 'x'})];

/** As Kubernetes' own types see it: a field that they do not have is lost on the way, and one of the wrong type comes back as another. */
function asKubernetesSeesIt(object: object): unknown {
  return parse(dumpYaml(loadYaml(JSON.stringify(object))));
}

test("every object has only fields that Kubernetes' types have", () => {
  for (const object of all) assert.deepEqual(asKubernetesSeesIt(object), object);
  assert.notDeepEqual(asKubernetesSeesIt({...job(options), spec: {backofLimit: 0}}), {...job(options), spec: {backofLimit: 0}}, 'the comparison sees a slip of the pen');
});

test('names, labels and their values are such that an API server takes them', () => {
  for (const {metadata: {name, namespace, labels}} of all) {
    for (const text of [name, namespace ?? name]) assert.match(text, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    for (const [key, value] of Object.entries(labels)) assert.match(`${key}=${value}`, /^([a-z0-9.-]+\/)?[\w.-]{1,63}=[\w.-]{1,63}$/);
  }
});

test("the DaemonSet's pods are kdiag's debug pods, but for their life and who places them", () => {
  const {spec: {selector, template}, metadata} = debugDaemonSet({namespace: 'diag', image: 'tools:1'});
  const pod = debugPod({node: 'node1', image: 'tools:1', run: 'daemonset', lifeSeconds: 300}) as {metadata: {labels: object}; spec: {nodeName: string; activeDeadlineSeconds: number; containers: {command: string[]}[]}};
  const {nodeName: _, activeDeadlineSeconds: __, ...spec} = pod.spec;
  const {nodeSelector, ...kept} = template.spec;
  assert.deepEqual(nodeSelector, {'kubernetes.io/os': 'linux'});
  assert.deepEqual({...kept, containers: kept.containers.map(container => ({...container, command: null}))}, {...spec, restartPolicy: 'Always', containers: spec.containers.map(container => ({...container, command: null}))});
  const labels = {...pod.metadata.labels, 'app.kubernetes.io/component': 'collector'};
  assert.deepEqual([template.metadata.labels, selector.matchLabels, metadata.namespace], [labels, labels, 'diag']);
  assert.match(Object.entries(template.metadata.labels).map(pair => pair.join('=')).join(), new RegExp(managedBy));
  assert.deepEqual([isOfDaemonSet(template.metadata.labels), isOfDaemonSet({...template.metadata.labels, 'kdiag.dev/run': 'a1b2c3'}), isOfDaemonSet(undefined)], [true, false, false]);
});

test('a Job has no privilege, is not tried again, and goes away; kdiag does not take its pods for debug pods', () => {
  const {spec} = job(options) as unknown as {spec: {backoffLimit: number; ttlSecondsAfterFinished: number; template: {metadata: {labels: Record<string, string>}; spec: {securityContext: object; serviceAccountName: string; restartPolicy: string; containers: {args: string[]; securityContext: object}[]}}}};
  assert.deepEqual([spec.backoffLimit, spec.ttlSecondsAfterFinished, spec.template.spec.restartPolicy, spec.template.spec.serviceAccountName], [0, 86_400, 'Never', 'kdiag']);
  assert.deepEqual(spec.template.spec.securityContext, {runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532, seccompProfile: {type: 'RuntimeDefault'}});
  assert.deepEqual(spec.template.spec.containers.map(({args, securityContext}) => [args, securityContext]), [[options.args, {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: ['ALL']}}]]);
  assert.equal(spec.template.metadata.labels['app.kubernetes.io/managed-by'], undefined);
});

const kdiag = (...args: string[]): Promise<{code: number; stdout: string; stderr: string}> => new Promise(resolve => {
  execFile(process.execPath, [new URL('../../../bin/dev.js', import.meta.url).pathname, 'manifest', ...args], {env: {NODE_COMPILE_CACHE: join(tmpdir(), 'kdiag-test-compiled')}}, (error, stdout, stderr) => resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}));
});
const argsOf = (yaml: string): unknown => (parseAllDocuments(yaml)[0]!.toJS() as {spec: {template: {spec: {containers: {args: string[]}[]}}}}).spec.template.spec.containers[0]!.args;

test('YAML and JSON say the same, and what the builders made', async () => {
  for (const [args, objects] of [[['rbac', '--level', 'debug-pods', '-n', 'diag'], rbac('debug-pods', 'diag')], [['daemonset', '--image', 'tools:1'], daemonSet({namespace: 'kdiag', image: 'tools:1'})]] as const) {
    const [yaml, json] = await Promise.all([kdiag(...args), kdiag(...args, '-o', 'json')]);
    assert.deepEqual([yaml.code, json.code, yaml.stderr + json.stderr], [0, 0, '']);
    assert.deepEqual(parseAllDocuments(yaml.stdout).map(document => document.toJS()), JSON.parse(JSON.stringify(objects)));
    assert.deepEqual(JSON.parse(json.stdout), {apiVersion: 'v1', kind: 'List', items: JSON.parse(JSON.stringify(objects))});
  }
});

test('what follows -- is what kdiag is told, with the flags of the rung where the command has them and nobody chose', async () => {
  const told: readonly (readonly [string[], string[]])[] = [
    [[], ['check', '-o', 'json', '--no-debug-pod']],
    [['--level', 'exec', '--', 'nodes', '-o', 'json'], ['nodes', '-o', 'json', '--via', 'kube-proxy']],
    [['--level', 'debug-pods', '-n', 'diag', '--', 'check', '-o', 'junit', '--fail-on=warning'], ['check', '-o', 'junit', '--fail-on=warning', '--debug-namespace', 'diag']],
    [['--', 'nodes', '--via=kube-proxy'], ['nodes', '--via=kube-proxy']],
    [['--level', 'exec', '-n', 'diag', '-o', 'yaml', '--', 'svc', 'web', '-n', 'diag', '-o', 'json'], ['svc', 'web', '-n', 'diag', '-o', 'json', '--via', 'kube-proxy']],
    [['--', 'demo', 'healthy'], ['demo', 'healthy']],
    [['--', 'svc', 'yes', '-n', '007'], ['svc', 'yes', '-n', '007', '--no-debug-pod']],
  ];
  for (const [args, expected] of told) {
    const {code, stdout, stderr} = await kdiag('job', ...args);
    assert.deepEqual([code, stderr, code === 0 ? argsOf(stdout) : null], [0, '', expected], args.join(' '));
  }
  const {stdout} = await kdiag('cronjob', '--schedule', '*/30 * * * 1-5', '-o', 'json');
  assert.equal((JSON.parse(stdout) as {items: {spec: {schedule: string}}[]}).items[0]?.spec.schedule, '*/30 * * * 1-5');
});

test('what is wrong is told before anything is printed', async () => {
  for (const [args, says] of [[['job', '--', '-o', 'json'], /no command of kdiag/], [['cronjob', 'nodes'], /“nodes” is no flag of kdiag manifest cronjob/], [['rbac', '-n', 'kube-system'], /not to be kdiag's own/], [['cronjob', '--schedule', 'daily'], /no schedule/], [['job', '--image', 'a b'], /no image/]] as const) {
    const {code, stdout, stderr} = await kdiag(...args);
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, says);
  }
  for (const good of ['* * * * *', '0 6 * * *', '*/5 0-6,12 1 JAN mon-fri', '@daily']) assert.equal(checkSchedule(good), good);
  for (const bad of ['', '* * * *', '* * * * * *', '@reboot', '0 6 * * *\nx', 'a;b * * * *']) assert.throws(() => checkSchedule(bad), bad);
  for (const good of ['kdiag', 'kdiag:0.1.0', 'localhost:5000/a/b:1', 'ghcr.io/x/kdiag@sha256:' + 'a'.repeat(64)]) assert.equal(checkImage(good), good);
  for (const bad of ['', 'A/b', 'a b', 'a:', '-a', 'a@sha256:1', 'a\nb', 'a//b']) assert.throws(() => checkImage(bad), bad);
  for (const bad of ['default', 'kube-public', 'Kdiag', '']) assert.throws(() => checkOwnNamespace(bad), bad);
});
