import assert from 'node:assert/strict';
import {test, type TestContext} from 'node:test';
import {DebugPods} from '../../../../src/cluster/live/debug-pods.ts';
import {cleanup} from '../../../../src/cluster/live/delete-pods.ts';
import type {Pod} from '../../../../src/cluster/objects.ts';
import {type FakeApiServer, fakeApiServer, json, status} from './fake-api-server.ts';
import {type FakePods, fakePods, running, waiting} from './fake-pods.ts';

const never = new AbortController().signal;

async function session(t: TestContext, fake: FakePods): Promise<{readonly debug: DebugPods; readonly server: FakeApiServer; readonly progress: string[]}> {
  const server = await fakeApiServer(t, {answer: fake.answer});
  const progress: string[] = [];
  const debug = new DebugPods(await server.transport({timeoutMs: 2000}), {namespace: 'tools', lifeSeconds: 300, daemonSetFrom: null, pollMs: 2, onProgress: text => progress.push(text)});
  t.after(() => debug.closeAll());
  return {debug, server, progress};
}

const reason = (answer: unknown): {why: string; detail: string} => (answer as {unknown: {why: string; detail: string}}).unknown;

test('a pod is asked for dryly once, created once per node, and deleted', async t => {
  const fake = fakePods({become: (_, listing) => (listing < 3 ? waiting('ContainerCreating') : running())});
  const {debug, server, progress} = await session(t, fake);
  const answers = await Promise.all(['n1', 'n2', 'n1'].map(node => debug.ensure(node, ['img'], never)));
  assert.deepEqual(answers[0], {known: {namespace: 'tools', pod: 'kdiag-1', container: 'kdiag'}});
  assert.deepEqual(answers[2], answers[0]);
  assert.equal(fake.dryRuns.length, 1);
  assert.deepEqual(fake.created.map(pod => pod.spec.nodeName), ['n1', 'n2']);
  assert.deepEqual(progress, ['n1: starting a debug pod (img)', 'n2: starting a debug pod (img)']);
  assert.deepEqual(await debug.closeAll(), {known: null});
  assert.equal(fake.pods.size, 0);
  assert.deepEqual(JSON.parse(server.received.find(({method}) => method === 'DELETE')!.body), {apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0});
});

