import type {Code} from '../findings/codes.ts';
import {type Finding, idOf, type Level} from '../findings/finding.ts';
import {links} from '../findings/wording.ts';
import {codes, levelOf, linkOf, messageOf, pageOf, remedyOf} from '../findings/words.ts';
import {effectsOf, type Together} from './causes.ts';
import type {Outcome, ReportedFinding, Status} from './report.ts';
import type {Ran} from './run-checks.ts';

/** The lower, the graver. */
export const severity: Readonly<Record<Level, number>> = {error: 0, warning: 1, info: 2};
const certainty = {proven: 0, likely: 1, possible: 2} as const;

export interface Judgement {
  readonly status: Status;
  readonly findings: readonly ReportedFinding[];
  readonly rootCauses: readonly ReportedFinding[];
}

/**
 * What was found, causes first, and what of it is a root cause: an error or warning that no other finding explains. `together`: whether two
 * findings are of one question; most causes have no effects beyond it.
 */
export function judge(found: readonly Finding[], ran: readonly Ran[], together: Together = () => true): Judgement {
  const level = (finding: Finding): number => severity[levelOf(finding)];
  const effects = new Map(found.map(finding => [finding, effectsOf(finding, found, level, together)]));
  const explained = new Set([...effects.values()].flat());
  const reported = new Map(found.map(finding => [told(finding, (effects.get(finding) ?? []).map(idOf).sort()), explained.has(finding)]));
  const findings = inOrder([...reported.keys()]);
  return {status: statusOf(findings, ran), findings, rootCauses: findings.filter(each => each.level !== 'info' && reported.get(each) === false)};
}

/** The gravest first, then the most certain, then the most upstream, then by id. Codes of other versions come last. */
export function inOrder(findings: readonly ReportedFinding[]): ReportedFinding[] {
  const place = (code: string): number => (codes.includes(code as Code) ? links.indexOf(linkOf(code as Code)) : links.length);
  const order = ({level, confidence, code}: ReportedFinding): number => severity[level] * 10_000 + certainty[confidence] * 100 + place(code);
  return findings.toSorted((a, b) => order(a) - order(b) || compare(a.id, b.id));
}

export function statusOf(findings: readonly Pick<ReportedFinding, 'level'>[], ran: readonly {readonly outcome: Outcome}[]): Status {
  if (findings.some(({level}) => level === 'error')) return 'broken';
  if (ran.some(({outcome}) => outcome === 'unknown' || outcome === 'crashed')) return 'unknown';
  return findings.some(({level}) => level === 'warning') ? 'degraded' : 'healthy';
}

/** A finding in words. */
export function told(finding: Finding, explains: readonly string[]): ReportedFinding {
  return {
    id: idOf(finding), code: finding.code, level: levelOf(finding), subject: finding.subject, message: messageOf(finding),
    args: {...finding.args}, remedy: remedyOf(finding), docs: pageOf(finding.code), evidence: finding.evidence, explains, confidence: finding.confidence ?? 'proven',
    ...(finding.counterfactual === undefined ? {} : {counterfactual: finding.counterfactual}),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
