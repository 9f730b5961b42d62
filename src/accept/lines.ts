import type {ReportedCheck, ReportedFinding} from '../diagnose/report.ts';
import type {ServiceLine} from '../diagnose/check/services-report.ts';
import type {Standing} from './standing.ts';

/** What of a report stays, and what leaves it. */
export interface Leaving {
  readonly findings: ReadonlyMap<string, ReportedFinding>;
  /** Those that leave, and those that stay at a lower level as an entry has expired. */
  readonly standing: ReadonlyMap<string, Standing>;
}

/** As the engine would tell its outcome with what is left; with nothing left that counts, it is skipped, and never passed. */
export function checkWithout(check: ReportedCheck, {findings, standing}: Leaving): ReportedCheck {
  const left = [...findings.keys()].filter(id => check.findings.includes(id));
  const whole = {...check, findings: left};
  if (check.outcome !== 'fail' && check.outcome !== 'warn') return whole;
  const levels = new Set(left.map(id => findings.get(id)?.level));
  if (levels.has('error')) return whole;
  const {id, link, question, untold, ms} = check;
  if (untold !== undefined) return {id, link, question, outcome: 'unknown', why: untold, findings: left, ms};
  if (levels.has('warning')) return {...whole, outcome: 'warn'};
  const reasons = new Set(check.findings.flatMap(each => standing.get(each) ?? []).map(({reason, expires}) => (expires === null ? reason : `${reason} (until ${expires})`)));
  return {id, link, question, outcome: 'skipped', why: `accepted: ${[...reasons].join('; ')}`, findings: left, ms};
}

/** What is left of its causes says how it is; what is not known of it stays unknown. */
export function serviceWithout(line: ServiceLine, {findings, standing}: Leaving): ServiceLine {
  const causes = line.causes.filter(id => findings.has(id));
  if (line.state === 'unknown' || !line.causes.some(id => standing.has(id))) return {...line, causes};
  const levels = new Set(causes.map(id => findings.get(id)?.level));
  const state = levels.has('error') ? line.state : levels.has('warning') && line.state !== 'works' ? 'degraded' : 'works';
  return {...line, state, causes};
}

const order = {broken: 0, degraded: 1, unknown: 2, works: 3} as const;

/** In the order that they had, unless some have become better. */
export function worstServicesFirst(lines: readonly ServiceLine[], before: readonly ServiceLine[]): readonly ServiceLine[] {
  return lines.every(({state}, i) => state === before[i]?.state) ? lines : lines.toSorted((a, b) => order[a.state] - order[b.state]);
}
