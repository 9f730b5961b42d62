import assert from 'node:assert/strict';
import {test} from 'node:test';
import {serviceChecks} from '../../../src/checks/index.ts';
import {diagnose} from '../../../src/diagnose/diagnose.ts';
import type {Report} from '../../../src/diagnose/report.ts';
import {cases} from '../../cases/case.ts';
import {type Change, type WorldName, worldOf} from '../../cases/world.ts';
import {complaintsAbout} from '../report/schema.ts';
import {complaintsAboutTraces} from '../report/trace-schema.ts';

function traced(change: readonly Change[], service = 'hostnames', namespace = 'default', world?: WorldName): Promise<Report> {
  return diagnose(worldOf(change, world), {command: {name: 'svc', args: {service, namespace}}, target: {kind: 'service', namespace, service, port: null, from: null}, checks: serviceChecks, trace: true});
}

const places = ({traces = []}: Report): string[] => traces.map(({from}) => `${from.kind} ${from.name}`);

test('a trace for the pods of each node; for the node itself only where it differs', async () => {
  assert.deepEqual(places(await traced([])), ['PodsOf cp', 'PodsOf node1', 'PodsOf node2']);
  assert.deepEqual(places(await traced([{node: 'node1', delete: '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES'}])), ['PodsOf cp', 'PodsOf node1', 'Node node1', 'PodsOf node2']);
});

test('an address that only stands for any pod is not told', async () => {
  const {traces: [trace] = []} = await traced([]);
  assert.deepEqual([trace?.from.address, trace?.leg.orders[0]?.[0]?.sender], [null, {kind: 'kept', address: null}]);
});

test('without the question there are no traces, and without a Service none are told', async () => {
  const report = await diagnose(worldOf([]), {command: {name: 'svc', args: {}}, target: {kind: 'service', namespace: 'default', service: 'hostnames', port: null, from: null}, checks: serviceChecks});
  assert.equal('traces' in report, false);
  assert.deepEqual((await traced([], 'nothing')).traces, []);
});

// One in four: each takes as long as a diagnosis.
test('the traces of cases are as the schemas say', async () => {
  for (const {change = [], ask = 'hostnames', namespace, world} of cases.filter((_, i) => i % 4 === 0)) {
    const report = await traced(change, ask.split(':')[0], namespace, world);
    assert.deepEqual([...complaintsAbout(report), ...complaintsAboutTraces(report.traces ?? [])], []);
  }
});
