import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test, type TestContext} from 'node:test';
import {gzipSync} from 'node:zlib';
import type {NodeQuery} from '../../../../src/cluster/cluster.ts';
import {type LiveCluster, type LiveOptions, openLive} from '../../../../src/cluster/live/live.ts';
import {sectionNames} from '../../../../src/cluster/reading.ts';
import {type Behaviour, type FakeApiServer, exitStatus, fakeApiServer, frame, json, status, success} from './fake-api-server.ts';
import {type FakePods, fakePods} from './fake-pods.ts';

async function live(t: TestContext, behaviour: Behaviour, more: Partial<LiveOptions> = {}): Promise<{readonly cluster: LiveCluster; readonly server: FakeApiServer}> {
  const server = await fakeApiServer(t, behaviour);
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-live-'));
  t.after(() => rm(folder, {recursive: true}));
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, JSON.stringify({'current-context': 'test', 'contexts': [{name: 'test', context: {cluster: 'c', namespace: 'shop'}}], 'clusters': [{name: 'c', cluster: {server: server.url.href}}]}));
  const cluster = await openLive({kubeconfig, requestTimeoutMs: 2000, nodeTimeoutMs: 2000, concurrency: 5, via: 'auto', debugPods: true, debugNamespace: 'tools', ...more});
  t.after(() => cluster.close());
  return {cluster, server};
}

/** A node's answer to the reading script, whose mark it takes from the command. */
function reading(query: URLSearchParams, {tools = '/usr/sbin/iptables-nft-save', gzip = true, end = true} = {}): Buffer {
  const mark = /^M=(\S+)$/m.exec(query.getAll('command').at(-1) ?? '')?.[1] ?? assert.fail('no mark');
  const sections = sectionNames.map(name => `${mark} begin ${name}\n${name === 'tools' ? tools : ''}\n${mark} stderr 0\n\n${mark} end\n`).join('');
  const body = Buffer.from(`${sections}${end ? `${mark} complete\n` : ''}`);
  return Buffer.concat([Buffer.from(`kdiag-reading/1 ${gzip ? 'gzip' : 'plain'}\n`), gzip ? gzipSync(body) : body]);
}

const answers = (options?: Parameters<typeof reading>[1]): NonNullable<Behaviour['exec']> => (socket, {query}) => {
  socket.send(frame(1, reading(query, options)));
  socket.send(success);
};

const kubeProxy = {namespace: 'kube-system', pod: 'kube-proxy-1', container: 'kube-proxy', image: 'proxy'};
const query: NodeQuery = {node: 'n1', kubeProxy, images: ['proxy']};
const reason = (answer: unknown): {why: string; detail: string} => (answer as {unknown: {why: string; detail: string}}).unknown;

test('the context, its namespace and the server are known without a request; the version comes from it', async t => {
  const {cluster, server} = await live(t, {answer: (_, response) => json(response, {gitVersion: 'v1.36.3'})});
  assert.deepEqual([cluster.source, cluster.namespace, cluster.server, server.received.length], [{kind: 'live', context: 'test'}, 'shop', server.url.origin, 0]);
  assert.deepEqual(await cluster.version(), {known: 'v1.36.3'});
});

test('a server that is no Kubernetes is told', async t => {
  for (const body of ['{}', '<html></html>', '[]']) {
    const {cluster} = await live(t, {answer: (_, response) => void response.writeHead(200).end(body)});
    assert.equal(reason(await cluster.version()).why, 'unparsed', body);
  }
});

test('a log is asked for with its limits; one that is not there is absent', async t => {
  const {cluster, server} = await live(t, {answer: ({query}, response) => {
    if (query.get('previous') === 'true') status(response, 400, 'BadRequest', 'previous terminated container "c" in pod "p" not found');
    else response.writeHead(200, {'Content-Type': 'text/plain'}).end('one\ntwo\n');
  }});
  const ask = {namespace: 'a', pod: 'p', container: 'c', lines: 20};
  assert.deepEqual(await cluster.log({...ask, previous: false}), {known: 'one\ntwo\n'});
  assert.deepEqual(await cluster.log({...ask, previous: true}), {unknown: {why: 'absent', detail: 'previous terminated container "c" in pod "p" not found'}});
  assert.equal(`${server.received[0]?.path}?${server.received[0]?.query}`, '/api/v1/namespaces/a/pods/p/log?container=c&tailLines=20&previous=false&limitBytes=4194304');
});

test('a node is read through its kube-proxy, compressed or not, without any debug pod', async t => {
  for (const gzip of [true, false]) {
    const {cluster, server} = await live(t, {exec: answers({gzip})});
    const answer = await cluster.readNode(query);
    assert.ok('known' in answer);
    assert.deepEqual([answer.known.node, answer.known.via, Object.keys(answer.known.sections)], ['n1', 'kube-proxy', sectionNames]);
    await cluster.close();
    assert.deepEqual(server.received.map(({path}) => path), ['/api/v1/namespaces/kube-system/pods/kube-proxy-1/exec']);
  }
});

/** kube-proxy answers in one way, the debug pod as it should. */
function fallback(fromProxy: NonNullable<Behaviour['exec']>): {readonly behaviour: Behaviour; readonly fake: FakePods} {
  const fake = fakePods();
  return {fake, behaviour: {answer: fake.answer, exec: (socket, request) => (request.path.includes('kube-proxy-1') ? fromProxy : answers())(socket, request)}};
}

