import assert from 'node:assert/strict';
import {test} from 'node:test';
import {diffExitCode} from '../../../src/cli/exit-code.ts';
import {diffOf} from '../../../src/diagnose/diff.ts';
import type {DiffReport} from '../../../src/diagnose/diff-report.ts';
import type {Report, ReportedFinding} from '../../../src/diagnose/report.ts';
import {renderJson} from '../../../src/report/json.ts';
import {renderDiff} from '../../../src/report/diff.ts';
import {complaintsAboutDiff} from '../report/diff-schema.ts';
import {brokenReport, healthyReport, missing, nodesReport, stale, unknownReport} from '../report/reports.ts';
import {reports} from '../accept/reports.ts';

const [passed] = healthyReport.checks;
const rules = {...brokenReport.checks[1]!, outcome: 'pass' as const, findings: []};
/** As brokenReport, mended; of the same question. */
const mended: Report = {...healthyReport, checks: [passed!, rules]};
const couldNotTell: Report = {...mended, status: 'unknown', checks: [passed!, {...rules, outcome: 'unknown', why: 'node1 does not answer'}]};
const found = (...findings: ReportedFinding[]): Report => ({...brokenReport, status: findings.some(({level}) => level === 'error') ? 'broken' : 'degraded', verdict: {summary: 'it is so', rootCauses: findings}, findings, checks: [passed!, {...rules, outcome: 'fail', findings: findings.map(({id}) => id)}]});
const diff = (a: Report, b: Report): DiffReport => diffOf({file: 'a.json', report: a}, {file: 'b.json', report: b});
const ids = (findings: readonly {readonly id: string}[]): string[] => findings.map(({id}) => id);
const style = {width: 80, good: same, bad: same, caution: same, faint: same, strong: same};
function same(text: string): string {
  return text;
}

test('what is new, and what is gone', () => {
  const worse = diff(mended, brokenReport);
  assert.deepEqual([ids(worse.new), worse.gone, worse.changed, worse.unchanged], [[missing.id, stale.id], [], [], 0]);
  assert.deepEqual(worse.new.map(({rootCause, accepted, sure}) => [rootCause, accepted, sure]), [[false, false, true], [true, false, true]]);
  assert.equal(worse.summary, '2 findings are new');
  assert.equal(diffExitCode(worse, 'error'), 1);
  const better = diff(brokenReport, mended);
  assert.deepEqual([better.new, ids(better.gone), better.gone.every(({sure}) => sure), better.summary], [[], [missing.id, stale.id], true, 'Nothing is new: 2 findings are gone']);
  assert.equal(diffExitCode(better, 'info'), 0);
  assert.deepEqual(diff(brokenReport, brokenReport).summary, 'Nothing is new: 2 findings are as before');
  assert.deepEqual(diff(mended, mended).summary, 'Nothing is new: neither report has a finding');
});

test('another level is told with the one before; graver fails, less grave does not', () => {
  const weak: ReportedFinding = {...stale, level: 'warning', explains: []};
  const graver = diff(found(weak), found({...stale, explains: []}));
  assert.deepEqual(graver.changed.map(({id, level, was}) => [id, level, was]), [[stale.id, 'error', 'warning']]);
  assert.deepEqual([graver.summary, diffExitCode(graver, 'error')], ['1 finding is graver', 1]);
  const lesser = diff(found({...stale, explains: []}), found(weak));
  assert.deepEqual([lesser.summary, diffExitCode(lesser, 'error'), diffExitCode(lesser, 'warning')], ['Nothing is new: 1 finding is less grave', 0, 0]);
});

test('--fail-on is about what is new, not about what was there', () => {
  const weak: ReportedFinding = {...missing, level: 'warning'};
  const one = diff(found(stale), found(stale, weak));
  assert.deepEqual([diffExitCode(one, 'error'), diffExitCode(one, 'warning')], [0, 1]);
  assert.equal(one.summary, '1 finding is new and 1 is as before');
});

