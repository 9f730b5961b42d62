import assert from 'node:assert/strict';
import {test} from 'node:test';
import {toNumber} from '../../../src/model/fraction.ts';
import {hostPort, parseAddress} from '../../../src/model/ip.ts';
import {ipvsOf} from '../../../src/model/ipvs/ipvs.ts';
import {walk} from '../../../src/model/netfilter/walk.ts';
import type {NodeRules} from '../../../src/model/node-rules.ts';
import type {Packet} from '../../../src/model/packet.ts';
import {parseDump} from '../../../src/parse/iptables.ts';
import {type JsonObject, parseRuleset} from '../../../src/parse/nft.ts';

// What random rules and real packets (test/kernel) have shown the kernel to do, rule by rule.

function node(nat: readonly string[], more: Readonly<Record<string, readonly string[]>> = {}, nft: readonly JsonObject[] = []): NodeRules {
  const chains: Readonly<Record<string, readonly string[]>> = {raw: ['PREROUTING', 'OUTPUT'], mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'], nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'], filter: ['INPUT', 'FORWARD', 'OUTPUT']};
  const dump = parseDump(Object.entries({...more, nat}).map(([table, rules]) => `*${table}\n${(chains[table] ?? []).map(chain => `:${chain} ACCEPT [0:0]\n`).join('')}${rules.map(rule => `-A ${rule}\n`).join('')}COMMIT\n`).join(''));
  return {node: 'n', from: 'test', rulesets: ([4, 6] as const).map(family => ({backend: 'nft', family, dump, unread: null})), nft: {known: parseRuleset(JSON.stringify({nftables: nft}))}, ipvs: ipvsOf({}), modes: ['iptables'], localAddresses: new Set(['172.30.0.11', '172.30.1.1', 'fd30::11']), processes: [], sysctls: {}};
}

/** `10.2.0.11:80 0.5, drop 0.5`; of a rewritten source also that. */
function ends(rules: NodeRules, to: string, {from = 'pod', protocol = 'tcp'}: {from?: Packet['from']; protocol?: Packet['protocol']} = {}): string {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(to) ?? [];
  const [destination, source] = [parseAddress(host), parseAddress(host.includes(':') ? 'fd00:1::5' : '10.1.0.5')];
  assert.ok(destination !== null && source !== null);
  const shares = new Map<string, number>();
  for (const {end, share, to: translated, source: seen, unfollowed} of walk(rules, {protocol, source, destination, port: Number(port), from, mark: 0, original: null}).orders[0] ?? []) {
    const name = end.kind === 'pass' || end.kind === 'dnat' ? `${translated ?? hostPort(host, Number(port))}${seen.kind === 'rewritten' ? ` from ${seen.to ?? 'the node'}` : ''}${unfollowed === null ? '' : ' unsure'}` : end.kind;
    shares.set(name, (shares.get(name) ?? 0) + toNumber(share));
  }
  return [...shares].map(([name, share]) => (shares.size === 1 ? name : `${name} ${Math.round(share * 1e6) / 1e6}`)).sort().join(', ');
}

const vip = '10.96.0.1:80';
const dnat = 'PREROUTING -p tcp -j DNAT --to-destination 10.2.0.11:80';
const there = '10.2.0.11:80';

/** A base chain of an nft table of one's own. */
function table(type: string, hook: string, prio: number, ...rules: readonly (readonly JsonObject[])[]): JsonObject[] {
  const own = {family: 'inet', table: 't'};
  return [{table: {family: 'inet', name: 't'}}, {chain: {...own, name: 'c', type, hook, prio, policy: 'accept'}}, ...rules.map(expr => ({rule: {...own, chain: 'c', handle: 1, expr}}))];
}
const drop: JsonObject = {drop: null};
const match = (left: JsonObject, op: string, right: JsonObject[string]): JsonObject => ({match: {left, op, right}});
const draw = (mod: number): JsonObject => ({numgen: {mode: 'random', mod, offset: 0}});
const setMark = (value: number): JsonObject => ({mangle: {key: {meta: {key: 'mark'}}, value}});
const markIs = (value: number): JsonObject => match({meta: {key: 'mark'}}, '==', value);
const field = (protocol: string, name: string): JsonObject => ({payload: {protocol, field: name}});
const forward = (...rules: readonly (readonly JsonObject[])[]): NodeRules => node([], {}, table('filter', 'forward', 0, ...rules));

