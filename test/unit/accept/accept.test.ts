import assert from 'node:assert/strict';
import {test} from 'node:test';
import {accept} from '../../../src/accept/accept.ts';
import type {Suppression} from '../../../src/accept/accepted-by.ts';
import {baselineOf, readBaseline} from '../../../src/accept/baseline.ts';
import {followers} from '../../../src/accept/followers.ts';
import type {Report, ReportedFinding} from '../../../src/diagnose/report.ts';
import {renderText} from '../../../src/report/text.ts';
import {brokenReport, healthyReport, missing, stale, unknownReport} from '../report/reports.ts';

const entry = (code: string, subject: string, rest: Partial<Suppression> = {}): Suppression => ({file: '.kdiag.yaml', line: 3, code, subject, reason: 'a test cluster', expires: '2026-11-30', ...rest});
const at = (instant: string): Date => new Date(instant);
const by = (...suppressions: readonly Suppression[]) => ({suppressions, baseline: null});
const style = {width: 80, good: same, bad: same, caution: same, faint: same, strong: same};
function same(text: string): string {
  return text;
}

test('what is accepted leaves with what follows from it, and the check says why it was skipped', () => {
  const after = accept(brokenReport, by(entry('rules-stale-*', 'Node/node1')), at('2026-11-01T10:00:00Z'));
  assert.deepEqual([after.status, after.findings, after.verdict], ['healthy', [], {summary: 'All else is healthy as far as kdiag looks: 1 checks passed; 2 accepted findings do not count', rootCauses: []}]);
  assert.deepEqual(after.accepted, [
    {finding: stale, by: 'suppression', reason: 'a test cluster', expires: '2026-11-30'},
    {finding: missing, by: 'suppression', reason: `a test cluster (follows from ${stale.id})`, expires: '2026-11-30'},
  ]);
  const [, check] = after.checks;
  assert.deepEqual([check?.outcome, check?.why, check?.findings], ['skipped', 'accepted: a test cluster (until 2026-11-30)', []]);
  assert.match(renderText(after, style), /Accepted \(does not count\)\n {2}· node1 sends 33 %[^]*\n {4}a test cluster \(until 2026-11-30\)\n/);
});

test('accepting an effect alone leaves the cause, which explains it no more', () => {
  const after = accept(brokenReport, by(entry('rules-missing-endpoint', '**')), at('2026-11-01T10:00:00Z'));
  assert.deepEqual([after.status, after.findings.map(({id, explains}) => [id, explains]), after.checks[1]?.outcome], ['broken', [[stale.id, []]], 'fail']);
  assert.equal(after.verdict.summary, `${stale.message}; one accepted finding does not count`);
});

test('the last day counts whole, in UTC', () => {
  const status = (instant: string): string => accept(brokenReport, by(entry('rules-*', 'Node/*')), at(instant)).status;
  assert.deepEqual([status('2026-11-30T23:59:59.999Z'), status('2026-12-01T00:00:00Z'), status('2026-11-30T23:30:00-05:00')], ['healthy', 'degraded', 'degraded']);
});

test('an entry that is over: a warning that says so, by the day that came last; what it explained likewise', () => {
  const after = accept(brokenReport, by(entry('rules-stale-endpoint', '**', {expires: '2025-01-01', reason: 'older'}), entry('rules-stale-endpoint', 'Node/node1')), at('2026-12-24T10:00:00Z'));
  assert.deepEqual(after.findings.map(({id, level, message}) => [id, level, message]), [
    [missing.id, 'warning', `${missing.message}; it follows from ${stale.id}, whose suppression expired on 2026-11-30 (a test cluster)`],
    [stale.id, 'warning', `${stale.message}; its suppression expired on 2026-11-30 (a test cluster)`],
  ]);
  assert.deepEqual([after.status, after.checks[1]?.outcome, after.verdict.rootCauses.map(({id}) => id), after.accepted], ['degraded', 'warn', [stale.id], undefined]);
});

test('another entry that is still good wins over one that is over, and it over the baseline', () => {
  const [over, good] = [entry('rules-*', 'Node/*', {expires: '2026-01-01', reason: 'over'}), entry('rules-stale-endpoint', 'Node/node1')];
  assert.deepEqual(accept(brokenReport, by(over, good), at('2026-11-01T10:00:00Z')).accepted?.map(({reason}) => reason), ['a test cluster', `a test cluster (follows from ${stale.id})`]);
  assert.equal(accept(brokenReport, {suppressions: [over], baseline: baselineOf(brokenReport)}, at('2026-11-01T10:00:00Z')).status, 'degraded');
});

test('what kdiag lacks may be accepted, and the report stays unknown', () => {
  const after = accept(unknownReport, by(entry('permission-missing', '**')), at('2026-11-01T10:00:00Z'));
  assert.deepEqual([after.status, after.findings, after.checks[0]?.outcome], ['unknown', [], 'unknown']);
  assert.match(after.verdict.summary, /^kdiag could not tell whether all else works: services "cart" is forbidden.*; one accepted finding does not count$/);
});

