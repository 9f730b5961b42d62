import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Check} from '../../../src/checks/check.ts';
import {apiserverChecks, dnsChecks} from '../../../src/checks/index.ts';
import type {Cluster} from '../../../src/cluster/cluster.ts';
import {Recorder} from '../../../src/cluster/recording/recorder.ts';
import {RecordedCluster} from '../../../src/cluster/recording/recorded-cluster.ts';
import type {Recording} from '../../../src/cluster/recording/recording.ts';
import type {FactName} from '../../../src/facts/facts.ts';
import {recordCluster, type Scope, type Told} from '../../../src/diagnose/record-cluster.ts';
import {diagnoseCase} from '../../cases/case.ts';
import {type Change, worldOf} from '../../cases/world.ts';

const factsOf = (checks: readonly Check[]): FactName[] => [...new Set(checks.flatMap(({needs, hopes}) => [...needs, ...hopes]))];
const whole: Scope = {namespaces: [], allNodes: true, dnsFacts: factsOf(dnsChecks), networkFacts: [], apiserverFacts: factsOf(apiserverChecks)};

async function recorded(cluster: Cluster, scope = whole): Promise<{readonly recording: Recording; readonly told: Told}> {
  const recorder = new Recorder(cluster, '0.0.0');
  const told = await recordCluster(recorder, scope, () => {});
  return {recording: recorder.contents(), told};
}

const worlds: readonly (readonly [string, readonly Change[]])[] = [
  ['a healthy cluster', []],
  ['a CoreDNS pod that is silent', [{dns: {server: '10.244.1.*'}, outcome: 'timed-out'}]],
  ["a node where the API server's address is silent", [{tcp: {on: 'node1', address: '10.96.0.1'}, outcome: 'timed-out'}]],
];
for (const [name, changes] of worlds) {
  test(`a whole recording answers for name resolution, and for the way to the API server, as the cluster does: ${name}`, async () => {
    const {recording, told} = await recorded(worldOf(changes, 'healthy-apiserver'));
    const timeless = (report: object): string => JSON.stringify(report, (key, value: unknown) => (key === 'ms' && typeof value === 'number' ? 0 : key === 'source' ? null : value));
    for (const ask of ['dns', 'apiserver-vip']) assert.equal(timeless(await diagnoseCase({ask}, new RecordedCluster(recording))), timeless(await diagnoseCase({ask}, worldOf(changes, 'healthy-apiserver'))));
    assert.deepEqual(told.lacking, []);
  });
}

test('no node is read twice', async () => {
  const world = worldOf([], 'healthy-apiserver');
  const read: string[] = [];
  await recorded({...world, readNode: query => { read.push(query.node); return world.readNode(query); }});
  assert.deepEqual(read.sort(), ['cp', 'node1', 'node2']);
});

test('of pods of other namespaces nothing is recorded', async () => {
  const {recording} = await recorded(worldOf([], 'healthy-apiserver'), {...whole, namespaces: ['kube-public']});
  const places = recording.exchanges.flatMap(exchange => (exchange.ask === 'place' && exchange.place.pod !== null ? [exchange.place.pod.namespace] : []));
  assert.deepEqual([...new Set(places)], ['kube-system']);
  const pods = recording.exchanges.flatMap(exchange => (exchange.ask === 'list' && exchange.query.resource === 'pods' && 'known' in exchange.answer ? exchange.answer.known : []));
  assert.ok(pods.length > 0 && pods.every(({metadata}) => metadata.namespace !== 'default'));
});

test('where nothing can be asked from, each place says so once', async () => {
  const world = worldOf([], 'healthy-apiserver');
  const why = (node: string): {readonly unknown: {readonly why: 'not-asked'; readonly detail: string}} => ({unknown: {why: 'not-asked', detail: `no way to ask from ${node}`}});
  const {told} = await recorded({...world, readPlace: async ({node, pod}) => why(pod?.name ?? node), askDns: async ({node, pod}, asks) => asks.map(() => why(pod?.name ?? node)), askTcp: async ({node, pod}, asks) => asks.map(() => why(pod?.name ?? node))});
  assert.equal(told.lacking.filter(line => line.endsWith(': no way to ask from node1')).length, 3);
  assert.ok(told.lacking.every(line => /^(name resolution|the way to the API server|the pod network): no way to ask from /.test(line)), told.lacking.join('\n'));
});
