import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type Answer, isKnown, known, unknown} from '../../../../src/cluster/answer.ts';
import type {PlaceReading, Section} from '../../../../src/cluster/cluster.ts';
import type {DnsAnswers, DnsAsk, Place} from '../../../../src/cluster/dns.ts';
import {messageId, viaProbe, type DnsQuestion} from '../../../../src/cluster/dns-tries.ts';
import {encodeRecording, loadRecording} from '../../../../src/cluster/recording/file.ts';
import {pseudonymise} from '../../../../src/cluster/recording/pseudonymise/pseudonymise.ts';
import {RecordedCluster} from '../../../../src/cluster/recording/recorded-cluster.ts';
import {Recorder} from '../../../../src/cluster/recording/recorder.ts';
import type {Recording} from '../../../../src/cluster/recording/recording.ts';
import {answerTo, tryOf} from '../dns-answer.ts';
import {world} from '../world.ts';
import {WorldCluster} from '../world-cluster.ts';

const inPod: Place = {node: 'n1', pod: {namespace: 'shop', name: 'cart-1', uid: 'u-1'}, images: ['a']};
const onNode: Place = {node: 'n1', pod: null, images: []};
const base: DnsAsk = {server: '10.96.0.10', port: 53, protocol: 'udp', name: 'cart.shop.svc.cluster.local', type: 'A', tries: 3, timeoutMs: 500};
const section = (stdout: string, command = 'cat /etc/resolv.conf'): Section => ({command, stdout, stderr: '', exit: 0});

/** Answers each ask with an address, `tries` times; what is asked of 10.9.9.9 is not known. */
class Answering extends WorldCluster {
  sections: Readonly<Record<string, Section>> = {};
  damage: (hex: string, question: DnsQuestion) => string = hex => hex;

  override async readPlace(): Promise<Answer<PlaceReading>> {
    return known({sections: this.sections});
  }

  override async askDns(place: Place, asks: readonly DnsAsk[]): Promise<DnsAnswers> {
    return asks.map(ask => (ask.server === '10.9.9.9' ? unknown('timeout', 'n1 was late')
      : known({ask, via: viaProbe(place), tries: Array.from({length: ask.tries}, (_, index) => tryOf(ask, {micros: index, hex: this.damage(answerTo(ask, '10.96.1.1').toString('hex'), ask)}))})));
  }
}

async function recorded(inner: Answering, asks: readonly DnsAsk[], place = inPod): Promise<{readonly recorder: Recorder; readonly answers: DnsAnswers; readonly reading: Answer<PlaceReading>}> {
  const recorder = new Recorder(inner, '1.2.3');
  return {recorder, answers: await recorder.askDns(place, asks), reading: await recorder.readPlace(place)};
}

const again = async (recording: Recording): Promise<Recording> => loadRecording(await encodeRecording(recording));

test('what was asked and read at a place comes back from the file, messages and all', async () => {
  const inner = new Answering(world);
  inner.sections = {'resolv-conf': section('nameserver 10.96.0.10\n'), hosts: {command: 'cat /etc/hosts', stdout: '', stderr: 'gone', exit: 1}};
  const asks = [base, {...base, protocol: 'tcp' as const}, {...base, name: ''}, {...base, server: '10.9.9.9'}];
  const {recorder, answers, reading} = await recorded(inner, asks);
  const file = await again(recorder.contents());
  assert.deepEqual(file, recorder.contents());
  const cluster = new RecordedCluster(file);
  assert.deepEqual(await cluster.askDns({...inPod, images: ['other']}, asks.map(ask => ({...ask, timeoutMs: 9}))), answers.map((answer, index) => (isKnown(answer) ? known({...answer.known, ask: {...asks[index]!, timeoutMs: 9}}) : answer)));
  assert.deepEqual(await cluster.readPlace(inPod), reading);
  assert.ok(isKnown(answers[0]!) && answers[0].known.tries[0]?.message?.answers[0]?.data === '10.96.1.1');
});

test('fewer or more tries than were recorded: what there is', async () => {
  const {recorder} = await recorded(new Answering(world), [base]);
  const cluster = new RecordedCluster(recorder.contents());
  for (const [tries, given] of [[1, 1], [3, 3], [9, 3]] as const) {
    const [answer] = await cluster.askDns(inPod, [{...base, tries}]);
    assert.deepEqual(isKnown(answer!) ? answer.known.tries.map(({micros}) => micros) : answer, [0, 1, 2].slice(0, given));
  }
});

test('what was not asked says what is missing: another place, server, port, protocol, name or type', async () => {
  const {recorder} = await recorded(new Answering(world), [base]);
  const cluster = new RecordedCluster(recorder.contents());
  for (const change of [{server: '10.96.0.11'}, {port: 5353}, {protocol: 'tcp'}, {name: 'cart.shop'}, {type: 'AAAA'}] as const) {
    const [answer] = await cluster.askDns(inPod, [{...base, ...change}]);
    assert.ok(answer !== undefined && !isKnown(answer) && answer.unknown.why === 'not-recorded', JSON.stringify(change));
  }
  assert.deepEqual(await cluster.askDns(onNode, [base]), [unknown('not-recorded', 'the recording does not hold UDP A cart.shop.svc.cluster.local asked of 10.96.0.10 from node n1')]);
  assert.deepEqual(await cluster.readPlace(onNode), unknown('not-recorded', 'the recording does not hold the resolver\'s files of node n1'));
  assert.deepEqual(await cluster.readPlace({...inPod, pod: {...inPod.pod!, name: 'cart-2'}}), unknown('not-recorded', 'the recording does not hold the resolver\'s files of pod shop/cart-2'));
});

