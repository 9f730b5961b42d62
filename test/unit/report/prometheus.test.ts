import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Report} from '../../../src/diagnose/report.ts';
import {plain} from '../../../src/report/plain.ts';
import {renderPrometheus} from '../../../src/report/prometheus.ts';
import {checkReport, handMade, hostile, hostileReport, hugeReport} from './check-reports.ts';
import {complaintsAboutExposition, samplesOf} from './exposition.ts';
import {brokenReport, healthyReport, stale, unknownReport} from './reports.ts';

const of = (report: Report, name: string): [Readonly<Record<string, string>>, number][] => samplesOf(renderPrometheus(report)).filter(each => each.name === name).map(({labels, value}) => [labels, value]);

for (const [name, report] of Object.entries({...handMade, huge: hugeReport, healthy: healthyReport, broken: brokenReport, unknown: unknownReport})) {
  test(`${name}: a file that the textfile collector takes`, () => assert.deepEqual(complaintsAboutExposition(renderPrometheus(report)), []));
}

test('a file that it does not take is found', () => {
  const good = renderPrometheus(brokenReport);
  for (const wrong of [good.trimEnd(), `${good}${good.split('\n').at(-2)}\n`, good.replace('# TYPE kdiag_status gauge\n', ''), good.replace(/^kdiag_run_duration_seconds .*$/m, 'kdiag_run_duration_seconds NaN')]) assert.notDeepEqual(complaintsAboutExposition(wrong), []);
  assert.throws(() => complaintsAboutExposition(good.replace('"production"', '"pro"duction"')), /invalid line/);
});

test('what was found, as numbers', () => {
  assert.deepEqual(of(checkReport, 'kdiag_status').map(([{status}, value]) => [status, value]), [['healthy', 0], ['degraded', 0], ['broken', 1], ['unknown', 0]]);
  assert.deepEqual(of(checkReport, 'kdiag_findings').map(([{level, root}, value]) => [level, root, value]), [['error', 'true', 1], ['error', 'false', 1], ['warning', 'true', 0], ['warning', 'false', 0], ['info', 'true', 0], ['info', 'false', 0]]);
  assert.deepEqual(of(checkReport, 'kdiag_root_cause'), [[{code: 'rules-stale-endpoint', level: 'error', subject_kind: 'Node', namespace: '', name: 'node1'}, 1]]);
  assert.deepEqual(of(checkReport, 'kdiag_root_cause_broken_services').map(([, value]) => value), [2]);
  assert.deepEqual(of(checkReport, 'kdiag_accepted_findings'), [[{}, 2]]);
  assert.deepEqual(of(checkReport, 'kdiag_check_outcome'), [[{check: 'service-exists', outcome: 'pass'}, 1], [{check: 'rules-match-endpoints', outcome: 'fail'}, 1]]);
  assert.deepEqual(of(checkReport, 'kdiag_services').map(([{state}, value]) => [state, value]), [['works', 1], ['degraded', 0], ['broken', 1], ['unknown', 1]]);
  assert.deepEqual(of(checkReport, 'kdiag_service_reach_ratio'), [[{namespace: 'shop', service: 'cart'}, 2 / 3], [{namespace: 'default', service: 'kubernetes'}, 1]]);
  assert.deepEqual(of(checkReport, 'kdiag_nodes').map(([{rules}, value]) => [rules, value]), [['in sync', 0], ['differ', 1], ['unread', 1], ['none expected', 1]]);
  assert.deepEqual(of(checkReport, 'kdiag_node_rules_in_sync'), [[{node: 'node1'}, 0]]);
  assert.deepEqual(of(checkReport, 'kdiag_pair_success_ratio'), [[{from: 'node1', to: 'node2', client: 'pod'}, 0.25], [{from: 'node2', to: 'node1', client: 'pod'}, 1]]);
  assert.deepEqual([of(checkReport, 'kdiag_run_timestamp_seconds'), of(checkReport, 'kdiag_run_duration_seconds')], [[[{}, Date.UTC(2026, 10, 1, 10) / 1000]], [[{}, 0.012]]]);
  assert.deepEqual(of(checkReport, 'kdiag_run_info'), [[{version: '1.2.3', command: 'check', context: 'production', kubernetes_version: 'v1.36.3'}, 1]]);
});

test('of one Service, the worst of its ways in; what is not known has no number', () => {
  const way = (to: string, predicted: number | null): Report['reach'][number] => ({from: {kind: 'Node', name: 'node1'}, to, predicted});
  assert.deepEqual(of({...brokenReport, reach: [way('shop/cart:80/TCP', 1), way('shop/cart:30080/TCP (NodePort)', 0.5), way('shop/web:80/TCP', null), way('every Service', 0)]}, 'kdiag_service_reach_ratio'), [[{namespace: 'shop', service: 'cart'}, 0.5]]);
  assert.deepEqual(of(unknownReport, 'kdiag_service_reach_ratio'), []);
  assert.deepEqual(samplesOf(renderPrometheus(healthyReport)).filter(({name}) => /root_cause|_nodes|_node_|_services|_pair_/.test(name)), []);
});

test('hostile texts stay values of labels', () => {
  const shown = new Set(hostile.map(text => plain(text.toWellFormed())));
  assert.deepEqual(new Set(of(hostileReport, 'kdiag_root_cause').map(([{name}]) => name)), shown);
  assert.deepEqual(new Set(of(hostileReport, 'kdiag_service_reach_ratio').map(([{service}]) => service)), shown);
  assert.deepEqual(of(hostileReport, 'kdiag_status').map(([, value]) => value), [0, 0, 1, 0]);
});

test('a series that would be there twice is there once, with what was told first', () => {
  const [cart] = checkReport.services!;
  assert.deepEqual(of({...checkReport, services: [{...cart!, predicted: 0.25}, {...cart!, predicted: 1}]}, 'kdiag_service_reach_ratio').map(([, value]) => value), [0.25]);
  assert.deepEqual(of({...brokenReport, verdict: {summary: 'x', rootCauses: [stale, stale]}}, 'kdiag_root_cause').length, 1);
});

test('however large the cluster, the file is not: the worst are named, the rest is counted', () => {
  const counts = Map.groupBy(samplesOf(renderPrometheus(hugeReport)), ({name}) => name);
  assert.ok([...counts.values()].every(({length}) => length <= 500));
  assert.deepEqual(of(hugeReport, 'kdiag_series_left_out').map(([{metric}, value]) => [metric, value]), [['kdiag_root_cause', 500], ['kdiag_root_cause_broken_services', 500], ['kdiag_check_outcome', 500], ['kdiag_service_reach_ratio', 2500], ['kdiag_node_rules_in_sync', 500], ['kdiag_pair_success_ratio', 1500]]);
  assert.deepEqual(of(hugeReport, 'kdiag_pair_success_ratio').slice(0, 11).map(([, value]) => value), [...Array.from({length: 10}, () => 0), 1]);
});
