import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as fc from 'fast-check';
import {accept} from '../../../src/accept/accept.ts';
import type {AcceptedBy, Suppression} from '../../../src/accept/accepted-by.ts';
import {fits} from '../../../src/accept/pattern.ts';
import {exitCode} from '../../../src/cli/exit-code.ts';
import type {Report, ReportedFinding} from '../../../src/diagnose/report.ts';
import {complaintsAbout} from '../report/schema.ts';
import {reports} from './reports.ts';

const now = (report: Report): Date => new Date(report.startedAt);
const dayOf = (report: Report, later: number): string => new Date(now(report).getTime() + later * 86_400_000).toISOString().slice(0, 10);
const subjectOf = ({id, code}: ReportedFinding): string => id.slice(code.length + 1);

/** Entries for findings that there are, by themselves or with patterns, and for some that there are not; good, at their last day, and expired. */
function entriesFor(report: Report): fc.Arbitrary<Suppression[]> {
  const real = report.findings.map(finding => fc.constantFrom(
    {code: finding.code, subject: subjectOf(finding)}, {code: finding.code, subject: '**'}, {code: `${finding.code.split('-')[0]}-*`, subject: subjectOf(finding)}, {code: '*', subject: subjectOf(finding)},
  ));
  const what = fc.oneof(...real, fc.constant({code: 'rules-never-synced', subject: 'Node/elsewhere'}));
  return fc.uniqueArray(fc.tuple(what, fc.integer({min: -2, max: 2})), {maxLength: 5, selector: ([{code, subject}]) => `${code} ${subject}`})
    .map(drawn => drawn.map(([{code, subject}, later], i) => ({file: '.kdiag.yaml', line: i + 3, code, subject, reason: `reason ${i}`, expires: dayOf(report, later)})));
}

function acceptedBy(report: Report): fc.Arbitrary<AcceptedBy> {
  const level = fc.constantFrom('error' as const, 'warning' as const, 'info' as const);
  const baseline = fc.option(fc.tuple(fc.subarray(report.findings.map(({id}) => id)), fc.array(level, {minLength: 50, maxLength: 50}))
    .map(([ids, levels]) => new Map(ids.map((id, i) => [id, {level: levels[i] ?? 'error', reason: 'known since 2026-01-01 (baseline)'}]))), {nil: null});
  return fc.record({suppressions: entriesFor(report), baseline});
}

const rank = {error: 0, warning: 1, info: 2} as const;
const idsOf = (findings: readonly ReportedFinding[]): string[] => findings.map(({id}) => id);

