import assert from 'node:assert/strict';
import {test} from 'node:test';
import {dnsChecks} from '../../../src/checks/index.ts';
import type {Cluster} from '../../../src/cluster/cluster.ts';
import {Recorder} from '../../../src/cluster/recording/recorder.ts';
import {RecordedCluster} from '../../../src/cluster/recording/recorded-cluster.ts';
import type {Recording} from '../../../src/cluster/recording/recording.ts';
import {recordCluster, type Scope, type Told} from '../../../src/diagnose/record-cluster.ts';
import {diagnoseCase} from '../../cases/case.ts';
import {type Change, worldOf} from '../../cases/world.ts';

const whole: Scope = {namespaces: [], allNodes: true, dnsFacts: [...new Set(dnsChecks.flatMap(({needs, hopes}) => [...needs, ...hopes]))]};

async function recorded(cluster: Cluster, scope = whole): Promise<{readonly recording: Recording; readonly told: Told}> {
  const recorder = new Recorder(cluster, '0.0.0');
  const told = await recordCluster(recorder, scope, () => {});
  return {recording: recorder.contents(), told};
}

const worlds: readonly (readonly [string, readonly Change[]])[] = [
  ['a healthy cluster', []],
  ['a CoreDNS pod that is silent', [{dns: {server: '10.244.1.2'}, outcome: 'timed-out'}]],
];
for (const [name, changes] of worlds) {
  test(`a whole recording answers for name resolution as the cluster does: ${name}`, async () => {
    const {recording, told} = await recorded(worldOf(changes, 'healthy-dns'));
    const timeless = (report: object): string => JSON.stringify(report, (key, value: unknown) => (key === 'ms' && typeof value === 'number' ? 0 : key === 'source' ? null : value));
    assert.equal(timeless(await diagnoseCase({ask: 'dns'}, new RecordedCluster(recording))), timeless(await diagnoseCase({ask: 'dns'}, worldOf(changes, 'healthy-dns'))));
    assert.deepEqual(told.lacking, []);
  });
}

test('no node is read twice', async () => {
  const world = worldOf([], 'healthy-dns');
  const read: string[] = [];
  await recorded({...world, readNode: query => { read.push(query.node); return world.readNode(query); }});
  assert.deepEqual(read.sort(), ['cp', 'node1', 'node2']);
});

test('of pods of other namespaces nothing is recorded', async () => {
  const {recording} = await recorded(worldOf([], 'healthy-dns'), {...whole, namespaces: ['kube-public']});
  const places = recording.exchanges.flatMap(exchange => (exchange.ask === 'place' && exchange.place.pod !== null ? [exchange.place.pod.namespace] : []));
  assert.deepEqual([...new Set(places)], ['kube-system']);
  const pods = recording.exchanges.flatMap(exchange => (exchange.ask === 'list' && exchange.query.resource === 'pods' && 'known' in exchange.answer ? exchange.answer.known : []));
  assert.ok(pods.length > 0 && pods.every(({metadata}) => metadata.namespace !== 'default'));
});

test('where nothing can be asked from, each place says so once', async () => {
  const world = worldOf([], 'healthy-dns');
  const why = (node: string): {readonly unknown: {readonly why: 'not-asked'; readonly detail: string}} => ({unknown: {why: 'not-asked', detail: `no way to ask from ${node}`}});
  const {told} = await recorded({...world, readPlace: async ({node, pod}) => why(pod?.name ?? node), askDns: async ({node, pod}, asks) => asks.map(() => why(pod?.name ?? node))});
  assert.equal(told.lacking.filter(line => line.endsWith(': no way to ask from node1')).length, 1);
  assert.ok(told.lacking.every(line => line.startsWith('name resolution: no way to ask from ')), told.lacking.join('\n'));
});