test('what is accepted is compared, and marked, and does not fail', () => {
  const accepted: Report = {...mended, accepted: [{finding: stale, by: 'suppression', reason: 'r', expires: '2027-01-01'}]};
  const one = diff(mended, accepted);
  assert.deepEqual([ids(one.new), one.new[0]?.accepted, diffExitCode(one, 'info')], [[stale.id], true, 0]);
  assert.equal(diff(accepted, found({...stale, explains: []})).unchanged, 1, 'it was there before, whoever accepted it');
});

test('what could not be examined is neither mended nor new', () => {
  const gone = diff(brokenReport, couldNotTell);
  assert.deepEqual([gone.gone.map(({sure}) => sure), diffExitCode(gone, 'error')], [[false, false], 3]);
  assert.match(gone.summary, /^Nothing is new: 2 findings are gone; 2 of these are not sure, as one of the reports could not tell$/);
  const found = diff(couldNotTell, brokenReport);
  assert.deepEqual([found.new.map(({sure}) => sure), diffExitCode(found, 'error')], [[false, false], 3]);
  const half = diff({...couldNotTell, status: 'broken'}, brokenReport);
  assert.equal(diffExitCode(half, 'error'), 3, 'also where the first report is unknown only in that part');
  assert.equal(diffExitCode(diff(mended, couldNotTell), 'error'), 3);
  assert.equal(diffExitCode(diff(couldNotTell, mended), 'error'), 3);
  const unknown = {...unknownReport, checks: couldNotTell.checks};
  assert.equal(diffExitCode(diff(mended, unknown), 'warning'), 3, 'that kdiag lacks a right is no fault of the cluster');
  assert.equal(diffExitCode(diff(mended, {...brokenReport, checks: [...brokenReport.checks, {...rules, id: 'other', outcome: 'unknown', why: 'w'}]}), 'error'), 1, 'a fault is one, whatever else could not be examined');
});

test('a node that was not read is not taken for mended, whatever the check says of the others', () => {
  const [node1] = nodesReport.nodes!;
  const open = {...rules, id: 'rules-read', outcome: 'unknown' as const, why: 'node1 does not answer'};
  const unread: Report = {...couldNotTell, checks: [passed!, rules, open], nodes: [{...node1!, rules: 'unread', findings: []}]};
  const before: Report = {...brokenReport, nodes: [node1!]};
  const sure = (a: Report, b: Report): boolean[] => [...diff(a, b).new, ...diff(a, b).gone].map(each => each.sure);
  assert.deepEqual([sure(before, unread), sure(unread, before)], [[false, false], [false, false]]);
  assert.deepEqual(sure(before, {...unread, nodes: [{...node1!, rules: 'in sync'}]}), [true, true], 'it was another one that was not read');
  assert.deepEqual(sure(before, {...unread, nodes: []}), [true, true], 'there is no such node any more');
  assert.deepEqual(sure(brokenReport, {...couldNotTell, checks: [passed!, rules, open]}), [false, false], 'it may be this one');
  assert.deepEqual(sure(brokenReport, {...mended, checks: [passed!, {...rules, outcome: 'fail', untold: 'half of it'}]}), [false, false], 'the check could not tell all');
});

test('reports of different questions: nothing is sure, and it is said', () => {
  const other: Report = {...mended, command: {name: 'svc', args: {service: 'web', namespace: 'shop'}}};
  const one = diff(other, brokenReport);
  assert.deepEqual([one.notes.map(({code}) => code), one.new.some(({sure}) => sure), diffExitCode(one, 'error')], [['asked-otherwise'], false, 3]);
  assert.deepEqual(diff({...brokenReport, command: {name: 'svc', args: {namespace: 'shop', service: 'cart'}}}, brokenReport).notes, [], 'the order of arguments is no difference');
});

test('other reasons for a difference are named', () => {
  const later: Report = {...mended, startedAt: '2027-01-01T00:00:00Z', source: {...mended.source, context: 'staging'}, kdiag: {version: '2.0.0'}};
  assert.deepEqual(diff(later, mended).notes.map(({code}) => code), ['other-cluster', 'other-version', 'reversed']);
});

