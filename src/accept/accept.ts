import {worstFirst} from '../diagnose/nodes-report.ts';
import type {Accepted, Report, ReportedFinding} from '../diagnose/report.ts';
import {summaryOf} from '../diagnose/summary.ts';
import {inOrder, severity, statusOf, told} from '../diagnose/verdict.ts';
import {subject} from '../findings/finding.ts';
import {count} from '../findings/words/phrases.ts';
import type {AcceptedBy, Suppression} from './accepted-by.ts';
import {checkWithout, type Leaving, serviceWithout, worstServicesFirst} from './lines.ts';
import {covers, ownLevel, type Standing, standings, unusedCode} from './standing.ts';

/**
 * The report as it is once what is accepted does not count: that goes to `accepted`, and checks, Services, nodes, status and summary are told
 * as if it were not there. What could not be examined stays so, whatever is accepted. `now` is the run's own instant. Pure; doing it twice
 * changes nothing.
 */
export function accept(report: Report, by: AcceptedBy, now: Date): Report {
  const day = now.toISOString().slice(0, 10);
  const standing = standings(report, by, day);
  const unused = unusedOnes(report, by.suppressions, day);
  if (standing.size === 0 && unused.length === 0) return report;
  const leaving = report.findings.flatMap((finding): Accepted[] => acceptedAs(finding, standing.get(finding.id)));
  const left = report.findings.filter(({id}) => !isAccepted(standing.get(id))).map(finding => expiredAs(finding, standing.get(finding.id)));
  const findings = rooted(inOrder([...explainingOnly(left), ...unused]));
  const explained = new Set(findings.flatMap(({explains}) => explains));
  const rootCauses = findings.filter(({id, level}) => level !== 'info' && !explained.has(id));
  const without: Leaving = {findings: new Map(findings.map(finding => [finding.id, finding])), standing};
  const checks = report.checks.map(check => checkWithout(check, without));
  const status = report.status === 'unknown' ? 'unknown' : statusOf(findings, checks);
  const accepted = [...report.accepted ?? [], ...leaving];
  const after: Report = {
    ...report, status, verdict: {summary: report.verdict.summary, rootCauses}, findings, checks,
    ...(accepted.length === 0 ? {} : {accepted}),
    ...(report.services === undefined ? {} : {services: worstServicesFirst(report.services.map(line => serviceWithout(line, without)), report.services)}),
    ...(report.nodes === undefined ? {} : {nodes: worstFirst(report.nodes.map(line => ({...line, findings: line.findings.filter(id => without.findings.has(id))})))}),
  };
  return {...after, verdict: {...after.verdict, summary: summaryAfter(report, after, leaving.length)}};
}

/** Where nothing else has become the verdict, it is told as it was. */
function summaryAfter(before: Report, {status, verdict: {rootCauses}, checks, nodes = [], accepted = []}: Report, leaving: number): string {
  const toldBefore = before.verdict.rootCauses;
  const same = status === before.status && rootCauses.length === toldBefore.length && rootCauses.every(({id, level}, i) => id === toldBefore[i]?.id && level === toldBefore[i].level);
  if (same && leaving === 0) return before.verdict.summary;
  const right = nodes.flatMap(({name, rules}) => (rules === 'in sync' ? [name] : []));
  const summary = same && before.accepted === undefined ? before.verdict.summary : summaryOf('all else', status, rootCauses, checks, right);
  return accepted.length === 0 ? summary : `${summary}; ${accepted.length === 1 ? 'one accepted finding does' : `${count(accepted.length, 'accepted finding')} do`} not count`;
}

const isAccepted = (standing: Standing | undefined): boolean => standing !== undefined && standing.by !== 'expired';

function acceptedAs(finding: ReportedFinding, standing: Standing | undefined): Accepted[] {
  if (standing === undefined || standing.by === 'expired') return [];
  return [{finding, by: standing.by, reason: standing.follows === null ? standing.reason : `${standing.reason} (follows from ${standing.follows})`, expires: standing.expires}];
}

/** No gate turns red overnight; but it is seen. */
function expiredAs(finding: ReportedFinding, standing: Standing | undefined): ReportedFinding {
  if (standing?.by !== 'expired' || standing.expires === null || finding.expired !== undefined) return finding;
  const {reason, expires, follows} = standing;
  return {
    ...finding, level: finding.level === 'info' ? 'info' : 'warning',
    message: `${finding.message}; ${follows === null ? 'its suppression' : `it follows from ${follows}, whose suppression`} expired on ${expires} (${reason})`,
    expired: {on: expires, reason, level: ownLevel(finding)},
  };
}

/** Nothing points at what has left, and no lesser finding explains a graver one away. */
function explainingOnly(findings: readonly ReportedFinding[]): ReportedFinding[] {
  const levels = new Map(findings.map(({id, level}) => [id, severity[level]]));
  return findings.map(finding => ({...finding, explains: finding.explains.filter(id => (levels.get(id) ?? -1) >= severity[finding.level])}));
}

/** Of findings that only explain each other, as what explained them has left, the first is a root from now on. */
function rooted(findings: readonly ReportedFinding[]): readonly ReportedFinding[] {
  const byId = new Map(findings.map(finding => [finding.id, finding]));
  const explained = new Set(findings.flatMap(({explains}) => explains));
  const reached = new Set(findings.map(({id}) => id).filter(id => !explained.has(id)));
  for (const id of reached) for (const effect of byId.get(id)?.explains ?? []) reached.add(effect);
  const loose = findings.find(({id}) => !reached.has(id));
  return loose === undefined ? findings : rooted(findings.map(finding => ({...finding, explains: finding.explains.filter(id => id !== loose.id)})));
}

/** Of entries that cover nothing, neither now nor in what was accepted before; without those that the report tells already. */
function unusedOnes(report: Report, suppressions: readonly Suppression[], day: string): ReportedFinding[] {
  const all = [...report.findings, ...(report.accepted ?? []).map(({finding}) => finding)];
  const partial = report.checks.some(({outcome}) => outcome === 'unknown' || outcome === 'crashed');
  return suppressions.filter(entry => !all.some(finding => covers(entry, finding))).map(({file, line, code, subject: subjects, reason, expires}) => told({
    code: unusedCode, subject: subject('Suppression', null, `${code} ${subjects.replaceAll('/', ':')}`), args: {file, line, codes: code, subjects, reason, expires, over: expires < day, partial}, evidence: [],
  }, [])).filter(({id}) => !report.findings.some(finding => finding.id === id));
}
