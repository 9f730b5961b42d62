import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {parseAddress} from '../../../src/model/ip.ts';
import {isInSet} from '../../../src/model/ipset.ts';
import type {Packet} from '../../../src/model/packet.ts';
import {parseSets} from '../../../src/parse/ipset.ts';

const read = (name: string) => parseSets(readFileSync(new URL(`../../fixtures/ipset/${name}.txt`, import.meta.url), 'utf8')).sets;
const packet = (to: string, port: number, rest: {from?: string | null; protocol?: Packet['protocol']} = {}): Packet => {
  const destination = parseAddress(to);
  assert.ok(destination);
  return {protocol: rest.protocol ?? 'tcp', source: typeof rest.from === 'string' ? parseAddress(rest.from) : null, destination, port, from: 'pod', mark: 0, original: null};
};

const kube = read('kube-proxy');
const made = read('hand-made');

for (const [what, sets, name, directions, of, is] of [
  ['address and port', kube, 'KUBE-CLUSTER-IP', 'dst,dst', packet('10.96.0.10', 53), true],
  ['the same under another protocol', kube, 'KUBE-CLUSTER-IP', 'dst,dst', packet('10.96.0.10', 53, {protocol: 'udp'}), true],
  ['another port', kube, 'KUBE-CLUSTER-IP', 'dst,dst', packet('10.96.0.10', 54), false],
  ['the port of a sender', kube, 'KUBE-CLUSTER-IP', 'dst,src', packet('10.96.0.10', 53), null],
  ['an address that no member has, whatever the port', kube, 'KUBE-CLUSTER-IP', 'dst,src', packet('10.96.77.1', 53), false],
  ['an address alone', kube, 'KUBE-IPVS-IPS', 'dst', packet('203.0.113.7', 1), true],
  ['a bitmap of ports', kube, 'KUBE-NODE-PORT-TCP', 'dst', packet('192.168.56.11', 30081), true],
  ['a pod that reaches itself', kube, 'KUBE-LOOP-BACK', 'dst,dst,src', packet('10.244.1.11', 8080, {from: '10.244.1.11'}), true],
  ['a pod that reaches another', kube, 'KUBE-LOOP-BACK', 'dst,dst,src', packet('10.244.1.11', 8080, {from: '10.244.1.12'}), false],
  ['a sender that is not known', kube, 'KUBE-LOOP-BACK', 'dst,dst,src', packet('10.244.1.11', 8080), null],
  ['a set of the other family', kube, 'KUBE-6-CLUSTER-IP', 'dst,dst', packet('10.96.0.10', 53), false],
  ['a set that is not there', kube, 'nowhere', 'dst', packet('10.96.0.10', 53), null],
  ['too few directions', kube, 'KUBE-CLUSTER-IP', 'dst', packet('10.96.0.10', 53), null],
  ['a network of IPv6', made, 'KUBE-6-LOAD-BALANCER-SOURCE-CID', 'dst,dst,src', packet('fd00:10:96::5', 80, {from: 'fd00:10:244::9'}), true],
  ['a network', made, 'KUBE-LOAD-BALANCER-SOURCE-CIDR', 'dst,dst,src', packet('203.0.113.7', 80, {from: '198.51.100.1'}), true],
  ['a sender outside of it', made, 'KUBE-LOAD-BALANCER-SOURCE-CIDR', 'dst,dst,src', packet('203.0.113.7', 80, {from: '198.51.101.1'}), false],
  ['a range of ports', made, 'ports', 'dst', packet('10.0.0.1', 30005), true],
  ['behind the range', made, 'ports', 'dst', packet('10.0.0.1', 30011), false],
  ['a list of sets', made, 'both', 'src', packet('10.0.0.1', 80, {from: '192.0.2.9'}), true],
  ['masked addresses', made, 'masked', 'dst', packet('192.0.2.9', 80), null],
  ['hardware addresses', made, 'macs', 'src', packet('192.0.2.9', 80), null],
] as const) test(`in a set: ${what}`, () => assert.equal(isInSet(sets, name, directions, of), is));

test('an exception in a set of networks is not decided', () => {
  const {sets} = parseSets('create some hash:net family inet hashsize 1024 maxelem 65536\nadd some 10.0.0.0/8\nadd some 10.1.0.0/16 nomatch\n');
  assert.equal(isInSet(sets, 'some', 'dst', packet('10.2.0.1', 80)), true);
  assert.equal(isInSet(parseSets('create some hash:net family inet hashsize 1024 maxelem 65536\nadd some 10.1.0.0/16 nomatch\n').sets, 'some', 'dst', packet('10.1.0.1', 80)), null);
});

test('sets that were not read decide nothing', () => assert.equal(isInSet(null, 'KUBE-CLUSTER-IP', 'dst,dst', packet('10.96.0.10', 53)), null));
