import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {ipvsOf} from '../../../src/model/ipvs/ipvs.ts';
import {toNumber} from '../../../src/model/fraction.ts';
import {walk} from '../../../src/model/netfilter/walk.ts';
import {parseAddress} from '../../../src/model/ip.ts';
import type {NodeRules} from '../../../src/model/node-rules.ts';
import type {Packet} from '../../../src/model/packet.ts';
import {parseDump} from '../../../src/parse/iptables.ts';

/** A node whose iptables-nft and iptables-legacy hold these dumps. */
function node(nft: string, legacy = ''): NodeRules {
  const set = (backend: 'nft' | 'legacy', text: string) => ({backend, family: 4 as const, dump: parseDump(text), unread: null});
  return {node: 'n', from: 'test', rulesets: [set('nft', nft), set('legacy', legacy)], ipvs: ipvsOf({}), modes: ['iptables'], nft: {known: {tables: [], objects: []}}, localAddresses: new Set(['172.30.0.11', '10.244.1.1']), processes: [], sysctls: {}};
}

interface Send {readonly to: string; readonly from?: Packet['from']; readonly source?: string | null; readonly protocol?: Packet['protocol']}

function packet({to, from = 'pod', source = '10.244.1.99', protocol = 'tcp'}: Send): Packet {
  const [host = '', port] = to.split(':');
  const destination = parseAddress(host);
  assert.ok(destination);
  return {protocol, source: source === null ? null : parseAddress(source), destination, port: Number(port), from, mark: 0, original: null};
}

/** `dnat 10.0.0.1:80 0.5, drop 0.5` */
function ends(rules: NodeRules, send: Send): string {
  const shares = new Map<string, number>();
  for (const {end, share} of walk(rules, packet(send)).orders[0] ?? []) {
    const name = end.kind === 'dnat' ? `dnat ${end.to}` : end.kind;
    shares.set(name, (shares.get(name) ?? 0) + toNumber(share));
  }
  return [...shares].map(([name, share]) => `${name} ${Math.round(share * 1e6) / 1e6}`).sort().join(', ');
}

const nat = (...rules: string[]) => `*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${[...new Set(rules.map(rule => rule.split(' ')[1] ?? '').filter(name => name !== 'PREROUTING' && name !== 'OUTPUT'))].map(name => `:${name} - [0:0]\n`).join('')}${rules.join('\n')}\nCOMMIT\n`;
const filter = (policy: string, ...rules: string[]) => `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ${policy} [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules.map(rule => rule.split(' ')[1] ?? '').filter(name => !/^(INPUT|FORWARD|OUTPUT)$/.test(name)).map(name => `:${name} - [0:0]\n`).join('')}${rules.join('\n')}\nCOMMIT\n`;

const real = node(readFileSync(new URL('../../fixtures/iptables/kube-proxy-iptables-nft.txt', import.meta.url), 'utf8'));
const legacy = node('', readFileSync(new URL('../../fixtures/iptables/kube-proxy-iptables-legacy.txt', import.meta.url), 'utf8'));
const vip = '-A KUBE -d 10.96.0.9/32 -p tcp -m tcp --dport 80';
const hook = '-A PREROUTING -j KUBE';
const to = (address: string) => `-p tcp -m tcp -j DNAT --to-destination ${address}`;

