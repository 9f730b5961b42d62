import type {Report} from '../diagnose/report.ts';

/** Why something was not checked, each reason once; those that a warning has told already are not told again. */
export function untoldReasons(report: Report): string[] {
  const reasons = report.checks.flatMap(({outcome, why}) => (outcome === 'unknown' || outcome === 'crashed' ? [why ?? 'no reason given'] : []))
    .filter(why => !report.verdict.rootCauses.some(({message}) => message.includes(why)));
  return [...new Set(reasons)];
}