const sentences: readonly (readonly [name: string, actual: () => string, expected: string])[] = [
  ['connmark asks for the mark of the connection, which is 0 at first', () => ends(node([dnat], {mangle: ['PREROUTING -j MARK --set-xmark 0x8000/0x8000', 'PREROUTING -m connmark --mark 0x0 -j DROP']}), vip), 'drop'],
  ['a mark that is saved is the connection’s', () => ends(node([dnat], {mangle: ['PREROUTING -j MARK --set-xmark 0x1/0xffffffff', 'PREROUTING -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff', 'FORWARD -m connmark --mark 0x1 -j DROP']}), vip), 'drop'],
  ['a mark that a rule may have set is not guessed', () => ends(node([], {mangle: ['PREROUTING -i eth0 -j MARK --set-xmark 0x1/0x1'], filter: ['FORWARD -m mark --mark 0x1/0x1 -j DROP']}), vip), `${vip} unsure`],
  ['other bits of such a mark are known', () => ends(node([], {mangle: ['PREROUTING -i eth0 -j MARK --set-xmark 0x1/0x1', 'PREROUTING -j MARK --set-xmark 0x2/0x2'], filter: ['FORWARD -m mark --mark 0x2/0x2 -j DROP']}), vip), 'drop'],
  ['a mark that is set again is known again', () => ends(node([], {mangle: ['PREROUTING -i eth0 -j MARK --set-xmark 0x1/0x1', 'PREROUTING -j MARK --set-xmark 0x1/0xffffffff'], filter: ['FORWARD -m mark --mark 0x1/0x1 -j DROP']}), vip), 'drop'],
  ['what is not tracked is not translated', () => ends(node([dnat], {raw: ['PREROUTING -p tcp -j CT --notrack']}), vip), vip],
  ['what is not tracked is not new', () => ends(node([], {raw: ['PREROUTING -j NOTRACK'], filter: ['FORWARD -m conntrack --ctstate NEW -j DROP']}), vip), vip],
  ['what is not tracked has a state of its own', () => ends(node([], {raw: ['PREROUTING -j NOTRACK'], filter: ['FORWARD -m conntrack --ctstate INVALID,UNTRACKED -j DROP']}), vip), 'drop'],
  ['what is not tracked has no original destination, not even another one', () => ends(node([], {raw: ['PREROUTING -j NOTRACK'], filter: ['FORWARD -m conntrack ! --ctorigdst 192.0.2.1 -j DROP']}), vip), vip],
  ['a status of NONE is nobody’s', () => ends(node([], {filter: ['FORWARD -m conntrack --ctstatus NONE -j DROP']}), vip), vip],
  ['ctreplsrc is where answers will come from', () => ends(node([dnat], {filter: ['FORWARD -m conntrack --ctreplsrc 10.2.0.11 -j DROP']}), vip), 'drop'],
  ['ctorigsrc, ctdir and ctproto of a first packet', () => ends(node([], {filter: ['FORWARD -m conntrack --ctorigsrc 10.1.0.0/16 --ctproto 6 --ctdir ORIGINAL -j DROP']}), vip), 'drop'],
  ['a range of addresses', () => ends(node([], {filter: ['FORWARD -m iprange --dst-range 10.96.0.1-10.96.0.4 -j DROP']}), vip), 'drop'],
  ['SYN without ACK', () => ends(node([], {filter: ['FORWARD -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -j DROP', 'FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG SYN -j REJECT']}), vip), 'reject'],
  ['IPv4: an own address is LOCAL and not UNICAST', () => ends(node([], {filter: ['INPUT -m addrtype --dst-type UNICAST -j DROP']}), '172.30.0.11:80'), '172.30.0.11:80'],
  ['IPv6: an own address is UNICAST too', () => ends(node([], {filter: ['INPUT -m addrtype --dst-type UNICAST -j DROP']}), '[fd30::11]:80'), 'drop'],
  ['IPv4: one of the types is enough', () => ends(node([], {filter: ['FORWARD -m addrtype --dst-type UNICAST,LOCAL -j DROP']}), vip), 'drop'],
  ['IPv6: all the types are needed', () => ends(node([], {filter: ['FORWARD -m addrtype --dst-type UNICAST,LOCAL -j DROP']}), '[fd00:96::1]:80'), '[fd00:96::1]:80'],
  ['a translation by port alone', () => ends(node(['PREROUTING -p tcp -j DNAT --to-destination :8080']), vip), '10.96.0.1:8080'],
  ['a translation that changes nothing is none', () => ends(node(['PREROUTING -p tcp -j DNAT --to-destination :80'], {filter: ['FORWARD -m conntrack --ctstate DNAT -j DROP']}), vip), vip],
  ['each of several sources has its share', () => ends(node(['POSTROUTING -m statistic --mode random --probability 0.25 -j SNAT --to-source 172.30.9.9', 'POSTROUTING -j SNAT --to-source 172.30.0.11']), vip), `${vip} from 172.30.0.11 0.75, ${vip} from 172.30.9.9 0.25`],
  ['behind nf_nat a sender is the new one', () => ends(node(['POSTROUTING -j SNAT --to-source 172.30.9.9'], {}, table('filter', 'postrouting', 200, [match(field('ip', 'saddr'), '==', '172.30.9.9'), drop])), vip), 'drop'],
  ['behind nf_nat a sender is no longer the old one', () => ends(node(['POSTROUTING -j SNAT --to-source 172.30.9.9'], {}, table('filter', 'postrouting', 200, [match(field('ip', 'saddr'), '==', '10.1.0.5'), drop])), vip), `${vip} from 172.30.9.9`],
  ['before nf_nat a sender is the old one', () => ends(node(['POSTROUTING -j SNAT --to-source 172.30.9.9'], {mangle: ['POSTROUTING -s 172.30.9.9 -j DROP']}), vip), `${vip} from 172.30.9.9`],
  ['a masqueraded sender is one of the node’s own', () => ends(node(['POSTROUTING -j MASQUERADE'], {}, table('filter', 'postrouting', 200, [match({fib: {result: 'type', flags: 'saddr'}}, '==', 'local'), drop])), vip), 'drop'],
  ['which of its own is for the routes to say', () => ends(node(['POSTROUTING -j MASQUERADE'], {}, table('filter', 'postrouting', 200, [match(field('ip', 'saddr'), '==', '172.30.0.11'), drop])), vip), `${vip} from the node unsure`],
  ['what all of its own agree on is known', () => ends(node(['POSTROUTING -j MASQUERADE'], {}, table('filter', 'postrouting', 200, [match(field('ip', 'saddr'), '==', '10.1.0.5'), drop])), vip), `${vip} from the node`],
  ['a connection keeps its original sender', () => ends(node(['POSTROUTING -j SNAT --to-source 172.30.9.9'], {}, table('filter', 'postrouting', 200, [match({ct: {key: 'ip saddr', dir: 'original'}}, '==', '10.1.0.5'), drop])), vip), 'drop'],
  ['nft: status snat once the sender is rewritten', () => ends(node(['POSTROUTING -j MASQUERADE'], {}, table('filter', 'postrouting', 200, [match({ct: {key: 'status'}}, 'in', 'snat'), drop])), vip), 'drop'],
  ['a sender that is rewritten in INPUT is the new one behind it', () => ends(node(['INPUT -j SNAT --to-source 172.30.9.9'], {}, table('filter', 'input', 200, [match(field('ip', 'saddr'), '==', '172.30.9.9'), drop])), '172.30.0.11:80'), 'drop'],
  ['what a node sends to itself comes in again with its rewritten sender', () => ends(node(['POSTROUTING -j SNAT --to-source 172.30.9.9'], {filter: ['INPUT -s 172.30.9.9 -j DROP']}), '172.30.0.11:80', {from: 'host'}), 'drop'],
  ['and is SNAT then', () => ends(node(['POSTROUTING -j SNAT --to-source 172.30.9.9'], {filter: ['INPUT -m conntrack --ctstate SNAT -j DROP']}), '172.30.0.11:80', {from: 'host'}), 'drop'],
  ['a sender that is rewritten to itself is not SNAT', () => ends(node(['POSTROUTING -j SNAT --to-source 172.30.0.11'], {filter: ['INPUT -m conntrack --ctstate SNAT -j DROP']}), '172.30.0.11:80', {from: 'host'}), '172.30.0.11:80 from 172.30.0.11'],
  ['whether a node that masquerades itself is SNAT is not known', () => ends(node(['POSTROUTING -j MASQUERADE'], {filter: ['INPUT -m conntrack --ctstate SNAT -j DROP']}), '172.30.0.11:80', {from: 'host'}), '172.30.0.11:80 from the node unsure'],
  ['a new port makes it SNAT', () => ends(node(['POSTROUTING -j MASQUERADE --random-fully'], {filter: ['INPUT -m conntrack --ctstate SNAT -j DROP']}), '172.30.0.11:80', {from: 'host'}), 'drop'],
  ['what comes in again by lo has the mark that OUTPUT gave it', () => ends(node(['OUTPUT -j MARK --set-xmark 0x8000/0xc000'], {raw: ['PREROUTING -m mark --mark 0x8000/0x8000 -j DROP']}), '172.30.0.11:80', {from: 'host'}), 'drop'],
  ['what comes in again by lo has its connection with it: raw cannot take it away', () => ends(node([], {raw: ['PREROUTING -j CT --notrack'], filter: ['INPUT -m conntrack --ctstate NEW -j DROP']}), '172.30.0.11:80', {from: 'host'}), 'drop'],
  ['and even raw sees that it is new', () => ends(node([], {raw: ['PREROUTING -m conntrack --ctstate NEW -j DROP']}), '172.30.0.11:80', {from: 'host'}), 'drop'],
  ['nft: a draw within a match', () => ends(forward([match(draw(10), '<', 7), drop]), vip), `${vip} 0.3, drop 0.7`],
  ['nft: a draw out of a set', () => ends(forward([match(draw(10), '==', {set: [1, 3, 5]}), drop]), vip), `${vip} 0.7, drop 0.3`],
  ['nft: intervals of a draw', () => ends(forward([{vmap: {key: draw(4), data: {set: [[{range: [0, 1]}, drop], [2, {accept: null}]]}}}]), vip), `${vip} 0.5, drop 0.5`],
  ['nft: a mark stays when the rule ends at a later match', () => ends(forward([setMark(1), match(field('tcp', 'dport'), '==', 81)], [markIs(1), drop]), vip), 'drop'],
  ['nft: a mark out of a map', () => ends(forward([{mangle: {key: {meta: {key: 'mark'}}, value: {map: {key: field('ip', 'daddr'), data: {set: [['10.96.0.1', 7]]}}}}}], [markIs(7), drop]), vip), 'drop'],
  ['nft: a key that the map does not have ends the rule', () => ends(forward([{mangle: {key: {meta: {key: 'mark'}}, value: {map: {key: field('ip', 'daddr'), data: {set: [['10.96.0.2', 7]]}}}}}, drop]), vip), vip],
  ['nft: a rule of IPv6 does not take IPv4, negated or not', () => ends(forward([match(field('ip6', 'daddr'), '!=', 'fd00::1'), drop]), vip), vip],
  ['nft: a rule of UDP does not take TCP, negated or not', () => ends(forward([match(field('udp', 'dport'), '!=', 53), drop]), vip), vip],
  ['nft: flags of TCP', () => ends(forward([match({'&': [field('tcp', 'flags'), ['fin', 'syn', 'rst', 'ack']]}, '==', 'syn'), drop]), vip), 'drop'],
  ['nft: flags that a SYN has not', () => ends(forward([match({'&': [field('tcp', 'flags'), 'ack']}, '==', 'ack'), drop]), vip), vip],
  ['nft: status dnat only once translated', () => ends(forward([match({ct: {key: 'status'}}, 'in', 'dnat'), drop]), vip), vip],
  ['nft: masked addresses', () => ends(forward([match({'&': [field('ip', 'daddr'), '255.255.0.1']}, '==', '10.96.0.1'), drop]), vip), 'drop'],
  ['nft: a reset is for TCP alone, though no match says so', () => ends(forward([{reject: {type: 'tcp reset'}}]), vip, {protocol: 'udp'}), vip],
  ['nft: a reset for TCP', () => ends(forward([{reject: {type: 'tcp reset'}}]), vip), 'reject'],
  ['nft: in an inet table a refusal by ICMP of IPv6 leaves IPv4 alone', () => ends(forward([{reject: {type: 'icmpv6', expr: 'port-unreachable'}}]), vip), vip],
  ['nft: before conntrack nothing is new', () => ends(node([], {}, table('filter', 'prerouting', -300, [match({ct: {key: 'state'}}, 'in', 'new'), drop])), vip), vip],
  ['nft: before conntrack all is invalid', () => ends(node([], {}, table('filter', 'prerouting', -300, [match({ct: {key: 'state'}}, 'in', 'invalid'), drop])), vip), 'drop'],
  ['nft: before conntrack nothing has a direction', () => ends(node([], {}, table('filter', 'prerouting', -300, [match({ct: {key: 'direction'}}, '!=', 'reply'), drop])), vip), vip],
  ['nft: what is not tracked', () => ends(node([dnat], {}, table('filter', 'prerouting', -300, [{notrack: null}])), vip), vip],
  ['nft: a chain of NAT is asked where nf_nat stands, whatever its priority', () => ends(node([], {}, [...table('nat', 'prerouting', -200, [match(field('tcp', 'dport'), '==', 80), {dnat: {family: 'ip', addr: '10.2.0.11', port: 80}}]), {chain: {family: 'inet', table: 't', name: 'f', type: 'filter', hook: 'prerouting', prio: -150, policy: 'accept'}}, {rule: {family: 'inet', table: 't', chain: 'f', handle: 1, expr: [match(field('ip', 'daddr'), '==', '10.96.0.1'), drop]}}]), vip), 'drop'],
  ['nft: in an inet table a translation of IPv4 leaves IPv6 alone', () => ends(node([], {}, table('nat', 'prerouting', -100, [{dnat: {family: 'ip', addr: '10.2.0.11'}}])), '[fd00:96::1]:80'), '[fd00:96::1]:80'],
  ['nft: of chains of one table and priority the last is asked first', () => ends(node([], {}, [...table('filter', 'forward', 0, [markIs(1), drop]), {chain: {family: 'inet', table: 't', name: 'later', type: 'filter', hook: 'forward', prio: 0, policy: 'accept'}}, {rule: {family: 'inet', table: 't', chain: 'later', handle: 1, expr: [setMark(1)]}}]), vip), 'drop'],
  ['nft: a translation by a map of addresses', () => ends(node([], {}, table('nat', 'prerouting', -100, [{dnat: {family: 'ip', addr: {map: {key: field('ip', 'daddr'), data: {set: [['10.96.0.1', '10.2.0.11']]}}}}}])), vip), there],
];
test('two owners rewrite sources at one priority: either may come first', () => {
  const rules = node(['POSTROUTING -j MASQUERADE'], {}, table('nat', 'postrouting', 100, [{snat: {family: 'ip', addr: '172.30.9.9'}}]));
  const [source, destination] = [parseAddress('10.1.0.5'), parseAddress('10.96.0.1')];
  assert.ok(destination !== null);
  const {orders} = walk(rules, {protocol: 'tcp', source, destination, port: 80, from: 'pod', mark: 0, original: null});
  assert.deepEqual(orders.map(outcomes => outcomes.map(({source: seen}) => (seen.kind === 'rewritten' ? seen.to : seen.kind))).sort(), [[null], ['172.30.9.9']]);
});

test('of two writers’ filters at one priority either may come first', () => {
  const rules = node([], {filter: ['FORWARD -j MARK --set-xmark 0x1/0x1']}, table('filter', 'forward', 0, [markIs(1), drop]));
  const [source, destination] = [parseAddress('10.1.0.5'), parseAddress('10.96.0.1')];
  assert.ok(destination !== null);
  const {orders} = walk(rules, {protocol: 'tcp', source, destination, port: 80, from: 'pod', mark: 0, original: null});
  assert.deepEqual(orders.map(outcomes => outcomes.map(({end}) => end.kind)).sort(), [['drop'], ['pass']]);
});

for (const [name, actual, expected] of sentences) test(name, () => assert.equal(actual(), expected));