test('a kube-proxy without tools, without a shell, or with half an answer makes way for a debug pod, which is gone after', async t => {
  for (const fromProxy of [
    answers({tools: '/usr/sbin/ip\n/usr/bin/conntrack'}),
    answers({end: false}),
    (socket => socket.send(exitStatus(127))) as NonNullable<Behaviour['exec']>,
    (socket => socket.close()) as NonNullable<Behaviour['exec']>,
    (socket => socket.send(frame(1, 'kdiag-reading/1 gzip\nno gzip'), () => socket.send(success))) as NonNullable<Behaviour['exec']>,
  ]) {
    const {behaviour, fake} = fallback(fromProxy);
    const {cluster} = await live(t, behaviour);
    const answer = await cluster.readNode(query);
    assert.ok('known' in answer && answer.known.via === 'debug-pod');
    assert.equal(fake.created[0]?.spec.containers[0]?.image, 'proxy');
    await cluster.close();
    assert.equal(fake.pods.size, 0);
  }
});

test('a kubelet that does not answer is not asked again through a debug pod', async t => {
  const {behaviour, fake} = fallback(socket => socket.send(frame(3, JSON.stringify({status: 'Failure', code: 500, message: 'error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused'}))));
  const {cluster} = await live(t, behaviour);
  assert.equal(reason(await cluster.readNode(query)).why, 'unreachable');
  assert.equal(fake.created.length, 0);
});

test('what the user ruled out is not done, and is named', async t => {
  const noTools = fallback(answers({tools: ''}));
  const none = await live(t, noTools.behaviour, {debugPods: false});
  assert.deepEqual(reason(await none.cluster.readNode(query)), {why: 'not-asked', detail: 'the kube-proxy container on node n1 has neither iptables nor nft, and --no-debug-pod leaves no other way to read node n1'});
  const proxyOnly = await live(t, fallback(answers({tools: ''})).behaviour, {via: 'kube-proxy'});
  assert.deepEqual(reason(await proxyOnly.cluster.readNode(query)), {why: 'absent', detail: 'the kube-proxy container on node n1 has neither iptables nor nft; leave out --via kube-proxy to use a debug pod'});
  assert.deepEqual(reason(await proxyOnly.cluster.readNode({node: 'n2', images: []})), {why: 'absent', detail: 'no kube-proxy container runs on node n2; leave out --via kube-proxy to use a debug pod'});
  const debugOnly = fallback(() => assert.fail('asked kube-proxy'));
  const {cluster} = await live(t, debugOnly.behaviour, {via: 'debug-pod', debugImage: 'mine'});
  const answer = await cluster.readNode(query);
  assert.ok('known' in answer && answer.known.via === 'debug-pod');
  assert.equal(debugOnly.fake.created[0]?.spec.containers[0]?.image, 'mine');
});

test('the right that lacks is told, of both ways', async t => {
  const {cluster} = await live(t, {answer: ({method}, response) => status(response, 403, 'Forbidden', method === 'POST' ? 'pods is forbidden: User "jo" cannot create resource "pods" in API group ""' : 'pods "kube-proxy-1" is forbidden: User "jo" cannot get resource "pods/exec"')});
  assert.deepEqual(reason(await cluster.readNode(query)), {why: 'forbidden', detail: 'pods "kube-proxy-1" is forbidden: User "jo" cannot get resource "pods/exec", and the right to create pods in namespace tools is lacking; have it granted, or use --via kube-proxy or --no-debug-pod'});
});

test('no more nodes are read at once than allowed', async t => {
  let most = 0;
  const waiting: (() => void)[] = [];
  const {cluster} = await live(t, {exec: (socket, request) => {
    waiting.push(() => answers()(socket, request));
    most = Math.max(most, waiting.length);
    if (waiting.length === 2) setTimeout(() => waiting.splice(0).forEach(answer => answer()), 5);
  }}, {concurrency: 2});
  const readings = await Promise.all(Array.from({length: 6}, () => cluster.readNode(query)));
  assert.ok(readings.every(reading => 'known' in reading));
  assert.equal(most, 2);
});

test('a node that hangs ends with its time, and the others are read', async t => {
  const {cluster} = await live(t, {exec: (socket, request) => (request.path.includes('hangs') ? undefined : answers()(socket, request))}, {nodeTimeoutMs: 800, concurrency: 1});
  const [slow, quick] = await Promise.all([cluster.readNode({...query, kubeProxy: {...kubeProxy, pod: 'hangs'}}), cluster.readNode(query)]);
  assert.equal(reason(slow).why, 'timeout');
  assert.ok('known' in quick!);
});

test('an aborted run settles everything at once, and closing still deletes the pods', async t => {
  const controller = new AbortController();
  const fake = fakePods();
  const {cluster} = await live(t, {answer: fake.answer, exec: () => controller.abort()}, {via: 'debug-pod', signal: controller.signal, concurrency: 1});
  const answers = await Promise.all([cluster.readNode(query), cluster.readNode({...query, node: 'n2'})]);
  for (const answer of answers) assert.deepEqual(reason(answer), {why: 'lost', detail: 'interrupted'});
  assert.deepEqual(reason(await cluster.list({resource: 'pods'})), {why: 'lost', detail: 'interrupted'});
  await Promise.all([cluster.close(), cluster.close()]);
  assert.equal(fake.created.length, 1);
  assert.equal(fake.pods.size, 0);
});

test('cleanup looks into the debug namespace, or everywhere', async t => {
  const fake = fakePods();
  const {cluster, server} = await live(t, {answer: fake.answer});
  assert.deepEqual(await cluster.cleanup(false), {known: []});
  assert.deepEqual(await cluster.cleanup(true), {known: []});
  assert.deepEqual(server.received.map(({path}) => path), ['/apis/apps/v1/namespaces/tools/daemonsets', '/api/v1/namespaces/tools/pods', '/apis/apps/v1/daemonsets', '/api/v1/pods']);
});
