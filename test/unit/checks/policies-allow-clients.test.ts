import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parse} from 'yaml';
import policiesAllowClients from '../../../src/checks/policies-allow-clients.ts';
import type {Result} from '../../../src/checks/check.ts';
import {known} from '../../../src/cluster/answer.ts';
import type {EndpointSlice, NetworkPolicy, Pod, Protocol, Service} from '../../../src/cluster/objects.ts';
import type {Finding, FindingOf} from '../../../src/findings/finding.ts';
import {messageOf, remedyOf} from '../../../src/findings/words.ts';
import type {NetworkCell} from '../../../src/model/network/asked.ts';
import {cell, endpoint, node, place, pod} from './asked-cells.ts';

const web = pod('web-2-7', 2, 7, {app: 'web'}, 'fd00:2::7');
const client = pod('client', 1, 5, {app: 'client'}, 'fd00:1::5');
const at = place(1, client);
const policy = (name: string, spec: string): NetworkPolicy => ({metadata: {namespace: 'default', name}, spec: parse(spec) as NonNullable<NetworkPolicy['spec']>});
const closed = policy('closed', '{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}');

interface Given {
  readonly ports?: readonly (readonly [number, Protocol])[];
  readonly families?: readonly ('IPv4' | 'IPv6')[];
  readonly places?: readonly ReturnType<typeof place>[];
  readonly policies?: readonly NetworkPolicy[];
  readonly from?: Pod | null;
  readonly cells?: readonly NetworkCell[];
  readonly endpoints?: boolean;
}

function look({ports = [[9376, 'TCP']], families = ['IPv4'], places = [at], policies = [closed], from = null, cells = [], endpoints = true}: Given): Result {
  const named = ports.map(([number, protocol]) => ({name: `p${number}-${protocol.toLowerCase()}`, port: number, protocol}));
  const service: Service = {metadata: {namespace: 'default', name: 'web'}, spec: {clusterIP: '10.96.0.7', selector: {app: 'web'}, ports: named}};
  const slices = families.map((addressType): EndpointSlice => ({metadata: {namespace: 'default', name: addressType}, addressType, ports: named, endpoints: endpoints ? [{addresses: [addressType === 'IPv4' ? '10.244.2.7' : 'fd00:2::7'], nodeName: 'node2', targetRef: {kind: 'Pod', name: 'web-2-7'}}] : []}));
  return policiesAllowClients.run({service, pods: [web], slices, nodes: [node(1), node(2)], client: from, clientPlaces: known(places), servicePolicies: known({policies, namespaces: new Map()}), networkAnswers: known(cells)});
}

const only = ({findings}: Result): FindingOf<'network-policy-denies'> => {
  assert.equal(findings.length, 1, 'one finding, as its id is of the Service');
  return findings[0] as FindingOf<'network-policy-denies'>;
};

test('nobody to ask from, or nobody to ask: nothing was evaluated, which is no pass', () => {
  assert.equal(look({places: [place(1)]}).skipped, 'there is no pod to ask from on the nodes that were examined');
  assert.equal(look({endpoints: false}).skipped, 'none of its pods is a usable endpoint');
  assert.equal(look({policies: [policy('open', '{podSelector: {}, policyTypes: [Ingress], ingress: [{}]}')]}).skipped, undefined);
});

test('endpoints of IPv6 alone are evaluated, and a block of IPv6 is held against the address of that family', () => {
  assert.deepEqual(only(look({families: ['IPv6']})).args.servers, ['[fd00:2::7]:9376']);
  const block = (cidr: string): NetworkPolicy => policy('block', `{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: '${cidr}'}}]}]}`);
  assert.deepEqual(look({families: ['IPv6'], from: client, policies: [block('fd00:1::/64')]}).findings, [], 'it depends on the plug-in');
  assert.equal(look({families: ['IPv6'], from: client, policies: [block('10.244.0.0/16')]}).findings.length, 1);
  assert.deepEqual(only(look({families: ['IPv4', 'IPv6']})).args.servers, ['10.244.2.7:9376', '[fd00:2::7]:9376']);
});

test('UDP and SCTP are evaluated by their own protocol, and the remedy opens that', () => {
  const tcpOnly = policy('tcp', '{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{protocol: TCP, port: 53}, {protocol: TCP, port: 9376}]}]}');
  const finding = only(look({ports: [[53, 'TCP'], [53, 'UDP'], [9376, 'TCP']], policies: [tcpOnly]}));
  assert.match(messageOf(finding as Finding), /NetworkPolicy default\/tcp does not allow 10\.244\.2\.7:53 to be asked by anybody, port 53 over UDP; rule 1 of default\/tcp comes nearest and has another protocol \(this is evaluated, not measured\)/);
  assert.match(remedyOf(finding as Finding)[0] ?? '', /"ports":\[\{"protocol":"UDP","port":53\}\]/);
  assert.deepEqual(only(look({ports: [[5000, 'SCTP']], policies: [tcpOnly]})).args.protocols, ['SCTP']);
});

test('several closed ports are one finding that names all', () => {
  const finding = only(look({ports: [[9376, 'TCP'], [53, 'UDP']]}));
  assert.match(messageOf(finding as Finding), /to be asked by anybody, ports 53\/UDP and 9376\/TCP \(this/);
  assert.match(remedyOf(finding as Finding)[0] ?? '', /"ports":\[\{"protocol":"UDP","port":53\},\{"protocol":"TCP","port":9376\}\]/);
});

test('what came of connections over TCP says nothing of UDP alone', () => {
  const passes = cell(at, endpoint(2, 7), 'small');
  assert.equal(only(look({cells: [passes]})).args.seen, 'passes');
  const udpClosed = policy('tcp', '{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{protocol: TCP, port: 9376}]}]}');
  assert.equal(only(look({ports: [[9376, 'TCP'], [9376, 'UDP']], cells: [passes], policies: [udpClosed]})).args.seen, 'not-asked');
});