test('asked twice, the answer with more tries stays, and the newest of as many', async () => {
  const inner = new Answering(world);
  const recorder = new Recorder(inner, '1.2.3');
  const kept = (): number => recorder.contents().exchanges.flatMap(exchange => (exchange.ask === 'dns' && isKnown(exchange.answer) ? [exchange.answer.known.tries.length] : [])).reduce((a, b) => a + b, 0);
  for (const [tries, left] of [[2, 2], [5, 5], [1, 5]] as const) {
    await recorder.askDns(inPod, [{...base, tries}]);
    assert.equal(kept(), left);
  }
});

test('a message with another ID, or cut off, is malformed after a replay as it was before', async () => {
  const inner = new Answering(world);
  for (const damage of [(hex: string) => `ffff${hex.slice(4)}`, (hex: string) => hex.slice(0, 40), () => '']) {
    inner.damage = damage;
    const {recorder, answers} = await recorded(inner, [base]);
    assert.deepEqual(isKnown(answers[0]!) ? answers[0].known.tries.map(({outcome, message}) => [outcome, message]) : answers, Array.from({length: 3}, () => ['malformed', null]));
    assert.deepEqual((await again(recorder.contents())).exchanges, recorder.contents().exchanges);
  }
});

test('pseudonymised, the answers come to the pseudonymised questions, and no name or address is left', async () => {
  const inner = new Answering(world);
  inner.sections = {
    'resolv-conf': section('# ours: acmecorp\nsearch shop.svc.cluster.local svc.cluster.local cluster.local eu.acmecorp.com\nnameserver 10.96.0.10\noptions ndots:5\n'),
    hosts: section('# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tip6-localhost\n10.244.7.7\tcart-1 # acmecorp\n192.168.44.4 ldap.acmecorp.com\n'),
    kubelet: section('pid 7\n--cluster-domain=acmecorp.com\nclusterDomain: acmecorp.com\nclusterDNS:\n- 10.96.0.10\n'), pid: section('71 acmecorpd\n/opt/acmecorp/bin static go\n'), libc: section('/lib/libc.so.6\n'), nsswitch: section('hosts: files dns # acmecorp\n'),
  };
  const names = ['cart', 'cart.shop', 'ldap.acmecorp.com'].flatMap(name => ['', '.shop.svc.cluster.local', '.svc.cluster.local', '.cluster.local', '.eu.acmecorp.com'].map(domain => name + domain));
  const asks = [...names, '_web._tcp.cart.shop.svc.cluster.local', '7.7.244.10.in-addr.arpa', ''].map(name => ({...base, name}));
  const {recorder} = await recorded(inner, [...asks, {...base, server: '10.9.9.9'}]);
  await recorder.list({resource: 'services'});
  await recorder.list({resource: 'namespaces'});
  const hidden = pseudonymise(recorder.contents(), 'a key');
  const text = JSON.stringify(hidden);
  for (const word of ['acmecorp', '10.96.0.10', '10.244.7.7', '192.168.44.4', '10.9.9.9', Buffer.from('acmecorp').toString('hex'), '"shop', 'cart-1', '0a600101']) assert.ok(!text.includes(word), word);
  assert.deepEqual(await again(hidden), hidden);
  const dns = hidden.exchanges.flatMap(exchange => (exchange.ask === 'dns' && isKnown(exchange.answer) ? [{question: exchange.question, tries: exchange.answer.known.tries}] : []));
  assert.equal(dns.length, new Set(asks.map(({name}) => name)).size);
  for (const {question, tries} of dns) for (const {outcome, message} of tries) assert.deepEqual([outcome, message?.answers.map(({name}) => name)], ['answered', [question.name]]);
  const search = hidden.exchanges.flatMap(exchange => (exchange.ask === 'place' && isKnown(exchange.answer) ? [/^search (.*)$/m.exec(exchange.answer.known.sections['resolv-conf']?.stdout ?? '')?.[1]?.split(' ') ?? []] : []))[0] ?? [];
  const asked = new Set(dns.map(({question}) => question.name));
  assert.equal(search.length, 4);
  const plain = [...asked].filter(name => search.every(domain => asked.has(`${name}.${domain}`)));
  assert.equal(plain.filter(name => !plain.some(other => search.some(domain => name === `${other}.${domain}`))).length, 3); // a resolver's questions for the three names are all there
  assert.ok([...asked].some(name => name.startsWith('_web._tcp.svc-')) && [...asked].some(name => /^\d+\.\d+\.\d+\.\d+\.in-addr\.arpa$/.test(name)) && asked.has(''));
});

test('pseudonymised, a message that cannot be taken apart is left out, and one with a wrong ID keeps it wrong', async () => {
  const inner = new Answering(world);
  inner.damage = hex => hex.slice(0, 60);
  const [cut] = pseudonymise((await recorded(inner, [base])).recorder.contents()).exchanges;
  assert.ok(cut?.ask === 'dns' && isKnown(cut.answer));
  assert.deepEqual(cut.answer.known.tries.map(({outcome, detail, hex}) => [outcome, detail, hex]), Array.from({length: 3}, () => ['malformed', 'the message was left out of the pseudonymised recording', '']));
  inner.damage = (hex, question) => ((messageId(question) ^ 1).toString(16).padStart(4, '0') + hex.slice(4));
  const [wrong] = pseudonymise((await recorded(inner, [base])).recorder.contents()).exchanges;
  assert.ok(wrong?.ask === 'dns' && isKnown(wrong.answer));
  const {question, answer} = wrong;
  for (const {outcome, hex} of answer.known.tries) assert.deepEqual([outcome, Number.parseInt(hex.slice(0, 4), 16)], ['malformed', messageId(question) ^ 1]);
});