for (const [name, before] of reports) {
  const holds = (what: string, property: (after: Report, by: AcceptedBy) => void, numRuns = 60): void => {
    test(`${name}: ${what}`, () => fc.assert(fc.property(acceptedBy(before), by => property(accept(before, by, now(before)), by)), {numRuns}));
  };

  test(`${name}: nothing accepted is the report itself`, () => assert.equal(accept(before, {suppressions: [], baseline: null}, now(before)), before));

  holds('what comes out is a report by the schema', after => assert.deepEqual(complaintsAbout(after), []), 25);

  holds('twice is once', (after, by) => assert.deepEqual(accept(after, by, now(before)), after));

  holds('no finding is lost, and none is there twice', after => {
    const own = after.findings.filter(({code}) => code !== 'suppression-unused');
    assert.deepEqual([...idsOf(own), ...(after.accepted ?? []).map(({finding}) => finding.id)].sort(), idsOf(before.findings).sort());
  });

  holds('a finding stays what it was, but for what it explains, and a level that an expired entry lowers', (after, {suppressions}) => {
    for (const finding of [...after.findings, ...(after.accepted ?? []).map(each => each.finding)]) {
      const was = before.findings.find(({id}) => id === finding.id);
      if (was === undefined) assert.equal(finding.code, 'suppression-unused');
      else if (finding.expired === undefined) assert.deepEqual({...finding, explains: was.explains}, was);
      else {
        const {on, reason, level} = finding.expired;
        assert.deepEqual([level, finding.level], [was.level, was.level === 'info' ? 'info' : 'warning']);
        assert.ok(on < dayOf(before, 0) && suppressions.some(each => each.expires === on && each.reason === reason));
        assert.ok(finding.message.startsWith(`${was.message}; `) && finding.message.endsWith(`expired on ${on} (${reason})`), finding.message);
      }
    }
  });

  holds('what is accepted is named by an entry that is good, or by the baseline, or follows from such a one', (after, {suppressions, baseline}) => {
    for (const {finding, by, reason, expires} of after.accepted ?? []) {
      const [, source] = / \(follows from (.*)\)$/.exec(reason) ?? [];
      const named = source === undefined ? finding : before.findings.find(({id}) => id === source);
      assert.ok(named !== undefined && (source === undefined || reaches(named, finding, before)), reason);
      if (by === 'suppression') assert.ok(suppressions.some(entry => expires === entry.expires && entry.expires >= dayOf(before, 0) && reason.startsWith(entry.reason) && fits(entry.code, named.code) && fits(entry.subject, subjectOf(named))), reason);
      else assert.ok(baseline !== null && rank[named.level] >= rank[baseline.get(named.id)?.level ?? 'info'] && baseline.has(named.id) && expires === null);
    }
  });

  holds('what follows from accepted findings does so alone: what something that counts explains, counts', (after, {suppressions}) => {
    const left = new Map(after.findings.map(finding => [finding.id, finding]));
    for (const {finding, reason} of after.accepted ?? []) {
      if (reason.includes('(follows from')) assert.deepEqual(before.findings.filter(({id, explains}) => left.has(id) && explains.includes(finding.id)).map(({id}) => id), [], finding.id);
    }
    for (const {id, expired} of after.findings) {
      if (expired === undefined || suppressions.some(entry => fits(entry.code, left.get(id)!.code) && fits(entry.subject, subjectOf(left.get(id)!)))) continue;
      assert.deepEqual(before.findings.filter(other => left.has(other.id) && left.get(other.id)?.expired === undefined && other.explains.includes(id)).map(other => other.id), [], id);
    }
  });

  holds('what an entry that is good names does not count any more', (after, {suppressions}) => {
    for (const finding of after.findings) assert.ok(finding.code === 'suppression-unused' || !suppressions.some(entry => entry.expires >= dayOf(before, 0) && fits(entry.code, finding.code) && fits(entry.subject, subjectOf(finding))), finding.id);
  });

  holds('what has become graver than in the baseline counts, unless an entry says otherwise', (after, {suppressions, baseline}) => {
    if (suppressions.length > 0) return;
    for (const finding of before.findings) if (rank[finding.level] < rank[baseline?.get(finding.id)?.level ?? 'error']) assert.ok(idsOf(after.findings).includes(finding.id), finding.id);
  });

  holds('status, root causes and checks say what is left, and what is unknown stays unknown', after => {
    const levels = new Set(after.findings.map(({level}) => level));
    const untold = after.checks.some(({outcome}) => outcome === 'unknown' || outcome === 'crashed') || before.status === 'unknown';
    assert.equal(after.status, levels.has('error') ? 'broken' : untold ? 'unknown' : levels.has('warning') ? 'degraded' : 'healthy');
    if (after.status === 'unknown') assert.equal(exitCode(after, 'error'), 3);
    const explained = new Set(after.findings.flatMap(({explains}) => explains));
    assert.deepEqual(idsOf(after.verdict.rootCauses), idsOf(after.findings.filter(({id, level}) => level !== 'info' && !explained.has(id))));
    for (const [i, {outcome, why, untold: half, findings}] of before.checks.entries()) {
      const check = after.checks[i]!;
      assert.ok(check.findings.every(id => findings.includes(id) && idsOf(after.findings).includes(id)));
      if (outcome !== 'fail' && outcome !== 'warn') assert.deepEqual([check.outcome, check.why], [outcome, why]);
      else {
        const left = new Set(after.findings.filter(({id}) => findings.includes(id)).map(({level}) => level));
        assert.equal(check.outcome, left.has('error') ? 'fail' : half !== undefined ? 'unknown' : left.has('warning') ? 'warn' : 'skipped');
        if (check.outcome === 'skipped') assert.match(check.why ?? '', /^accepted: (reason \d|known since)/);
      }
    }
  });

  holds('nothing points at what has left', after => {
    const ids = new Set(idsOf(after.findings));
    for (const {id, level, explains} of after.findings) for (const effect of explains) assert.ok(ids.has(effect) && rank[level] <= rank[after.findings.find(each => each.id === effect)!.level], `${id} explains ${effect}`);
    for (const {causes} of after.services ?? []) assert.ok(causes.every(id => ids.has(id)));
    for (const {findings} of after.nodes ?? []) assert.ok(findings.every(id => ids.has(id)));
    assert.deepEqual([after.nodes?.length, after.services?.length], [before.nodes?.length, before.services?.length]);
  });

  holds('a Service works once nothing is left that breaks it, and never fares worse than before', after => {
    const order = ['broken', 'degraded', 'unknown', 'works'];
    assert.deepEqual(after.services?.map(({state}) => state), after.services?.map(({state}) => state).toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
    for (const line of after.services ?? []) {
      const was = before.services!.find(({name}) => name === line.name)!;
      if (was.causes.length === 0) assert.equal(line.state, was.state);
      else assert.equal(line.state, line.causes.length === 0 ? 'works' : line.causes.some(id => after.findings.some(each => each.id === id && each.level === 'error')) ? 'broken' : 'degraded');
    }
  });

  holds('an entry that names nothing is told, each once, and no other', (after, {suppressions}) => {
    const unused = suppressions.filter(entry => !before.findings.some(finding => fits(entry.code, finding.code) && fits(entry.subject, subjectOf(finding))));
    assert.deepEqual(after.findings.filter(({code}) => code === 'suppression-unused').map(({args}) => args['line']).sort(), unused.map(({line}) => line).sort());
  });

  holds('the summary says how many do not count', after => {
    const n = after.accepted?.length ?? 0;
    if (n === 0) assert.doesNotMatch(after.verdict.summary, /accepted/);
    else assert.ok(after.verdict.summary.endsWith(n === 1 ? '; one accepted finding does not count' : `; ${n} accepted findings do not count`), after.verdict.summary);
  });
}

/** Over what each explains. */
function reaches(from: ReportedFinding, to: ReportedFinding, {findings}: Report): boolean {
  const reached = new Set([from.id]);
  for (const id of reached) for (const effect of findings.find(each => each.id === id)?.explains ?? []) reached.add(effect);
  return reached.has(to.id);
}