test('nodes and Services that are otherwise, come, or go', () => {
  const [node1, node2, win1] = nodesReport.nodes!;
  const service = {namespace: 'shop', name: 'cart', type: 'ClusterIP', state: 'works', predicted: 1, causes: []} as const;
  const a: Report = {...nodesReport, nodes: [node1!, node2!], services: [service, {...service, name: 'old'}, {...service, name: 'same', predicted: 0.5}]};
  const b: Report = {...nodesReport, nodes: [{...node1!, rules: 'in sync', losing: 0, findings: []}, win1!, node2!], services: [{...service, name: 'same'}, {...service, state: 'broken'}]};
  const one = diff(a, b);
  assert.deepEqual(one.nodes, [
    {name: 'node1', before: {ready: true, kubeProxy: 'runs', mode: 'iptables', rules: 'differ', losing: 1}, after: {ready: true, kubeProxy: 'runs', mode: 'iptables', rules: 'in sync', losing: 0}},
    {name: 'win1', before: null, after: {ready: true, kubeProxy: 'missing', mode: null, rules: 'none expected', losing: 0}},
  ]);
  assert.deepEqual(one.services, [{namespace: 'shop', name: 'cart', before: {state: 'works'}, after: {state: 'broken'}}, {namespace: 'shop', name: 'old', before: {state: 'works'}, after: null}]);
  assert.deepEqual([diff(a, mended).nodes, diff(mended, b).services], [[], []], 'only where both tell of them');
  assert.deepEqual(complaintsAboutDiff(one), []);
  const text = renderDiff(one, style);
  assert.match(text, /^ {2}node1 +rules differ, 1 lost +rules in sync, 0 lost$/m);
  assert.match(text, /^ {2}win1 +not there +Ready, kube-proxy missing, mode \?, rules none expected, 0 lost$/m);
  assert.match(text, /^ {2}shop\/old +works +not there$/m);
});

for (const [name, report] of reports) {
  test(`${name}: compared with others, as the schema says; with itself nothing differs`, () => {
    for (const [, other] of reports) {
      const one = diff(report, other);
      assert.deepEqual(complaintsAboutDiff(JSON.parse(renderJson(one))), []);
      assert.deepEqual([ids(one.new), ids(one.gone)], [ids(diff(other, report).gone), ids(diff(other, report).new)], 'the other way round');
      assert.equal(one.new.length + one.changed.length + one.unchanged, new Set([...other.findings, ...(other.accepted ?? []).map(({finding}) => finding)].map(({id}) => id)).size);
      const text = renderDiff(one, style);
      for (const {code} of one.new) assert.ok(text.includes(code));
      assert.doesNotMatch(text, /undefined|\[object|NaN| $/m);
    }
    const self = diff(report, report);
    assert.deepEqual([self.new, self.gone, self.changed, self.nodes, self.services, self.notes], [[], [], [], [], [], []]);
    assert.equal(diffExitCode(self, 'info'), report.status === 'unknown' ? 3 : 0);
  });
}

test('texts of the reports are harmless', () => {
  const evil = '\u001b[2J\r\u202e';
  const dirty: ReportedFinding = {...stale, message: `m${evil}`, subject: {kind: `K${evil}`, namespace: `n${evil}`, name: `x${evil}`}};
  const one = diff(mended, {...found(dirty), source: {kind: 'live', context: `c${evil}`, server: null}, verdict: {summary: `s${evil}`, rootCauses: [dirty]}, nodes: [{...nodesReport.nodes![0]!, kubeProxy: `p${evil}`}]});
  const two = diff({...mended, nodes: nodesReport.nodes!}, {...mended, nodes: [{...nodesReport.nodes![0]!, kubeProxy: `p${evil}`}]});
  for (const each of [one, two]) {
    assert.doesNotMatch(renderDiff(each, style).replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
    assert.doesNotMatch(renderJson(each).replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  }
});