test('the pod asks for what it needs, mounts nothing, holds no token, and ends by itself', async t => {
  const fake = fakePods();
  const {debug} = await session(t, fake);
  await debug.ensure('n1', ['img'], never);
  const [pod] = fake.created;
  const {containers, ...spec} = pod!.spec;
  assert.deepEqual(pod!.metadata.labels, {'app.kubernetes.io/name': 'kdiag', 'app.kubernetes.io/managed-by': 'kdiag', 'kdiag.dev/run': debug.run});
  assert.deepEqual(spec, {nodeName: 'n1', hostNetwork: true, hostPID: true, dnsPolicy: 'ClusterFirstWithHostNet', restartPolicy: 'Never', activeDeadlineSeconds: 300, terminationGracePeriodSeconds: 0, automountServiceAccountToken: false, enableServiceLinks: false, tolerations: [{operator: 'Exists'}]});
  assert.deepEqual(containers, [{name: 'kdiag', image: 'img', imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', 'sleep 300'], securityContext: {privileged: true, runAsUser: 0, runAsNonRoot: false}, resources: {requests: {cpu: '1m', memory: '8Mi'}, limits: {memory: '512Mi'}}}]);
});

test('nothing asked for: closing asks for nothing, and nothing begins after it', async t => {
  const fake = fakePods();
  const {debug, server} = await session(t, fake);
  assert.deepEqual(await debug.closeAll(), {known: null});
  assert.equal(reason(await debug.ensure('n1', ['img'], never)).why, 'lost');
  assert.equal(server.received.length, 0);
});

test('a refusal is one sentence with the way out, and no pod is tried', async t => {
  const cases: readonly (readonly [number, string, string, RegExp])[] = [
    [403, 'pods is forbidden: User "jo" cannot create resource "pods" in API group "" in the namespace "tools"', 'forbidden', /^the right to create pods in namespace tools is lacking; have it granted, or use --via kube-proxy or --no-debug-pod$/],
    [403, 'pods "kdiag-1" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), privileged (container "kdiag" must not set …)', 'refused', /^namespace tools does not allow privileged pods \(PodSecurity baseline:latest\); choose another --debug-namespace, or use --via kube-proxy or --no-debug-pod$/],
    [403, 'pods "kdiag-" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden]', 'refused', /\(SCC\) of OpenShift/],
    [403, 'pods "kdiag-1" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0', 'refused', /^the quota of namespace tools does not allow a debug pod \(exceeded quota: q, /],
    [400, 'admission webhook "policy.example.org" denied the request: no privileged pods.', 'refused', /^the admission webhook policy\.example\.org refuses a debug pod in namespace tools \(no privileged pods\.\);/],
    [403, 'pods "kdiag-1" is forbidden: because', 'refused', /^a debug pod in namespace tools is refused: /],
    [403, 'unable to create new content in namespace tools because it is being terminated', 'refused', /^the namespace tools is being deleted;/],
    [404, 'namespaces "tools" not found', 'absent', /^the namespace tools for debug pods does not exist; choose another --debug-namespace$/],
    [500, 'etcdserver: request timed out', 'timeout', /HTTP 500/],
  ];
  for (const [code, message, why, detail] of cases) {
    const fake = fakePods({dryRun: (_, response) => status(response, code, 'R', message)});
    const {debug, server} = await session(t, fake);
    const answers = await Promise.all(['n1', 'n2'].map(node => debug.ensure(node, ['img'], never)));
    for (const answer of answers) {
      assert.equal(reason(answer).why, why, message);
      assert.match(reason(answer).detail, detail);
    }
    await debug.closeAll();
    assert.deepEqual(server.received.map(({method}) => method), ['GET', 'POST'], message); // is there a DaemonSet, and then one try
  }
});

test('a webhook that cannot do dry runs does not stand in the way; the real refusal counts', async t => {
  const message = 'admission webhook "w" does not support dry run';
  const {debug} = await session(t, fakePods({dryRun: (_, response) => status(response, 400, 'BadRequest', message)}));
  assert.ok('known' in await debug.ensure('n1', ['img'], never));
  const refusing = await session(t, fakePods({create: (_, response) => status(response, 403, 'Forbidden', 'exceeded quota: q')}));
  assert.equal(reason(await refusing.debug.ensure('n1', ['img'], never)).why, 'refused');
});

test('an image that fails is told at once, its pod removed, the next one tried', async t => {
  const bad = new Map([['a', 'ErrImagePull'], ['b', 'ImagePullBackOff'], ['c', 'InvalidImageName'], ['d', 'CreateContainerConfigError'], ['e', 'CreateContainerError'], ['f', 'RunContainerError']]);
  const become = (pod: Pod): Pod['status'] => {
    const image = pod.spec.containers[0]!.image!;
    if (image === 'g') return {phase: 'Failed', containerStatuses: [{name: 'kdiag', state: {terminated: {exitCode: 128, reason: 'StartError', message: 'exec: "sh": not found'}}}]};
    return bad.has(image) ? waiting(bad.get(image)!, 'because') : running();
  };
  const fake = fakePods({become});
  const {debug} = await session(t, fake);
  assert.deepEqual(await debug.ensure('n1', [...bad.keys(), 'g', 'good'], never), {known: {namespace: 'tools', pod: 'kdiag-8', container: 'kdiag'}});
  assert.deepEqual([...fake.pods.keys()], ['kdiag-8']);
  assert.deepEqual(reason(await debug.ensure('n2', ['a', 'g'], never)), {why: 'absent', detail: 'no image for a debug pod runs on node n2 (a: ErrImagePull (because); g: the container ended with exit status 128 (exec: "sh": not found)); name one with --debug-image'});
});

test('a node that refuses the pod, and a pod that someone deletes, are told', async t => {
  const {debug} = await session(t, fakePods({become: () => ({phase: 'Failed', reason: 'OutOfcpu', message: 'Pod was rejected: Node didn\'t have enough resource: cpu'})}));
  assert.deepEqual(reason(await debug.ensure('n1', ['a', 'b'], never)), {why: 'refused', detail: 'node n1 did not run the debug pod kdiag-1: Pod was rejected: Node didn\'t have enough resource: cpu'});
  const fake: FakePods = fakePods({become: () => {
    fake.pods.clear();
    return waiting('ContainerCreating');
  }});
  const other = await session(t, fake);
  assert.deepEqual(reason(await other.debug.ensure('n1', ['a'], never)), {why: 'lost', detail: 'the debug pod kdiag-1 was deleted by someone else'});
});

test('a pod that does not start ends with the node\'s time; a failing list is tried again', async t => {
  let lists = 0;
  const fake = fakePods({become: () => waiting('ContainerCreating'), list: (response, proceed) => (lists++ % 2 === 0 ? status(response, 500, 'X', 'x') : proceed())});
  const {debug} = await session(t, fake);
  assert.deepEqual(reason(await debug.ensure('n1', ['a'], AbortSignal.timeout(60))), {why: 'timeout', detail: 'the debug pod on node n1 did not run in time'});
  assert.ok(lists > 2);
  await debug.closeAll();
  assert.equal(fake.pods.size, 0);
});

test('without the right to list, pods are deleted by the names that are known', async t => {
  const forbid = 'pods is forbidden: User "jo" cannot list resource "pods"';
  const fake = fakePods({list: response => status(response, 403, 'Forbidden', forbid)});
  const {debug} = await session(t, fake);
  assert.deepEqual(reason(await debug.ensure('n1', ['a'], never)), {why: 'forbidden', detail: forbid});
  const left = reason(await debug.closeAll());
  assert.equal(left.why, 'forbidden');
  assert.match(left.detail, /^debug pods may be left in namespace tools \(kdiag\.dev\/run=[0-9a-f]{12}\): pods is forbidden/);
  assert.equal(fake.pods.size, 0);
});

test('closing waits for a create that is under way, also one whose answer was lost, and leaves nothing', async t => {
  for (const lost of [false, true]) {
    const creating = Promise.withResolvers<() => void>();
    const fake = fakePods({create: (_, response, proceed) => creating.resolve(() => {
      proceed();
      if (lost) response.socket?.destroy();
    })});
    const {debug} = await session(t, fake);
    const ensured = debug.ensure('n1', ['a'], never);
    const proceed = await creating.promise;
    const closed = Promise.all([debug.closeAll(), debug.closeAll()]);
    const late = debug.ensure('n2', ['a'], never);
    proceed();
    assert.deepEqual(await closed, [{known: null}, {known: null}]);
    assert.equal(reason(await ensured).why, 'lost');
    assert.equal(reason(await late).why, 'lost');
    assert.equal(fake.pods.size, 0);
    assert.equal(fake.created.length, 1);
  }
});

test('an aborted run settles while its create is still under way', async t => {
  const creating = Promise.withResolvers<() => void>();
  const fake = fakePods({create: (_, _response, proceed) => creating.resolve(proceed)});
  const {debug} = await session(t, fake);
  const controller = new AbortController();
  const ensured = debug.ensure('n1', ['a'], controller.signal);
  const proceed = await creating.promise;
  controller.abort();
  assert.deepEqual(reason(await ensured), {why: 'lost', detail: 'interrupted'});
  proceed();
  assert.deepEqual(await debug.closeAll(), {known: null});
  assert.equal(fake.pods.size, 0);
});

test('closing at any moment leaves no pod', async t => {
  for (let steps = 0; steps < 12; steps++) {
    const fake = fakePods({become: (_, listing) => (listing < 2 ? waiting('ContainerCreating') : running())});
    const {debug, server} = await session(t, fake);
    const ensured = Promise.all(['n1', 'n2', 'n3'].map(node => debug.ensure(node, ['a'], never)));
    let done = false;
    void ensured.then(() => (done = true));
    while (server.received.length < steps && !done) await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(await debug.closeAll(), {known: null});
    await ensured;
    assert.equal(fake.pods.size, 0, `after ${steps} requests`);
  }
});

test('deleting is tried again, and what cannot be deleted is told', async t => {
  let failures = 0;
  const fake = fakePods({remove: (_, response, proceed) => (failures++ < 1 ? status(response, 500, 'X', 'busy') : proceed())});
  const {debug} = await session(t, fake);
  await debug.ensure('n1', ['a'], never);
  assert.deepEqual(await debug.closeAll(), {known: null});
  assert.equal(fake.pods.size, 0);

  const stuck = await session(t, fakePods({remove: (_, response) => json(response, {})}));
  await stuck.debug.ensure('n1', ['a'], never);
  assert.match(reason(await stuck.debug.closeAll()).detail, /^debug pods may be left in namespace tools \(.*\): they do not go away$/);
});

test('what earlier runs left is cleared away when it is finished; other runs are left alone', async t => {
  const fake = fakePods();
  const pod = (name: string, phase: 'Failed' | 'Succeeded' | 'Running'): void => void fake.pods.set(name, {metadata: {name, namespace: 'tools', labels: {'app.kubernetes.io/managed-by': 'kdiag', 'kdiag.dev/run': 'other'}}, spec: {containers: []}, status: {phase}});
  pod('failed', 'Failed');
  pod('done', 'Succeeded');
  pod('busy', 'Running');
  const {debug} = await session(t, fake);
  await debug.ensure('n1', ['a'], never);
  await debug.closeAll();
  assert.deepEqual([...fake.pods.keys()], ['busy']);
});

test('cleanup deletes every pod of kdiag, in one namespace or in all', async t => {
  const fake = fakePods();
  for (const [name, by] of [['a', 'kdiag'], ['b', 'kdiag'], ['c', 'helm']] as const) fake.pods.set(name, {metadata: {name, namespace: 'tools', labels: {'app.kubernetes.io/managed-by': by}}, spec: {containers: []}});
  const server = await fakeApiServer(t, {answer: fake.answer});
  const transport = await server.transport();
  assert.deepEqual(await cleanup(transport, null), {known: ['tools/a', 'tools/b']});
  assert.deepEqual([...fake.pods.keys()], ['c']);
  assert.deepEqual(await cleanup(transport, 'tools'), {known: []});
  assert.deepEqual([server.received.find(({path}) => path.endsWith('/pods'))?.path, server.received.at(-1)?.path], ['/api/v1/pods', '/api/v1/namespaces/tools/pods']);
});