test('the part of a failed check that was not told comes to light once its findings are accepted', () => {
  const half: Report = {...brokenReport, checks: [{...brokenReport.checks[1]!, untold: 'node3 does not answer'}]};
  const after = accept(half, by(entry('rules-*', '**')), at('2026-11-01T10:00:00Z'));
  assert.deepEqual([after.status, after.checks[0]?.outcome, after.checks[0]?.why], ['unknown', 'unknown', 'node3 does not answer']);
});

const laterReport: Report = {...brokenReport, startedAt: '2026-12-01T00:00:00Z'};

test('a baseline: what was known, at its level or below, does not count; a new symptom of it neither', () => {
  const before: Report = {...brokenReport, findings: [stale], verdict: {summary: 'x', rootCauses: [stale]}};
  const after = accept(laterReport, {suppressions: [], baseline: readBaseline(JSON.stringify(before), 'b.json')}, at('2026-12-01T00:00:00Z'));
  assert.deepEqual([after.status, after.accepted?.map(each => [each.finding.id, each.by, each.reason, each.expires])], ['healthy', [
    [stale.id, 'baseline', 'known since 2026-11-01 (baseline)', null], [missing.id, 'baseline', `known since 2026-11-01 (baseline) (follows from ${stale.id})`, null],
  ]]);
  assert.match(after.checks[1]?.why ?? '', /^accepted: known since 2026-11-01 \(baseline\)/);
});

test('a baseline: what is graver now is new, even if something known explains it', () => {
  const lesser: ReportedFinding = {...missing, level: 'warning'};
  const after = accept(laterReport, {suppressions: [], baseline: baselineOf({...brokenReport, findings: [stale, lesser]})}, at('2026-12-01T00:00:00Z'));
  assert.deepEqual([after.status, after.verdict.rootCauses.map(({id}) => id), after.accepted?.map(({finding}) => finding.id)], ['broken', [missing.id], [stale.id]]);
});

test('a baseline of a run that had one keeps the first day; an expired level is no lower one', () => {
  const first = accept(laterReport, {suppressions: [], baseline: baselineOf(brokenReport)}, at('2026-12-01T00:00:00Z'));
  assert.deepEqual([...baselineOf(first)].map(([id, {level, reason}]) => [id, level, reason]), [[stale.id, 'error', 'known since 2026-11-01 (baseline)'], [missing.id, 'error', 'known since 2026-11-01 (baseline)']]);
  const over = accept(brokenReport, by(entry('rules-*', '**', {expires: '2026-01-01'})), at('2026-11-01T10:00:00Z'));
  assert.equal(accept(laterReport, {suppressions: [], baseline: baselineOf(over)}, at('2026-12-01T00:00:00Z')).status, 'healthy');
});

test('in two steps, first by entries and then by a baseline, all are counted', () => {
  const first = accept(brokenReport, by(entry('rules-missing-endpoint', '**')), at('2026-11-01T10:00:00Z'));
  const second = accept(first, {suppressions: [], baseline: baselineOf(brokenReport)}, at('2026-11-01T10:00:00Z'));
  assert.deepEqual([second.status, second.accepted?.map(each => each.by)], ['healthy', ['suppression', 'baseline']]);
  assert.equal(second.verdict.summary, 'All else is healthy as far as kdiag looks: 1 checks passed; 2 accepted findings do not count');
});

test('an entry that names nothing is told', () => {
  const after = accept(healthyReport, by(entry('kube-proxy-*', 'Node/node7')), at('2026-11-01T10:00:00Z'));
  assert.deepEqual([after.status, after.verdict.summary, after.findings.map(({id, level}) => [id, level])], ['healthy', healthyReport.verdict.summary, [['suppression-unused/Suppression/kube-proxy-* Node:node7', 'info']]]);
});

const graph = (edges: Readonly<Record<string, readonly string[]>>): ReportedFinding[] => Object.entries(edges).map(([id, explains]) => ({...stale, id, explains}));
const follow = (edges: Readonly<Record<string, readonly string[]>>, from: readonly string[], firm: readonly string[] = []): string[] => [...followers(graph(edges), new Set(from), new Set(firm))].map(([id, source]) => `${id}<${source}`).sort();

test('what follows: over others, not past what counts, and round circles', () => {
  assert.deepEqual(follow({a: ['b'], b: ['c'], c: []}, ['a']), ['b<a', 'c<a']);
  assert.deepEqual(follow({a: ['b'], x: ['b'], b: ['c'], c: []}, ['a']), [], 'x explains b as well, and b c');
  assert.deepEqual(follow({a: ['c'], x: ['b'], b: ['c'], c: []}, ['a', 'b']), ['c<a']);
  assert.deepEqual(follow({a: ['b'], b: ['c'], c: ['b']}, ['a']), ['b<a', 'c<a'], 'b and c explain each other');
  assert.deepEqual(follow({a: [], b: ['c'], c: ['b']}, ['a']), [], 'a circle of its own is not reached');
  assert.deepEqual(follow({a: ['b', 'd'], b: ['c'], c: [], d: []}, ['a'], ['b']), ['d<a'], 'b counts whatever explains it, and so what it explains');
  assert.deepEqual(follow({a: ['gone']}, ['a']), []);
});
