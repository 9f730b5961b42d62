import assert from 'node:assert/strict';
import type * as http from 'node:http';
import {test, type TestContext} from 'node:test';
import {DebugPods} from '../../../../src/cluster/live/debug-pods.ts';
import {cleanup} from '../../../../src/cluster/live/delete-pods.ts';
import type {Pod} from '../../../../src/cluster/objects.ts';
import {fakeApiServer, json, type Received, status} from './fake-api-server.ts';
import {running} from './fake-pods.ts';

const never = new AbortController().signal;
interface Named { readonly metadata: {readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly ownerReferences?: readonly unknown[]}; readonly spec: {readonly template: {readonly metadata: {readonly labels: Readonly<Record<string, string>>}; readonly spec: {readonly nodeSelector?: unknown; readonly restartPolicy: string}}} & Readonly<Record<string, unknown>> }

/** An API server whose DaemonSet controller makes a pod on each node at once, and whose garbage collector leaves all to kdiag. */
function fakeCluster(nodes: readonly string[], refuse: (request: Received) => number | null = () => null) {
  const objects = new Map<string, Named>();
  const pods = new Map<string, Pod>();
  const dry: string[] = [];
  const answer = (request: Received, response: http.ServerResponse): void => {
    const refused = refuse(request);
    if (refused !== null) return status(response, refused, 'Forbidden', `daemonsets.apps is forbidden: User "jo" cannot create resource "daemonsets" in API group "apps" in the namespace "tools"`);
    const {method, path} = request;
    const [kind = '', name = ''] = path.split('/').slice(path.startsWith('/apis') ? 6 : 5);
    if (path === '/api/v1/nodes') return json(response, {kind: 'NodeList', metadata: {remainingItemCount: nodes.length - 1}, items: [{metadata: {name: nodes[0]}}]});
    if (path.startsWith('/api/v1/nodes/')) return json(response, {metadata: {name: path.split('/').at(-1)}});
    if (method === 'DELETE') {
      const there = kind === 'pods' ? pods.delete(name) : objects.delete(`${kind}/${name}`);
      return there ? json(response, {kind: 'Status'}) : status(response, 404, 'NotFound', 'not found');
    }
    if (method === 'GET' && kind === 'pods') {
      // made anew for as long as its DaemonSet is there
      for (const [key, set] of objects) if (key.startsWith('daemonsets/')) for (const node of nodes) pods.set(`${set.metadata.name}-${node}`, {metadata: {name: `${set.metadata.name}-${node}`, namespace: 'tools', labels: set.spec.template.metadata.labels}, spec: {nodeName: node, containers: []}, status: running()});
      const wanted = (request.query.get('labelSelector') ?? '').split('=');
      return json(response, {kind: 'PodList', items: [...pods.values()].filter(({metadata}) => metadata.labels?.[wanted[0] ?? ''] === wanted[1])});
    }
    if (method === 'GET') return json(response, {kind: 'List', items: [...objects].flatMap(([key, object]) => (key.startsWith(`${path.split('/').at(-1)}/`) ? [{...object, metadata: {...object.metadata, namespace: 'tools'}}] : []))});
    const body = JSON.parse(request.body) as Named & {metadata: {generateName?: string}};
    if (request.query.get('dryRun') === 'All') {
      dry.push(kind);
      return json(response, body, 201);
    }
    if (kind === 'pods') {
      const pod = {...body, metadata: {...body.metadata, namespace: 'tools', name: `kdiag-${pods.size + 1}`}, status: running()} as unknown as Pod;
      pods.set(pod.metadata.name, pod);
      return json(response, pod, 201);
    }
    const made = {...body, metadata: {...body.metadata, uid: 'uid-of-it'}};
    objects.set(`${kind}/${body.metadata.name}`, made);
    json(response, made, 201);
  };
  return {objects, pods, dry, answer};
}

async function debugPods(t: TestContext, fake: ReturnType<typeof fakeCluster>, daemonSetFrom: number | null) {
  const server = await fakeApiServer(t, {answer: fake.answer});
  const transport = await server.transport({timeoutMs: 2000});
  const progress: string[] = [];
  const debug = new DebugPods(transport, {namespace: 'tools', lifeSeconds: 300, daemonSetFrom, pollMs: 2, onProgress: text => progress.push(text)});
  t.after(() => debug.closeAll());
  return {debug, server, transport, progress};
}

