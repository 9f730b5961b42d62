import assert from 'node:assert/strict';
import {test} from 'node:test';
import {known, unknown} from '../../../src/cluster/answer.ts';
import {reachOf} from '../../../src/diagnose/reach.ts';
import type {Facts} from '../../../src/facts/facts.ts';
import type {Comparison, Fault} from '../../../src/model/comparison.ts';

interface Sketch {
  readonly kind?: Comparison['way']['kind'];
  readonly client?: Comparison['way']['client'];
  readonly address?: string;
  readonly port?: number;
  readonly predicted: number | null;
  readonly faults?: readonly Fault[];
  readonly endpoints?: readonly object[];
  readonly because?: string;
  readonly refused?: Comparison['refused'];
}

/** Only what reach looks at. */
function comparison({kind = 'cluster-ip', client = 'pod', address = '10.96.0.7', port = 80, predicted, faults = [], endpoints = [{}], because = 'cluster', refused = []}: Sketch): Comparison {
  return {way: {kind, client, address, port, protocol: 'TCP', portName: 'shop/cart:http', expected: {endpoints, because}}, predicted, faults, refused, undecided: predicted === null ? {because: 'of a rule'} : null} as unknown as Comparison;
}

const reach = (nodes: Record<string, readonly Sketch[] | string>) => reachOf(new Map(Object.entries(nodes).map(([node, all]) => [node, typeof all === 'string' ? unknown('timeout', all) : known(all.map(comparison))])) as Facts['comparisons'], 'shop/cart');
const line = (raw: string) => ({raw, table: 'nat'}) as never;

test('per node and address, in a fixed order', () => {
  const all = {b: [{predicted: 1}], a: [{predicted: 1}, {predicted: 1, port: 443}]};
  assert.deepEqual(reach(all).map(({from, to, predicted}) => `${from.name} ${to} ${predicted}`), ['a shop/cart:443/TCP 1', 'a shop/cart:80/TCP 1', 'b shop/cart:80/TCP 1']);
});

test('the way in is named, and the address where there are several of a kind', () => {
  assert.deepEqual(reach({n: [{predicted: 1}, {predicted: 1, kind: 'node-port', port: 30080}, {predicted: 1, kind: 'external-ip', address: '1.1.1.1'}, {predicted: 1, kind: 'external-ip', address: '2.2.2.2'}]}).map(({to}) => to), [
    'shop/cart:30080/TCP (NodePort)', 'shop/cart:80/TCP', 'shop/cart:80/TCP (externalIP) at 1.1.1.1', 'shop/cart:80/TCP (externalIP) at 2.2.2.2',
  ]);
});

test('the worse of pods and node counts, and is named', () => {
  const hook: Fault = {kind: 'hook-missing', hook: 'nat PREROUTING', evidence: []};
  const [told] = reach({n: [{predicted: 1, client: 'host'}, {predicted: 0, client: 'pod', faults: [hook]}]});
  assert.deepEqual([told?.predicted, told?.lostAt?.startsWith('from its pods: ')], [0, true]);
  assert.equal(reach({n: [{predicted: 0.5, faults: [hook], client: 'host'}, {predicted: 0.5, faults: [hook]}]})[0]?.lostAt?.includes('from its'), false);
});

test('where it is lost: the rule, or why no rule could help', () => {
  const lost = (faults: readonly Fault[], more: Partial<Sketch> = {}) => reach({n: [{predicted: 0, faults, ...more}]})[0]?.lostAt;
  assert.equal(lost([{kind: 'endpoint-stale', endpoints: ['x'], share: 1, evidence: [line('first'), line('-A KUBE-SEP-X -j DNAT')]}]), '-A KUBE-SEP-X -j DNAT');
  assert.equal(lost([{kind: 'endpoint-missing', endpoints: ['x'], chain: 'KUBE-SVC-X', evidence: []}]), 'KUBE-SVC-X');
  assert.equal(lost([{kind: 'never-synced', evidence: []}]), 'the node has no Service rules');
  assert.equal(lost([], {endpoints: []}), 'the Service has no endpoint that takes connections');
  assert.equal(lost([], {refused: [{node: 'm', fault: {kind: 'forward-policy', share: 1, evidence: []}, proof: {before: 0, after: 1, withOthers: false}}]}), 'on m: the FORWARD chain, policy DROP');
  assert.equal(lost([], {endpoints: [], because: 'local'}), 'no endpoint on this node (policy Local)');
});

test('could not tell is said, and never a number', () => {
  assert.deepEqual(reach({n: 'no answer'}), [{from: {kind: 'Node', name: 'n'}, to: 'shop/cart', predicted: null, lostAt: 'could not tell: no answer'}]);
  const [told] = reach({n: [{predicted: 1, client: 'host'}, {predicted: null}]});
  assert.deepEqual([told?.predicted, told?.lostAt?.includes('could not tell: of a rule')], [null, true]);
});