const sentences: readonly {readonly name: string; readonly rules: NodeRules; readonly send: Send; readonly ends: string}[] = [
  {name: 'kube-proxy: a pod to a ClusterIP, a third each', rules: real, send: {to: '10.103.221.163:80'}, ends: 'dnat 10.244.1.3:9376 0.333333, dnat 10.244.1.4:9376 0.333333, dnat 10.244.2.3:9376 0.333333'},
  {name: 'kube-proxy: the node itself to a ClusterIP', rules: real, send: {to: '10.96.0.1:443', from: 'host', source: '172.30.0.11'}, ends: 'dnat 172.30.0.10:6443 1'},
  {name: 'kube-proxy: UDP and TCP of one port are different rules', rules: real, send: {to: '10.96.0.10:53', protocol: 'udp'}, ends: 'dnat 10.244.1.2:53 0.5, dnat 10.244.2.2:53 0.5'},
  {name: 'kube-proxy: another port of the VIP is not translated', rules: real, send: {to: '10.96.0.10:54'}, ends: 'pass 1'},
  {name: 'kube-proxy: the wrong protocol is not translated', rules: real, send: {to: '10.96.0.1:443', protocol: 'udp'}, ends: 'pass 1'},
  {name: 'the legacy backend is walked as well', rules: legacy, send: {to: '10.96.0.1:443'}, ends: 'dnat 172.30.0.10:6443 1'},
  {name: 'no rules: passes untranslated', rules: node(''), send: {to: '10.96.0.1:443'}, ends: 'pass 1'},
  {name: 'an empty chain returns to its caller', rules: node(nat(hook, `${vip} -j EMPTY`, '-A EMPTY -s 192.0.2.1/32 -j RETURN', `-A KUBE -d 10.96.0.9/32 ${to('10.0.0.1:1')}`)), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.1:1 1'},
  {name: 'goto does not come back', rules: node(nat(hook, `${vip} -g EMPTY`, '-A EMPTY -s 192.0.2.1/32 -j RETURN', `-A KUBE -d 10.96.0.9/32 ${to('10.0.0.1:1')}`, `-A PREROUTING ${to('10.0.0.2:2')}`)), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.2:2 1'},
  {name: 'RETURN in the middle of a chain', rules: node(nat(hook, '-A KUBE -s 10.244.1.0/24 -j RETURN', `${vip} ${to('10.0.0.1:1')}`)), send: {to: '10.96.0.9:80'}, ends: 'pass 1'},
  {name: 'a draw that falls through an empty chain goes on to the next rule', rules: node(nat(hook, `${vip} -j SVC`, '-A SVC -m statistic --mode random --probability 0.50000000000 -j GONE', '-A SVC -j SEP', '-A GONE -s 192.0.2.1/32 -j RETURN', `-A SEP ${to('10.0.0.1:1')}`)), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.1:1 1'},
  {name: 'a probability of 1 starves what follows', rules: node(nat(hook, `${vip} -m statistic --mode random --probability 1.00000000000 -j A`, `${vip} -j B`, `-A A ${to('10.0.0.1:1')}`, `-A B ${to('10.0.0.2:1')}`)), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.1:1 1'},
  {name: 'affinity: a new client is in no list', rules: node(nat(hook, `${vip} -m recent --rcheck --seconds 10800 --reap --name A --mask 255.255.255.255 --rsource -j A`, `${vip} -j B`, `-A A ${to('10.0.0.1:1')}`, `-A B -p tcp -m recent --set --name B --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.0.0.2:1`)), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.2:1 1'},
  {name: 'a mark that is set is seen later', rules: node(nat(hook, '-A KUBE -j MARK --set-xmark 0x4000/0x4000', `-A KUBE -m mark --mark 0x4000/0x4000 ${to('10.0.0.1:1')}`)), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.1:1 1'},
  {name: 'an unknown match that decides makes the walk undecided', rules: node(nat('-A PREROUTING -m bpf --bytecode "4,48 0 0 9" -j ACCEPT', hook, `${vip} ${to('10.0.0.1:1')}`)), send: {to: '10.96.0.9:80'}, ends: 'undecided 1'},
  {name: 'an unknown match whose both ways end alike decides nothing', rules: node(nat('-A PREROUTING -m bpf --bytecode "4,48 0 0 9" -j LOG', '-A PREROUTING -m set --match-set x dst -j EMPTY', '-A EMPTY -s 192.0.2.1/32 -j RETURN', hook, `${vip} ${to('10.0.0.1:1')}`)), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.1:1 1'},
  {name: 'an unknown target is not guessed', rules: node(nat('-A PREROUTING -j WEIRD --frob', hook)), send: {to: '10.96.0.9:80'}, ends: 'undecided 1'},
  {name: 'a known mismatch beats an unknown match in the same rule', rules: node(nat('-A PREROUTING -d 192.0.2.1/32 -m bpf --bytecode "4" -j ACCEPT', hook, `${vip} ${to('10.0.0.1:1')}`)), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.1:1 1'},
  {name: 'a range of addresses as target is not followed', rules: node(nat(hook, `${vip} ${to('10.0.0.1-10.0.0.4')}`)), send: {to: '10.96.0.9:80'}, ends: 'undecided 1'},
  {name: 'addrtype LOCAL knows the node\'s addresses', rules: node(nat('-A PREROUTING -m addrtype --dst-type LOCAL -j NP', '-A NP -p tcp -m tcp --dport 30080 -j DNAT --to-destination 10.0.0.1:1')), send: {to: '172.30.0.11:30080', from: 'outside', source: '203.0.113.77'}, ends: 'dnat 10.0.0.1:1 1'},
  {name: 'a DROP in FORWARD for the endpoint takes its share only', rules: node(nat(hook, `${vip} -m statistic --mode random --probability 0.50000000000 -j A`, `${vip} -j B`, `-A A ${to('10.0.0.1:1')}`, `-A B ${to('10.0.0.2:1')}`) + filter('ACCEPT', '-A FORWARD -d 10.0.0.1/32 -j DROP')), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.2:1 0.5, drop 0.5'},
  {name: 'FORWARD policy DROP', rules: node(nat(hook, `${vip} ${to('10.0.0.1:1')}`) + filter('DROP')), send: {to: '10.96.0.9:80'}, ends: 'drop 1'},
  {name: 'FORWARD policy DROP behind an ACCEPT for the pod network', rules: node(nat(hook, `${vip} ${to('10.0.0.1:1')}`) + filter('DROP', '-A FORWARD -s 10.244.0.0/16 -j ACCEPT')), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.1:1 1'},
  {name: 'FORWARD policy DROP behind rules that cannot be decided: taken to pass', rules: node(nat(hook, `${vip} ${to('10.0.0.1:1')}`) + filter('DROP', '-A FORWARD -i cali+ -j ACCEPT')), send: {to: '10.96.0.9:80'}, ends: 'dnat 10.0.0.1:1 1'},
  {name: 'REJECT for an untranslated VIP', rules: node(filter('ACCEPT', '-A FORWARD -d 10.96.0.9/32 -p tcp -m comment --comment "ns/svc has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable')), send: {to: '10.96.0.9:80'}, ends: 'reject 1'},
  {name: 'a raw DROP comes before all', rules: node(`*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 10.96.0.9/32 -j DROP\nCOMMIT\n${nat(hook, `${vip} ${to('10.0.0.1:1')}`)}`), send: {to: '10.96.0.9:80'}, ends: 'drop 1'},
];

for (const {name, rules, send, ends: expected} of sentences) test(name, () => assert.equal(ends(rules, send), expected));

test('both backends translate: the outcomes of either order are given', () => {
  const both = node(nat(hook, `${vip} ${to('10.0.0.1:1')}`), nat(hook, `${vip} ${to('10.0.0.2:1')}`));
  const {owners, orders} = walk(both, packet({to: '10.96.0.9:80'}));
  assert.deepEqual(owners, ['iptables-nft', 'iptables-legacy']);
  assert.deepEqual(orders.map(each => each.map(({end}) => (end.kind === 'dnat' ? end.to : end.kind))), [['10.0.0.1:1'], ['10.0.0.2:1']]);
});

test('a thousand endpoints get a thousandth each, exactly enough', () => {
  const n = 1000;
  const rules = node(nat(hook, `${vip} -j SVC`, ...Array.from({length: n}, (_, i) => `-A SVC${i === n - 1 ? '' : ` -m statistic --mode random --probability ${(1 / (n - i)).toFixed(11)}`} -j SEP${i}`), ...Array.from({length: n}, (_, i) => `-A SEP${i} ${to(`10.1.${i >> 8}.${i & 255}:80`)}`)));
  const outcomes = walk(rules, packet({to: '10.96.0.9:80'})).orders[0] ?? [];
  assert.equal(outcomes.length, n);
  for (const {share} of outcomes) assert.ok(Math.abs(toNumber(share) - 1 / n) < 1e-8);
});

test('chains that call each other in a circle end as undecided, not as a hang', () => {
  assert.equal(ends(node(nat(hook, '-A KUBE -j A', '-A A -j B', '-A B -j A')), {to: '10.96.0.9:80'}), 'undecided 1');
});
