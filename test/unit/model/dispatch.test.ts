import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {dispatched} from '../../../src/model/iptables/dispatch.ts';
import {matchRule} from '../../../src/model/iptables/match.ts';
import type {Place} from '../../../src/model/netfilter/place.ts';
import {isZero} from '../../../src/model/fraction.ts';
import {parseAddress} from '../../../src/model/ip.ts';
import {isOneOf, isThe, type Scope, type Value} from '../../../src/model/nft/expression.ts';
import {candidates} from '../../../src/model/nft/lookup.ts';
import type {Packet} from '../../../src/model/packet.ts';
import {type Chain, parseDump} from '../../../src/parse/iptables.ts';
import type {Json} from '../../../src/parse/nft.ts';

/** Numbers from 0 to n - 1, the same ones in each run (Park and Miller's generator). */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return n => (state = (state * 48271) % 2147483647) % n;
}

const place: Place = {isLocal: () => false};
const addresses = ['10.96.0.1', '10.96.0.2', '10.96.1.1', '192.0.2.1', '0.0.0.0'];
const ports = [80, 443, 53, 30080];

function packets(): Packet[] {
  return addresses.flatMap(to => ports.flatMap(port => (['tcp', 'udp'] as const).map((protocol): Packet => ({protocol, source: parseAddress('10.244.1.9'), destination: parseAddress(to) ?? {family: 4, bits: 0n}, port, from: 'pod', mark: 0, original: null}))));
}

/** A rule that the index leaves out must be one that takes nothing of the packet, without a doubt. */
function check(chain: Chain, what: string): void {
  const {next} = dispatched(chain);
  if (next === undefined) return;
  for (const packet of packets()) {
    for (let from = 0; from <= chain.size;) {
      const to = next(from, packet);
      assert.ok(to >= from && to <= chain.size, what);
      for (let i = from; i < to; i += 1) {
        const rule = chain.ruleAt(i);
        assert.ok(rule);
        const match = matchRule(rule, packet, place);
        assert.ok('share' in match && isZero(match.share), `${what}: left out ${rule.raw}`);
      }
      from = to + 1;
    }
  }
}

test('the index of a random chain leaves out only rules that take nothing', () => {
  const draw = numbers(7);
  const some = <T>(all: readonly T[]): T => all[draw(all.length)] as T;
  for (let round = 0; round < 200; round += 1) {
    const rules = Array.from({length: 17 + draw(40)}, () => [
      some(['', '', '-s 10.244.0.0/16 ', '! -s 10.244.0.0/16 ']),
      some(['', `-d ${some(addresses)}/32 `, `-d ${some(addresses)}/32 `, `! -d ${some(addresses)}/32 `, `-d ${some(addresses)} `, '-d 10.96.0.0/16 ', `-d ${some(addresses)}/255.255.255.255 `, '-d nonsense ']),
      some(['', '-p tcp ', '-p udp ']),
      some(['', '-m comment --comment "-d 10.96.0.1/32 --dport 80" ']),
      some(['', `-m tcp --dport ${some(ports)} `, `-m tcp ! --dport ${some(ports)} `, `-m tcp --dport ! ${some(ports)} `, '-m tcp --dport 1:100 ', `-m multiport --dports ${some(ports)},${some(ports)} `, '-m bpf --bytecode "4" ']),
      some(['-j ACCEPT', '-j KUBE-A', '-j WEIRD', '']),
    ].join(''));
    const dump = parseDump(`*nat\n:KUBE - [0:0]\n:KUBE-A - [0:0]\n${rules.map(rule => `-A KUBE ${rule}`).join('\n')}\nCOMMIT\n`);
    const chain = dump.tables[0]?.chains.get('KUBE');
    assert.equal(chain?.size, rules.length);
    check(chain, `round ${round}`);
  }
});

test('the index of chains that kube-proxy wrote, repeated to be long', () => {
  const text = readFileSync(new URL('../../fixtures/iptables/kube-proxy-iptables-nft.txt', import.meta.url), 'utf8');
  for (const table of parseDump(text.replace(/^(-A .*\n)/gm, '$1'.repeat(20))).tables) for (const chain of table.chains.values()) check(chain, chain.name);
});

test('elements of a set that a value is not asked for are certainly other values', () => {
  const draw = numbers(11);
  const some = <T>(all: readonly T[]): T => all[draw(all.length)] as T;
  const plain = (): Json => some<Json>(['10.96.0.1', '10.96.0.2', 'tcp', 'udp', 6, 80, 443, '80', 'http', '*', 'unicast', 'fd00::1', 'fd00:0::1', {prefix: {addr: '10.96.0.0', len: 16}}, {range: [80, 90]}]);
  const element = (): Json => some<() => Json>([plain, plain, () => ({concat: [plain(), plain()]}), () => ({concat: [plain(), plain(), plain()]}), () => ({elem: {val: plain(), timeout: 5}})])();
  const values: Value[] = ['10.96.0.1', 'tcp', 'host', 80, 443, 'fd00::1', ['10.96.0.1', 'tcp'], ['10.96.0.1', 'tcp', 80], ['tcp', 80], [80, 443], null];
  for (let round = 0; round < 500; round += 1) {
    const isMap = draw(2) === 0;
    const keys = Array.from({length: 17 + draw(40)}, element);
    const elements: Json[] = isMap ? keys.map(key => [key, {accept: null}]) : keys;
    const scope: Scope = {family: 'ip', sets: new Map([['s', {name: 's', isMap, elements}]]), place} as unknown as Scope;
    for (const value of values) {
      const asked = new Set(candidates(elements, value as string));
      for (const [i, each] of elements.entries()) if (!asked.has(each)) assert.equal(isThe(value, keys[i] ?? null), false, JSON.stringify([value, keys[i]]));
      const all = keys.map(key => isThe(value, key));
      const plainly = value === null ? null : all.includes(true) ? true : all.includes(null) ? null : false;
      assert.equal(isOneOf(value, '@s', scope), plainly);
    }
  }
});
