import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as fc from 'fast-check';
import {accept} from '../../../src/accept/accept.ts';
import {baselineOf, readBaseline} from '../../../src/accept/baseline.ts';
import {readReport} from '../../../src/accept/report-text.ts';
import {diffOf} from '../../../src/diagnose/diff.ts';
import {KdiagError} from '../../../src/kdiag-error.ts';
import {renderDiff} from '../../../src/report/diff.ts';
import {renderJson} from '../../../src/report/json.ts';
import {complaintsAboutDiff} from '../report/diff-schema.ts';
import {brokenReport, nodesReport, stale} from '../report/reports.ts';
import {reports} from './reports.ts';

const style = {width: 80, good: same, bad: same, caution: same, faint: same, strong: same};
function same(text: string): string {
  return text;
}

for (const [name, report] of reports) {
  test(`read as it was written: ${name}`, () => assert.deepEqual(readReport(renderJson(report), 'x.json'), JSON.parse(JSON.stringify(report))));
}

test('also with a byte order mark, fields of a later version, and accepted findings', () => {
  const later = {...accept(brokenReport, {suppressions: [], baseline: baselineOf(brokenReport)}, new Date(brokenReport.startedAt)), weather: 'fine'};
  assert.equal(readReport(`\ufeff${JSON.stringify(later)}`, 'x.json').accepted?.length, 2);
});

const [node] = nodesReport.nodes!;
const bad: readonly (readonly [string, unknown, RegExp])[] = [
  ['nothing', '', /it is empty/],
  ['no JSON', 'status: broken', /no JSON/],
  ['half a report', JSON.stringify(brokenReport).slice(0, 400), /no JSON/],
  ['a number', 12, /no schemaVersion/],
  ['null', null, /no schemaVersion/],
  ['a list', [], /no schemaVersion/],
  ['another schemaVersion', {...brokenReport, schemaVersion: 'kdiag.report/v2'}, /its schemaVersion is "kdiag.report\/v2"; expected is "kdiag.report\/v1"/],
  ['what another command writes', {schemaVersion: 'kdiag.trace/v1'}, /kdiag.trace\/v1/],
  ['no findings', {...brokenReport, findings: undefined}, /no whole report of kdiag: findings is missing/],
  ['findings that are none', {...brokenReport, findings: [stale, 'x']}, /findings\[1\] is no object/],
  ['a level that there is not', {...brokenReport, findings: [{...stale, level: 'fatal'}]}, /findings\[0\]\.level is none of error, warning, info/],
  ['an id that is none', {...brokenReport, findings: [{...stale, id: 'x'}]}, /findings\[0\]\.id is no id of a finding/],
  ['a subject without a name', {...brokenReport, findings: [{...stale, subject: {kind: 'Node', namespace: null}}]}, /findings\[0\]\.subject\.name is missing/],
  ['a status that there is not', {...brokenReport, status: 'fine'}, /status is none of/],
  ['a day that there is not', {...brokenReport, startedAt: '2026-99-01T00:00:00Z'}, /startedAt is no instant/],
  ['a check without an outcome', {...brokenReport, checks: [{id: 'x', findings: []}]}, /checks\[0\]\.outcome is missing/],
  ['something accepted by nobody', {...brokenReport, accepted: [{finding: stale, by: 'magic', reason: 'x'}]}, /accepted\[0\]\.by is none of suppression, baseline/],
  ['a node in no state', {...brokenReport, nodes: [{...node, losing: -1}]}, /nodes\[0\]\.losing is no number/],
  ['what only looks like fields', JSON.stringify({...brokenReport, status: undefined}).replace('{', '{"__proto__": {"status": "healthy"}, '), /status is missing/],
];
for (const [name, value, said] of bad) {
  test(`refused: ${name}`, () => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    for (const read of [readReport, readBaseline]) assert.throws(() => read(text, 'b.json'), error => error instanceof KdiagError && error.exit === 2 && error.message.startsWith('b.json: is no ') && said.test(error.message), name);
  });
}

test('whatever stands in a report, it is refused, or can be compared, and be a baseline', () => {
  const whole = JSON.stringify({...nodesReport, services: [{namespace: 'a', name: 'b', type: 'ClusterIP', state: 'works', predicted: 1, causes: []}], accepted: [{finding: stale, by: 'baseline', reason: 'r', expires: null}]});
  const count = whole.match(/[:[,](?="|\d|null|true|\{|\[)/g)?.length ?? 0;
  let read = 0;
  fc.assert(fc.property(fc.nat(count - 1), fc.constantFrom('null', '""', '{}', '[]', '-1', 'true', '"x"', '1e999', '"2026-01-01T00:00:00Z"', '[null]', '[{}]'), (at, instead) => {
    let i = 0;
    const value = JSON.parse(whole, function revive(_key, old: unknown) { return i++ === at ? JSON.parse(instead) as unknown : old; }) as unknown;
    let report;
    try {
      report = readReport(JSON.stringify(value), 'x.json');
    } catch (error) {
      assert.ok(error instanceof KdiagError, String((error as Error).stack));
      return;
    }
    read += 1;
    for (const diff of [diffOf({file: 'a', report}, {file: 'b', report: nodesReport}), diffOf({file: 'a', report: nodesReport}, {file: 'b', report})]) {
      assert.deepEqual(complaintsAboutDiff(diff), []);
      renderDiff(diff, style);
    }
    accept(nodesReport, {suppressions: [], baseline: baselineOf(report)}, new Date(nodesReport.startedAt));
  }), {numRuns: 600});
  assert.ok(read > 20, `${read} were read`);
});
