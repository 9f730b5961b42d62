import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test, type TestContext} from 'node:test';
import type {DnsAsk, Place} from '../../../../src/cluster/dns.ts';
import {type LiveCluster, type LiveOptions, openLive} from '../../../../src/cluster/live/live.ts';
import type {TcpAsk} from '../../../../src/cluster/tcp.ts';
import {answerTo, tryOf} from '../dns-answer.ts';
import {type Behaviour, exitStatus, type FakeApiServer, fakeApiServer, frame, json, status, success} from './fake-api-server.ts';
import {type FakePods, fakePods} from './fake-pods.ts';

const place: Place = {node: 'n1', pod: null, images: ['coredns']};
const inPod: Place = {...place, pod: {namespace: 'shop', name: 'cart-1', uid: '0bd6a1f2-1111-2222-3333-444455556666'}};
const ask: DnsAsk = {server: '10.96.0.10', port: 53, protocol: 'udp', name: 'cart.shop.svc.cluster.local', type: 'A', tries: 1, timeoutMs: 500};
const reason = (answer: unknown): {why: string; detail: string} => (answer as {unknown: {why: string; detail: string}}).unknown;

async function live(t: TestContext, exec: NonNullable<Behaviour['exec']>, more: Partial<LiveOptions> = {}, architecture = 'amd64'): Promise<{readonly cluster: LiveCluster; readonly server: FakeApiServer; readonly fake: FakePods}> {
  const fake = fakePods();
  const server = await fakeApiServer(t, {exec, answer: (request, response) => {
    if (request.path === '/api/v1/nodes/n1') json(response, {kind: 'Node', metadata: {name: 'n1'}, status: {nodeInfo: {architecture}}});
    else if (request.path.startsWith('/api/v1/nodes/')) status(response, 404, 'NotFound', 'nodes "n9" not found');
    else fake.answer(request, response);
  }});
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-places-'));
  t.after(() => rm(folder, {recursive: true}));
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, JSON.stringify({'current-context': 'test', contexts: [{name: 'test', context: {cluster: 'c'}}], clusters: [{name: 'c', cluster: {server: server.url.href}}]}));
  const cluster = await openLive({kubeconfig, requestTimeoutMs: 2000, nodeTimeoutMs: 2000, concurrency: 5, via: 'auto', debugPods: true, debugNamespace: 'tools', ...more});
  t.after(() => cluster.close());
  return {cluster, server, fake};
}

const scriptOf = (query: URLSearchParams): string => query.getAll('command').at(-1) ?? '';
/** Of the exec, the probe's words from `ask` on. */
const wordsOf = (query: URLSearchParams): readonly string[] => (scriptOf(query).split('\n').at(-1) ?? '').split(' ').slice(1);

/** Says that every try of every ask timed out, but for what `lines` says of the first. */
const probe = (said?: string): NonNullable<Behaviour['exec']> => (socket, {query}) => {
  const [, , ...asks] = wordsOf(query);
  socket.send(frame(1, Buffer.from(`${asks.map((_, index) => said ?? `${index} 0 timeout 0 500000 - - -`).join('\n')}\ndone\n`)));
  socket.send(success);
};

test('questions go to a place in one exec, and come back in their order with their messages', async t => {
  const hex = answerTo(ask, '10.96.1.1').toString('hex');
  const {cluster, server} = await live(t, probe(`0 0 answer 0 700 0a60000a.53 - ${hex}`));
  const [first, second] = await cluster.askDns(inPod, [{...ask, server: 'no address'}, ask]);
  assert.deepEqual(first, {known: {ask: {...ask, server: 'no address'}, via: 'kdiag', tries: [{outcome: 'not-sent', detail: '"no address" is no address that can be asked', micros: 0, from: null, hex: '', message: null}]}});
  assert.deepEqual(second, {known: {ask, via: 'kdiag\'s probe in the network of pod shop/cart-1 on n1', tries: [tryOf(ask, {hex})]}});
  assert.ok('known' in second! && second.known.tries[0]?.message?.answers[0]?.data === '10.96.1.1');
  const execs = server.received.filter(({path}) => path.endsWith('/exec'));
  assert.equal(execs.length, 1);
  assert.match(wordsOf(execs[0]!.query).join(' '), /^ask 0bd6a1f2-1111-2222-3333-444455556666 u\.0a60000a\.53\.500\.1\.[0-9a-f]+$/);
});

