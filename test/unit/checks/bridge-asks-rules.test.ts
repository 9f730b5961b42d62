import assert from 'node:assert/strict';
import {test} from 'node:test';
import bridgeAsksRules from '../../../src/checks/bridge-asks-rules.ts';
import type {Result} from '../../../src/checks/check.ts';
import {known, unknown} from '../../../src/cluster/answer.ts';
import type {EndpointSlice, Service} from '../../../src/cluster/objects.ts';
import type {NodeNetwork} from '../../../src/model/network/node-network.ts';
import {parseLinks} from '../../../src/parse/links.ts';

const ports = [{port: 80}];
const service: Service = {metadata: {namespace: 'default', name: 'web'}, spec: {clusterIP: '10.96.0.7', ports}};
const slices: EndpointSlice[] = [{metadata: {namespace: 'default', name: 's'}, addressType: 'IPv4', ports, endpoints: [1, 2].map(number => ({addresses: [`10.244.${number}.7`], nodeName: `node${number}`}))}];

/** With a bridge for its pods. */
function network(number: number, value: string | null): NodeNetwork {
  return {
    node: `node${number}`, links: parseLinks('lo index=1 mtu=65536\ncni0 index=3 mtu=1500 state=up kind=bridge').links, routes: [{to: `10.244.${number}.0/24`, device: 'cni0', gateway: null, refuses: false, metric: 0, mtu: 0, raw: ''}],
    otherTables: false, localAddresses: new Set(), conf: new Map(), sysctls: value === null ? {} : {'net/bridge/bridge-nf-call-iptables': value}, neighbours: [], listeners: [],
  };
}

const no = unknown('not-asked', 'nobody asks');
const look = (...values: readonly (string | null)[]): Result => bridgeAsksRules.run({services: [{service, ports, slices}], networks: new Map(values.map((value, i) => [`node${i + 1}`, known(network(i + 1, value))])), networkAnswers: no, comparisons: no});

test('the setting is not there, and nobody tried: no pass', () => {
  assert.equal(look(null, null).skipped, "net.bridge.bridge-nf-call-iptables is not there on node1 and node2, and no pod there tried the Service's address");
  const some = look('1', null);
  assert.deepEqual([some.skipped, some.findings, some.note], [undefined, [], "on 2 nodes with a bridge; net.bridge.bridge-nf-call-iptables is not there on node2, and no pod there tried the Service's address"]);
});

test('what is there decides', () => {
  assert.equal(look('1', '1').note, 'on 2 nodes with a bridge');
  assert.deepEqual(look('1', '0').findings.map(({code}) => code), ['bridge-netfilter-off']);
});
