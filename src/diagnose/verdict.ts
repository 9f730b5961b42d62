import {type Finding, idOf, type Level} from '../findings/finding.ts';
import {links} from '../findings/wording.ts';
import {levelOf, linkOf, messageOf, pageOf, remedyOf} from '../findings/words.ts';
import {effectsOf, type Together} from './causes.ts';
import type {ReportedFinding, Status} from './report.ts';
import type {Ran} from './run-checks.ts';

const severity: Readonly<Record<Level, number>> = {error: 0, warning: 1, info: 2};
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
  const sorted = [...found].sort((a, b) => order(a) - order(b) || compare(idOf(a), idOf(b)));
  const level = (finding: Finding): number => severity[levelOf(finding)];
  const effects = new Map(sorted.map(finding => [finding, effectsOf(finding, sorted, level, together)]));
  const explained = new Set([...effects.values()].flat());
  const findings = sorted.map(finding => report(finding, (effects.get(finding) ?? []).map(idOf).sort()));
  const roots = sorted.flatMap((finding, i) => (explained.has(finding) || levelOf(finding) === 'info' ? [] : [findings[i]])).filter(each => each !== undefined);
  return {status: statusOf(sorted, ran), findings, rootCauses: roots};
}

function order(finding: Finding): number {
  return severity[levelOf(finding)] * 10_000 + certainty[finding.confidence ?? 'proven'] * 100 + links.indexOf(linkOf(finding.code));
}

function statusOf(findings: readonly Finding[], ran: readonly Ran[]): Status {
  if (findings.some(finding => levelOf(finding) === 'error')) return 'broken';
  if (ran.some(({outcome}) => outcome === 'unknown' || outcome === 'crashed')) return 'unknown';
  return findings.some(finding => levelOf(finding) === 'warning') ? 'degraded' : 'healthy';
}

function report(finding: Finding, explains: readonly string[]): ReportedFinding {
  return {
    id: idOf(finding), code: finding.code, level: levelOf(finding), subject: finding.subject, message: messageOf(finding),
    args: {...finding.args}, remedy: remedyOf(finding), docs: pageOf(finding.code), evidence: finding.evidence, explains, confidence: finding.confidence ?? 'proven',
    ...(finding.counterfactual === undefined ? {} : {counterfactual: finding.counterfactual}),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
