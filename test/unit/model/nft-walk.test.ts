import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {ipvsOf} from '../../../src/model/ipvs/ipvs.ts';
import {toNumber} from '../../../src/model/fraction.ts';
import {parseAddress} from '../../../src/model/ip.ts';
import {walk} from '../../../src/model/netfilter/walk.ts';
import {ruleText} from '../../../src/model/nft/text.ts';
import type {NodeRules} from '../../../src/model/node-rules.ts';
import type {Packet} from '../../../src/model/packet.ts';
import {type JsonObject, parseRuleset, printRuleset} from '../../../src/parse/nft.ts';

const text = readFileSync(new URL('../../fixtures/nft/kube-proxy.json', import.meta.url), 'utf8');

/** A node with kube-proxy's own tables of the fixture, and other objects after them. */
function node(more: readonly JsonObject[] = [], own = text): NodeRules {
  const ruleset = parseRuleset(own);
  const tables = parseRuleset(JSON.stringify({nftables: [...ruleset.objects.filter(object => Object.values(object).some(body => (body as JsonObject)['table'] === 'kube-proxy')), ...more]}));
  return {node: 'n', from: 'test', rulesets: [], nft: {known: tables}, ipvs: ipvsOf({}), modes: ['nftables'], localAddresses: new Set(['172.30.0.11']), processes: [], sysctls: {}};
}

function ends(rules: NodeRules, to: string, {from = 'pod', source = '10.244.1.99', protocol = 'tcp'}: {from?: Packet['from']; source?: string; protocol?: Packet['protocol']} = {}): string {
  const [host = '', port] = to.split(':');
  const destination = parseAddress(host);
  assert.ok(destination);
  const shares = new Map<string, number>();
  for (const {end, share} of walk(rules, {protocol, source: parseAddress(source), destination, port: Number(port), from, mark: 0, original: null}).orders[0] ?? []) {
    const name = end.kind === 'dnat' ? `dnat ${end.to}` : end.kind;
    shares.set(name, (shares.get(name) ?? 0) + toNumber(share));
  }
  return [...shares].map(([name, share]) => `${name} ${Math.round(share * 1e6) / 1e6}`).sort().join(', ');
}

const chain = (name: string, hook: string, prio: number): JsonObject => ({chain: {family: 'inet', table: 'mine', name, type: 'filter', hook, prio, policy: 'accept'}});
const rule = (into: string, ...expr: JsonObject[]): JsonObject => ({rule: {family: 'inet', table: 'mine', chain: into, handle: 1, expr}});
const toAddress = (field: string, addr: string, len: number): JsonObject => ({match: {op: '==', left: {payload: {protocol: 'ip', field}}, right: {prefix: {addr, len}}}});

test('printing what was parsed gives the ruleset back', () => assert.equal(printRuleset(parseRuleset(text)), JSON.stringify(JSON.parse(text))));

test('text that is no ruleset is refused', () => {
  assert.throws(() => parseRuleset('{"other": []}'), SyntaxError);
  assert.throws(() => parseRuleset('Error: no JSON'), SyntaxError);
});

const sentences: readonly (readonly [name: string, actual: () => string, expected: string])[] = [
  ['a ClusterIP: a third each', () => ends(node(), '10.102.250.163:80'), 'dnat 10.244.1.3:9376 0.333333, dnat 10.244.1.4:9376 0.333333, dnat 10.244.2.3:9376 0.333333'],
  ['from the node itself', () => ends(node(), '10.96.0.1:443', {from: 'host', source: '172.30.0.11'}), 'dnat 172.30.0.10:6443 1'],
  ['UDP has its own element', () => ends(node(), '10.96.0.10:53', {protocol: 'udp'}), 'dnat 10.244.1.2:53 0.5, dnat 10.244.2.2:53 0.5'],
  ['another port of a ClusterIP is rejected', () => ends(node(), '10.96.0.10:54'), 'reject 1'],
  ['an address of the Service network that nobody has is dropped', () => ends(node(), '10.96.1.1:80'), 'drop 1'],
  ['anything else passes', () => ends(node(), '192.0.2.1:80'), 'pass 1'],
  ['a foreign reject after translation takes its share', () => ends(node([chain('fwd', 'forward', 10), rule('fwd', toAddress('daddr', '10.244.2.0', 24), {reject: {type: 'icmpx', expr: 'admin-prohibited'}})]), '10.102.250.163:80'), 'dnat 10.244.1.3:9376 0.333333, dnat 10.244.1.4:9376 0.333333, reject 0.333333'],
  ['a foreign drop before translation', () => ends(node([chain('pre', 'prerouting', -300), rule('pre', toAddress('daddr', '10.96.0.0', 12), {drop: null})]), '10.96.0.1:443'), 'drop 1'],
  ['a filter match that is not understood is taken to pass, and named', () => ends(node([chain('fwd', 'forward', 10), rule('fwd', {match: {op: '==', left: {osf: {key: 'name'}}, right: 'Linux'}}, {drop: null})]), '10.96.0.1:443'), 'dnat 172.30.0.10:6443 1'],
  ['a random map with a gap falls through there', () => ends(node([], JSON.stringify(JSON.parse(text)).replace(/\[2,\{"concat":\["10\.244\.2\.3",9376\]\}\]/, '[7,{"concat":["10.244.2.3",9376]}]')), '10.102.250.163:80').replace(/reject 0\.33333\d/, 'reject a third'), 'dnat 10.244.1.3:9376 0.333333, dnat 10.244.1.4:9376 0.333333, reject a third'],
  ['a sender that is not known is in no empty set', () => ends(node([{set: {family: 'inet', table: 'mine', name: 'friends', type: 'ipv4_addr'}}, chain('pre', 'prerouting', -300), rule('pre', {match: {op: '==', left: {payload: {protocol: 'ip', field: 'saddr'}}, right: '@friends'}}, {drop: null})]), '10.96.0.1:443', {source: ''}), 'dnat 172.30.0.10:6443 1'],
];
for (const [name, actual, expected] of sentences) test(name, () => assert.equal(actual(), expected));

test("rules are shown in nft's own words", () => {
  const lines = parseRuleset(text).tables.flatMap(({chains}) => [...chains.values()].flatMap(({rules}) => rules.map(ruleText)));
  assert.ok(lines.includes('meta l4proto tcp dnat ip to numgen random mod 3 map { 0 : 10.244.1.3 . 9376, 1 : 10.244.1.4 . 9376, 2 : 10.244.2.3 . 9376 }'));
  assert.ok(lines.includes('ip daddr . meta l4proto . th dport vmap @service-ips'));
});