test('a foreign message is malformed, and what is known of it stays', async t => {
  const hex = answerTo({...ask, name: 'other.example'}, '10.96.1.1').toString('hex');
  const {cluster} = await live(t, probe(`0 0 answer 0 700 0a600001.53 - ${hex}`));
  const [answer] = await cluster.askDns(place, [ask]);
  assert.ok('known' in answer! && answer.known.tries.length === 1);
  const [{outcome, from, hex: kept, message, detail}] = answer.known.tries as [ReturnType<typeof tryOf>];
  assert.deepEqual([outcome, from, kept, message, detail === null], ['malformed', '10.96.0.1', hex, null, false]);
});

test('many questions are shared out among execs, as a command line has an end', async t => {
  const {cluster, server} = await live(t, probe());
  const asks = Array.from({length: 600}, (_, index) => ({...ask, name: `n${index}.${'a'.repeat(50)}.example`}));
  const answers = await cluster.askDns(place, asks);
  assert.deepEqual(answers.map(answer => ('known' in answer ? answer.known.ask.name : '')), asks.map(({name}) => name));
  const lengths = server.received.filter(({path}) => path.endsWith('/exec')).map(({query}) => wordsOf(query).join(' ').length);
  assert.ok(lengths.length > 1 && Math.max(...lengths) < 25_000, lengths.join());
});

test('TCP ports are asked in one exec, all kinds together; what cannot be asked says so', async t => {
  const request = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\niptables').toString('hex');
  const {cluster, server} = await live(t, (socket, {query}) => {
    assert.equal(wordsOf(query).length, 5);
    socket.send(frame(1, Buffer.from(`0 0 answer 0 900 - - - 700\n1 0 closed 0 1200 - - ${request} 300\n2 0 error 111 50 - - - -\ndone\n`)));
    socket.send(success);
  });
  const base = {address: '10.96.0.1', port: 443, tries: 1, timeoutMs: 500};
  const asks: readonly TcpAsk[] = [
    {...base, address: 'api', what: {kind: 'connect', payload: 0}}, {...base, what: {kind: 'connect', payload: 0}},
    {...base, port: 10249, what: {kind: 'http', host: 'localhost', path: '/proxyMode', most: 100}}, {...base, what: {kind: 'tls', serverName: null}},
  ];
  const answers = await cluster.askTcp(place, asks);
  const none = {detail: null, icmp: null, http: null, tls: null};
  assert.deepEqual(answers, [
    {known: {ask: asks[0], via: 'kdiag', tries: [{...none, outcome: 'not-sent', detail: '"api" is no address that can be asked', micros: 0, connectMicros: null}]}},
    {known: {ask: asks[1], via: 'kdiag\'s probe in a debug pod on n1', tries: [{...none, outcome: 'connected', micros: 900, connectMicros: 700}]}},
    {known: {ask: asks[2], via: 'kdiag\'s probe in a debug pod on n1', tries: [{...none, outcome: 'answered', micros: 1200, connectMicros: 300, http: {status: 200, contentType: null, body: 'iptables', truncated: false}}]}},
    {known: {ask: asks[3], via: 'kdiag\'s probe in a debug pod on n1', tries: [{...none, outcome: 'refused', detail: 'ECONNREFUSED', micros: 50, connectMicros: null}]}},
  ]);
  assert.equal(server.received.filter(({path}) => path.endsWith('/exec')).length, 1);
  assert.deepEqual(await cluster.askTcp(place, []), []);
});

test('more than one exec may answer is shared out', async t => {
  const {cluster, server} = await live(t, (socket, {query}) => {
    const [, , ...asks] = wordsOf(query);
    socket.send(frame(1, Buffer.from(`${asks.map((_, index) => `${index} 0 timeout 0 500000 - - - -`).join('\n')}\ndone\n`)));
    socket.send(success);
  });
  const answers = await cluster.askTcp(place, Array.from({length: 10}, (_, index) => ({address: '10.96.0.1', port: index, tries: 1, timeoutMs: 500, what: {kind: 'http', host: 'a', path: '/', most: 8 * 1024 * 1024}})));
  assert.deepEqual(answers.map(answer => ('known' in answer ? answer.known.tries[0]?.outcome : '')), Array(10).fill('timed-out'));
  assert.equal(server.received.filter(({path}) => path.endsWith('/exec')).length, 4);
});

