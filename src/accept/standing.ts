import type {Report, ReportedFinding} from '../diagnose/report.ts';
import {severity} from '../diagnose/verdict.ts';
import type {Level} from '../findings/finding.ts';
import type {AcceptedBy, Baseline, Suppression} from './accepted-by.ts';
import {followers} from './followers.ts';
import {fits} from './pattern.ts';

/** Why a finding does not count, or counts for less than its level. */
export interface Standing {
  /** `expired`: it was accepted until a day that is over. */
  readonly by: 'suppression' | 'baseline' | 'expired';
  readonly reason: string;
  readonly expires: string | null;
  /** The accepted finding that it follows from; null: it is one itself. */
  readonly follows: string | null;
}

/** What kdiag says of the suppressions themselves: nobody accepts it. */
export const unusedCode = 'suppression-unused';

/**
 * Finding → how it stands, for those that do not simply count. An entry that is still good comes first, then one that has expired (somebody set
 * that day), then the baseline; each with what follows from it. What follows from accepted and from expired findings is as these.
 */
export function standings({findings}: Pick<Report, 'findings'>, {suppressions, baseline}: AcceptedBy, day: string): ReadonlyMap<string, Standing> {
  const ours = findings.filter(({code}) => code !== unusedCode);
  const standing = new Map<string, Standing>();
  const add = (direct: (finding: ReportedFinding) => Standing | null, firm: ReadonlySet<string>): void => {
    for (const finding of ours) {
      const own = standing.has(finding.id) ? null : direct(finding);
      if (own !== null) standing.set(finding.id, own);
    }
    const expiredFirst = [...standing].sort(([, a], [, b]) => Number(b.by === 'expired') - Number(a.by === 'expired'));
    for (const [id, from] of followers(ours, new Set(expiredFirst.map(([source]) => source)), firm)) {
      const source = standing.get(from);
      if (source !== undefined) standing.set(id, {...source, follows: source.follows ?? from});
    }
  };
  const good = suppressions.filter(({expires}) => expires >= day);
  const over = suppressions.filter(({expires}) => expires < day).sort((a, b) => (a.expires < b.expires ? 1 : -1));
  add(finding => by(good, finding, 'suppression'), new Set());
  add(finding => by(over, finding, 'expired'), new Set());
  if (baseline !== null) add(finding => known(baseline, finding), new Set(ours.filter(finding => isGraver(baseline, finding)).map(({id}) => id)));
  return standing;
}

export function covers({code, subject}: Suppression, finding: ReportedFinding): boolean {
  const {kind, namespace, name} = finding.subject;
  return finding.code !== unusedCode && fits(code, finding.code) && fits(subject, `${kind}/${namespace === null ? '' : `${namespace}/`}${name}`);
}

/** Whatever it is told at. */
export function ownLevel({level, expired}: ReportedFinding): Level {
  return expired?.level ?? level;
}

function by(suppressions: readonly Suppression[], finding: ReportedFinding, how: 'suppression' | 'expired'): Standing | null {
  const entry = suppressions.find(each => covers(each, finding));
  return entry === undefined ? null : {by: how, reason: entry.reason, expires: entry.expires, follows: null};
}

function known(baseline: Baseline, finding: ReportedFinding): Standing | null {
  const before = baseline.get(finding.id);
  return before === undefined || severity[ownLevel(finding)] < severity[before.level] ? null : {by: 'baseline', reason: before.reason, expires: null, follows: null};
}

/** What has become worse since the baseline is new, also where something that is known explains it. */
function isGraver(baseline: Baseline, finding: ReportedFinding): boolean {
  const before = baseline.get(finding.id);
  return before !== undefined && severity[ownLevel(finding)] < severity[before.level];
}
