import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {nftWords} from '../../../../src/model/trace/nft-words.ts';
import type {Context} from '../../../../src/model/trace/context.ts';
import type {JsonObject, NftRule} from '../../../../src/parse/nft.ts';
import {parseRuleset} from '../../../../src/parse/nft.ts';

const last: Context = {next: null, end: 'pass', to: null};
const payload = (protocol: string, field: string): JsonObject => ({payload: {protocol, field}});
const meta = (key: string): JsonObject => ({meta: {key}});
const match = (left: JsonObject, right: unknown, op = '=='): JsonObject => ({match: {op, left, right}} as unknown as JsonObject);
const key = {concat: [payload('ip', 'daddr'), meta('l4proto'), payload('th', 'dport')]};
const rule = (statements: readonly JsonObject[], comment: string | null = null): NftRule => ({family: 'ip', table: 'kube-proxy', chain: 'here', handle: 1, comment, statements} as unknown as NftRule);

const table: readonly (readonly [readonly JsonObject[], string, Partial<Context>?, string?])[] = [
  [[{jump: {target: 'services'}}], 'all that get here go on in services'],
  [[match({ct: {key: 'state'}}, 'new', 'in'), {jump: {target: 'firewall-check'}}], 'packets of new connections go on in firewall-check'],
  [[{vmap: {key, data: '@service-ips'}}], 'all that get here are looked up in the map service-ips by address, protocol and port: go on in service-X', {next: 'service-X'}],
  [[{vmap: {key, data: '@no-endpoint-services'}}], 'all that get here are looked up in the map no-endpoint-services by address, protocol and port: dropped', {end: 'drop'}],
  [[{vmap: {key, data: '@firewall-ips'}}], 'all that get here are looked up in the map firewall-ips by address, protocol and port: what stands there lets them go on'],
  [[match(payload('ip', 'daddr'), '@nodeport-ips'), {vmap: {key: {concat: [meta('l4proto'), payload('th', 'dport')]}, data: '@service-nodeports'}}], 'packets for one of the set nodeport-ips are looked up in the map service-nodeports by protocol and port: go on in external-X', {next: 'external-X'}],
  [[match(payload('ip', 'daddr'), '@cluster-ips'), match(payload('ip', 'saddr'), {prefix: {addr: '10.244.0.0', len: 16}}, '!='), {mangle: {key: meta('mark'), value: {'|': [meta('mark'), 16384]}}}], 'packets for one of the set cluster-ips from outside 10.244.0.0/16 are marked 0x4000'],
  [[match({'&': [meta('mark'), 16384]}, 0, '!='), {mangle: {key: meta('mark'), value: {'^': [meta('mark'), 16384]}}}, {masquerade: {flags: 'fully-random'}}], 'packets marked 0x4000 lose their mark and are masqueraded: they get an address of the node as sender'],
  [[match({ct: {key: 'status'}}, 'dnat', 'in'), match({concat: [payload('ip', 'saddr'), payload('ip', 'daddr')]}, '@hairpin-connections'), {masquerade: null}], 'packets of translated connections whose sender and address are in the set hairpin-connections are masqueraded: they get an address of the node as sender'],
  [[match(payload('ip', 'daddr'), '@cluster-ips'), {reject: {type: 'icmp', expr: 'port-unreachable'}}], 'packets for one of the set cluster-ips are refused with port-unreachable (no service port)', {end: 'reject'}, 'no service port'],
  [[match(payload('ip', 'daddr'), {prefix: {addr: '10.96.0.0', len: 12}}), {drop: null}], 'packets for 10.96.0.0/12 are dropped', {end: 'drop'}],
  [[match(meta('l4proto'), 'tcp'), {dnat: {family: 'ip', addr: {map: {key: {numgen: {mode: 'random', mod: 3, offset: 0}}, data: {set: []}}}}}], 'drawn with probability 1/3, packets of protocol TCP are translated to 10.244.1.3:80', {end: 'dnat', to: '10.244.1.3:80'}],
  [[{vmap: {key: {numgen: {mode: 'random', mod: 2, offset: 0}}, data: {set: []}}}], 'drawn with probability 1/2, packets go on in endpoint-X', {next: 'endpoint-X'}],
  [[match(payload('ip', 'saddr'), '@affinity-X'), {goto: {target: 'endpoint-X'}}], 'packets from the set affinity-X go on in endpoint-X'],
  [[{set: {op: 'update', elem: payload('ip', 'saddr'), set: '@affinity-X'}}], 'all that get here are remembered in the set affinity-X'],
  [[match(payload('tcp', 'dport'), 22), {accept: null}], 'packets for port 22/TCP are let through'],
  [[match({fib: {result: 'type', flags: ['daddr']}}, 'local'), {accept: null}], "packets for an address of the node's own are let through"],
  [[match(meta('iifname'), 'docker0', '!='), {counter: {packets: 1, bytes: 2}}, {accept: null}], 'packets that did not come in by docker0 are let through'],
  [[match({ct: {key: 'state'}}, ['established', 'related'], 'in'), {accept: null}], 'packets of connections in state established, related are let through'],
  [[match(meta('nfproto'), 'ipv4'), {goto: {target: 'filter_FORWARD_POLICIES'}}], 'packets of IPv4 go on in filter_FORWARD_POLICIES (firewalld)'],
  [[{reject: {type: 'icmpx', expr: 'admin-prohibited'}}], 'all that get here are refused with admin-prohibited', {end: 'reject'}],
  [[{limit: {rate: 5, per: 'minute'}}, {log: null}, {drop: null}], 'packets within a limit are dropped', {end: 'drop'}],
  [[match(payload('icmp', 'type'), 'echo-request'), {accept: null}], 'packets with “icmp type echo-request” are let through'],
  [[match(meta('length'), 100, '>'), {drop: null}], 'packets with “meta length > 100” are dropped', {end: 'drop'}],
  [[{xt: {type: 'target', name: 'WEIRD'}}], 'all that get here are handled by “{"xt":{"type":"target","name":"WEIRD"}}”'],
  [[{snat: {family: 'ip', addr: '192.0.2.1'}}], 'all that get here get 192.0.2.1 as sender', {end: 'snat'}],
  [[{counter: {packets: 0, bytes: 0}}], 'all that get here are counted'],
];

for (const [statements, words, context = {}, comment] of table) test(words, () => assert.equal(nftWords(rule(statements, comment ?? null), {...last, ...context}), words));

test('there are words for every rule of kube-proxy in nftables mode, none of them raw', () => {
  const text = readFileSync(new URL('../../../fixtures/nft/kube-proxy.json', import.meta.url), 'utf8');
  for (const {name, chains} of parseRuleset(text).tables) {
    for (const {rules} of chains.values()) {
      for (const each of rules) {
        const words = nftWords(each, {...last, to: '10.0.0.1:1'});
        assert.match(words, /^(packets|all that|drawn) .*\b(go|are|get|leave|lose)\b/);
        if (name === 'kube-proxy') assert.doesNotMatch(words, /“/, words);
      }
    }
  }
});
