import assert from 'node:assert/strict';
import {test} from 'node:test';
import {isKnown, known, unknown} from '../../../../src/cluster/answer.ts';
import type {Place} from '../../../../src/cluster/dns.ts';
import {viaProbe} from '../../../../src/cluster/dns-tries.ts';
import {encodeRecording, loadRecording} from '../../../../src/cluster/recording/file.ts';
import {pseudonymise} from '../../../../src/cluster/recording/pseudonymise/pseudonymise.ts';
import {RecordedCluster} from '../../../../src/cluster/recording/recorded-cluster.ts';
import {Recorder} from '../../../../src/cluster/recording/recorder.ts';
import type {Exchange, Recording} from '../../../../src/cluster/recording/recording.ts';
import type {TcpAnswers, TcpAsk, TcpTry} from '../../../../src/cluster/tcp.ts';
import {world} from '../world.ts';
import {WorldCluster} from '../world-cluster.ts';

const place: Place = {node: 'n1', pod: {namespace: 'shop', name: 'cart-1', uid: 'u-1'}, images: []};
const connect: TcpAsk = {address: '10.96.0.1', port: 443, tries: 2, timeoutMs: 500, what: {kind: 'connect', payload: 0}};
const tls: TcpAsk = {...connect, what: {kind: 'tls', serverName: 'api.acmecorp.com'}};
const http: TcpAsk = {...connect, address: '127.0.0.1', port: 10249, what: {kind: 'http', host: '10.244.7.7:10249', path: '/configz', most: 1000}};
const plain: TcpTry = {outcome: 'connected', detail: null, connectMicros: 300, micros: 400, icmp: null, http: null, tls: null};
const sha256 = 'ab'.repeat(32);

const answerTo = ({what}: TcpAsk): TcpTry => {
  if (what.kind === 'connect') return plain;
  if (what.kind === 'http') return {...plain, outcome: 'answered', http: {status: 200, contentType: 'application/json', body: '{"hostnameOverride":"n1","clusterCIDR":"10.244.0.0/16"}', truncated: false}};
  return {...plain, outcome: 'answered', tls: {version: 'TLS 1.2', alert: null, chain: [{
    subject: 'CN=kube-apiserver', issuer: 'O=Acmecorp, Inc., CN=acmecorp-ca', sans: {dns: ['api.acmecorp.com', 'kubernetes.default.svc.cluster.local'], ip: ['10.96.0.1', '192.168.44.4']},
    notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2027-01-01T00:00:00.000Z', sha256, selfSigned: false, keyId: 'cd'.repeat(20), issuerKeyId: null,
  }]}};
};

class Answering extends WorldCluster {
  told: (ask: TcpAsk) => TcpTry = answerTo;

  override async askTcp(at: Place, asks: readonly TcpAsk[]): Promise<TcpAnswers> {
    return asks.map(ask => (ask.address === '10.9.9.9' ? unknown('timeout', 'n1 was late') : known({ask, via: viaProbe(at), tries: Array.from({length: ask.tries}, (_, index) => ({...this.told(ask), micros: index}))})));
  }
}

async function recorded(asks: readonly TcpAsk[], inner = new Answering(world)): Promise<{readonly recording: Recording; readonly answers: TcpAnswers}> {
  const recorder = new Recorder(inner, '1.2.3');
  const answers = await recorder.askTcp(place, asks);
  return {recording: recorder.contents(), answers};
}

const again = async (recording: Recording): Promise<Recording> => loadRecording(await encodeRecording(recording));
const tcpOf = (recording: Recording): readonly Extract<Exchange, {ask: 'tcp'}>[] => recording.exchanges.flatMap(exchange => (exchange.ask === 'tcp' ? [exchange] : []));

test('what ports answered comes back from the file', async () => {
  const asks = [connect, tls, http, {...tls, what: {kind: 'tls', serverName: null}} as const, {...connect, address: '10.9.9.9'}];
  const {recording, answers} = await recorded(asks);
  const file = await again(recording);
  assert.deepEqual(file, recording);
  assert.deepEqual(await new RecordedCluster(file).askTcp({...place, images: ['other']}, asks), answers);
});

test('an ICMP error and an answer that was cut short come back, too', async () => {
  const inner = new Answering(world);
  inner.told = () => ({...plain, outcome: 'host-unreachable', connectMicros: null, icmp: {type: 3, code: 10, from: '10.0.0.1'}, tls: {version: null, chain: [], alert: 'protocol_version (70)'}, http: {status: 200, contentType: null, body: 'ä', truncated: true}});
  const {recording} = await recorded([connect], inner);
  assert.deepEqual(await again(recording), recording);
});