test('from so many nodes on, one DaemonSet stands for a pod on each, owned by a Job that ends it; closing leaves neither', async t => {
  const fake = fakeCluster(['n1', 'n2', 'n3']);
  const {debug, server} = await debugPods(t, fake, 3);
  const answers = await Promise.all(['n1', 'n2', 'n3'].map(node => debug.ensure(node, ['img'], never)));
  assert.deepEqual(answers.map(answer => ('known' in answer ? answer.known.pod : answer)), ['n1', 'n2', 'n3'].map(node => `kdiag-${debug.run}-${node}`));
  const [set, job] = [fake.objects.get(`daemonsets/kdiag-${debug.run}`), fake.objects.get(`jobs/kdiag-${debug.run}`)];
  assert.deepEqual(set?.metadata.ownerReferences, [{apiVersion: 'batch/v1', kind: 'Job', name: `kdiag-${debug.run}`, uid: 'uid-of-it'}]);
  assert.deepEqual([job?.spec['activeDeadlineSeconds'], job?.spec['ttlSecondsAfterFinished'], set?.spec.template.spec.nodeSelector], [300, 0, {'kubernetes.io/os': 'linux'}]);
  assert.equal(set?.metadata.labels['kdiag.dev/run'], debug.run);
  assert.deepEqual(fake.dry, ['pods', 'jobs', 'daemonsets']);
  await debug.release('n1'); // it is not this pod's to go
  assert.equal(server.received.filter(({method}) => method === 'DELETE').length, 0);
  assert.deepEqual(await debug.closeAll(), {known: null});
  assert.deepEqual([fake.objects.size, fake.pods.size], [0, 0]);
});

test('on fewer nodes, or without the right to DaemonSets, each node gets a pod', async t => {
  const small = fakeCluster(['n1', 'n2']);
  const {debug} = await debugPods(t, small, 3);
  assert.ok('known' in await debug.ensure('n1', ['img'], never));
  assert.deepEqual([small.objects.size, [...small.pods.keys()]], [0, ['kdiag-1']]);
  const poor = fakeCluster(['n1', 'n2', 'n3'], ({method, path}) => (method === 'POST' && path.endsWith('/daemonsets') ? 403 : null));
  const {debug: other, progress} = await debugPods(t, poor, 3);
  assert.ok('known' in await other.ensure('n1', ['img'], never));
  assert.deepEqual([poor.objects.size, poor.pods.size], [0, 1]);
  assert.match(progress[1] ?? '', /^no DaemonSet, so a pod for each node: .*forbidden|right/);
  assert.deepEqual(await other.closeAll(), {known: null});
  assert.equal(poor.pods.size, 0);
});

test('a DaemonSet of kdiag that stays is used, and left alone', async t => {
  const fake = fakeCluster(['n1', 'n2']);
  const labels = {'app.kubernetes.io/managed-by': 'kdiag', 'kdiag.dev/run': 'daemonset'};
  fake.pods.set('collector-x', {metadata: {name: 'collector-x', namespace: 'tools', labels}, spec: {nodeName: 'n1', containers: []}, status: running()});
  const {debug, server, transport} = await debugPods(t, fake, null);
  assert.deepEqual(await debug.ensure('n1', [], never), {known: {namespace: 'tools', pod: 'collector-x', container: 'kdiag'}});
  assert.ok('known' in await debug.ensure('n2', ['img'], never));
  await debug.release('n1');
  assert.deepEqual(await debug.closeAll(), {known: null});
  assert.deepEqual([...fake.pods.keys()], ['collector-x']);
  assert.ok(!server.received.some(({method, path}) => method === 'DELETE' && path.endsWith('/collector-x')));
  assert.deepEqual(await cleanup(transport, 'tools'), {known: []});
});

test('what a killed run left is cleaned up with its DaemonSet, which would make the pods anew', async t => {
  const fake = fakeCluster(['n1', 'n2']);
  const {debug, transport} = await debugPods(t, fake, 1);
  await debug.ensure('n1', ['img'], never);
  assert.equal(fake.objects.size, 2);
  const gone = await cleanup(transport, 'tools');
  assert.deepEqual([fake.objects.size, fake.pods.size, 'known' in gone ? gone.known.length : gone], [0, 0, 2]);
});