test('a place keeps its node\'s debug pod until the end, for what is asked next', async t => {
  const {cluster, fake} = await live(t, (socket, request) => {
    if (wordsOf(request.query)[0] === 'ask') return probe()(socket, request);
    socket.send(frame(1, Buffer.from('kdiag-reading/1 plain\n')));
    socket.send(success);
  });
  await cluster.askDns(place, [ask]);
  await cluster.readNode({node: 'n1', images: ['proxy']});
  await cluster.askDns(inPod, [ask]);
  assert.deepEqual([fake.created.length, fake.pods.size], [1, 1]);
  await cluster.close();
  assert.equal(fake.pods.size, 0);
});

const sectionsOfPod = ['pid', 'sockets', 'holders', 'links', 'route', 'fib_trie', 'if_inet6', 'arp', 'resolv-conf', 'hosts', 'nsswitch', 'libc', 'os-release'];

test('files of a place are read in one exec', async t => {
  const names = sectionsOfPod;
  const {cluster, server} = await live(t, (socket, {query}) => {
    const mark = /^M=(\S+)$/m.exec(scriptOf(query))?.[1] ?? assert.fail('no mark');
    socket.send(frame(1, Buffer.from(`kdiag-reading/1 plain\n${names.map(name => `${mark} begin ${name}\n${name}!\n\n${mark} stderr 0\n\n${mark} end\n`).join('')}${mark} complete\n`)));
    socket.send(success);
  });
  const answer = await cluster.readPlace(inPod);
  assert.ok('known' in answer);
  assert.deepEqual(Object.entries(answer.known.sections).map(([name, {stdout}]) => [name, stdout]), names.map(name => [name, `${name}!\n`]));
  assert.equal(server.received.filter(({path}) => path.endsWith('/exec')).length, 1);
});

test('a pod that has no process there is absent', async t => {
  const {cluster} = await live(t, (socket, {query}) => {
    const mark = /^M=(\S+)$/m.exec(scriptOf(query))?.[1];
    if (mark === undefined) return socket.send(exitStatus(3));
    socket.send(frame(1, Buffer.from(`kdiag-reading/1 plain\n${sectionsOfPod.map(name => `${mark} begin ${name}\n\n${mark} stderr 3\nno\n${mark} end\n`).join('')}${mark} complete\n`)));
    socket.send(success);
  });
  for (const answer of [await cluster.readPlace(inPod), (await cluster.askDns(inPod, [ask]))[0]]) assert.deepEqual(reason(answer), {why: 'absent', detail: 'no process of pod shop/cart-1 runs on node n1'});
});

test('why nothing was asked is said of every question', async t => {
  const cases: readonly (readonly [Promise<{readonly cluster: LiveCluster}>, Place, string, RegExp])[] = [
    [live(t, probe(), {debugPods: false}), place, 'not-asked', /^--no-debug-pod leaves no way to ask from node n1$/],
    [live(t, probe(), {via: 'kube-proxy'}), place, 'not-asked', /^--via kube-proxy leaves no way/],
    [live(t, probe(), {}, 's390x'), place, 'unsupported', /not made for the architecture "s390x" of node n1/],
    [live(t, probe()), {...place, node: 'n9'}, 'absent', /n9/],
    [live(t, probe()), {...inPod, pod: {...inPod.pod!, uid: '$(reboot)'}}, 'unparsed', /has no UID/],
    [live(t, socket => socket.send(exitStatus(97))), place, 'unsupported', /exit status 97/],
    [live(t, socket => socket.send(exitStatus(4))), place, 'unparsed', /exit status 4/],
    [live(t, socket => { socket.send(frame(1, Buffer.from('0 0 timeout 0 1 - - -\n'))); socket.send(success); }), place, 'truncated', /end mark/],
    [live(t, () => {}, {nodeTimeoutMs: 700}), place, 'timeout', /./],
  ];
  for (const [opened, where, why, detail] of cases) {
    const {cluster} = await opened;
    const answers = await cluster.askDns(where, [ask, {...ask, type: 'AAAA'}]);
    assert.equal(answers.length, 2);
    for (const answer of answers) {
      assert.equal(reason(answer)?.why, why, JSON.stringify(answer).slice(0, 200));
      assert.match(reason(answer).detail, detail);
    }
    if (why !== 'truncated') assert.equal(reason(await cluster.readPlace(where)).why, why === 'unsupported' && /97/.test(detail.source) ? 'unparsed' : why);
  }
  const {cluster, server} = await live(t, probe());
  assert.deepEqual(await cluster.askDns(place, []), []);
  assert.equal(server.received.length, 0);
});