test('fewer tries and a shorter body than were recorded: what there is; more: no more than there is', async () => {
  const cluster = new RecordedCluster((await recorded([http])).recording);
  const [few] = await cluster.askTcp(place, [{...http, tries: 1, what: {kind: 'http', host: '10.244.7.7:10249', path: '/configz', most: 5}}]);
  assert.ok(isKnown(few!) && few.known.tries.length === 1);
  assert.deepEqual([few.known.tries[0]?.http?.body, few.known.tries[0]?.http?.truncated], ['{"hos', true]);
  const [many] = await cluster.askTcp(place, [{...http, tries: 9}]);
  assert.ok(isKnown(many!) && many.known.tries.length === 2 && many.known.tries[0]?.http?.truncated === false);
});

test('what was not asked says what is missing', async () => {
  const cluster = new RecordedCluster((await recorded([connect, tls, http])).recording);
  for (const change of [{address: '10.96.0.2'}, {port: 444}, {what: {kind: 'connect', payload: 1400}}, {what: {kind: 'tls', serverName: null}}, {what: {kind: 'http', host: 'a', path: '/', most: 1}}] as const) {
    const [answer] = await cluster.askTcp(place, [{...connect, ...change}]);
    assert.ok(answer !== undefined && !isKnown(answer) && answer.unknown.why === 'not-recorded', JSON.stringify(change));
  }
  assert.deepEqual(await cluster.askTcp({...place, pod: null}, [tls]), [unknown('not-recorded', 'the recording does not hold TLS as api.acmecorp.com asked of 10.96.0.1 port 443 from node n1')]);
});

test('asked twice, the answer with more tries stays, and an answer stays over none', async () => {
  const inner = new Answering(world);
  const recorder = new Recorder(inner, '1.2.3');
  const kept = (): number => tcpOf(recorder.contents()).reduce((sum, {answer}) => sum + (isKnown(answer) ? answer.known.tries.length : 0), 0);
  for (const [tries, left] of [[2, 2], [5, 5], [1, 5]] as const) {
    await recorder.askTcp(place, [{...tls, tries}]);
    assert.equal(kept(), left);
  }
});

test('a file that kdiag did not write is refused', async () => {
  const {recording} = await recorded([tls]);
  for (const damage of [{outcome: 'fine'}, {micros: 'soon'}, {tls: {version: null, chain: [{}], alert: null}}, {http: {status: '200'}}, {icmp: 3}]) {
    const bad = {...recording, exchanges: tcpOf(recording).map(exchange => ({...exchange, answer: isKnown(exchange.answer) ? known({...exchange.answer.known, tries: exchange.answer.known.tries.map(each => ({...each, ...damage}))}) : exchange.answer}))} as unknown as Recording;
    await assert.rejects(again(bad), /damaged/, JSON.stringify(damage));
  }
});

test('pseudonymised, the answers come to the pseudonymised questions, and no name or address is left', async () => {
  const inner = new Answering(world);
  const other: TcpAsk = {...http, address: '10.244.7.7', port: 8080, what: {kind: 'http', host: 'acmecorp', path: '/secret', most: 1000}};
  const strange: TcpAsk = {...http, address: '10.244.7.7', port: 22, what: {kind: 'connect', payload: 7}};
  inner.told = ask => (ask === strange ? {...plain, outcome: 'malformed', detail: 'it does not speak HTTP; it said acmecorp sshd', icmp: {type: 3, code: 1, from: '192.168.44.4'}} : answerTo(ask));
  const recorder = new Recorder(inner, '1.2.3');
  await recorder.list({resource: 'nodes'});
  await recorder.askTcp(place, [connect, tls, http, other, strange, {...connect, address: '10.9.9.9'}]);
  const hidden = pseudonymise(recorder.contents(), 'a key');
  const text = JSON.stringify(hidden);
  for (const word of ['acmecorp', 'Acmecorp', '10.96.0.1"', '10.244.7.7', '192.168.44.4', '10.9.9.9', 'cart-1', '"shop', 'n1"', sha256, 'cd'.repeat(20), 'secret', 'Inc.']) assert.ok(!text.includes(word), word);
  assert.deepEqual(await again(hidden), hidden);
  const all = tcpOf(hidden);
  assert.equal(all.length, 6);
  const certificate = all.flatMap(({question, answer}) => (question.what.kind === 'tls' && isKnown(answer) ? [{address: question.address, name: question.what.serverName, ...answer.known.tries[0]!.tls!.chain[0]!}] : []))[0];
  assert.equal(certificate?.subject, 'CN=kube-apiserver');
  assert.match(certificate.issuer, /^O=obj-\w{8}, CN=obj-\w{8}$/);
  assert.deepEqual([certificate.sans.ip[0], certificate.sans.dns[0]], [certificate.address, certificate.name]); // still its own name and address
  assert.match(certificate.sans.dns[1] ?? '', /^kubernetes\.default\.svc\.cluster\.local$/);
  const bodies = all.flatMap(({question, answer}) => (question.what.kind === 'http' && isKnown(answer) ? [[question.port, answer.known.tries[0]?.http?.body !== '', answer.known.tries[0]?.http?.truncated]] : []));
  assert.deepEqual(bodies.sort(), [[10249, true, false], [8080, false, true]]);
});
