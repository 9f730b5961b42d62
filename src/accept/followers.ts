import type {ReportedFinding} from '../diagnose/report.ts';

/**
 * What follows from findings that do not count (`from`) and from nothing else: finding → the one of `from` that it follows from. What something
 * that counts explains, by itself or over others, counts as well, and so does what nothing explains. `firm` count whatever explains them.
 */
export function followers(findings: readonly ReportedFinding[], from: ReadonlySet<string>, firm: ReadonlySet<string>): ReadonlyMap<string, string> {
  const byId = new Map(findings.map(finding => [finding.id, finding]));
  const explained = new Set(findings.flatMap(({explains}) => explains));
  const counts = new Set(findings.map(({id}) => id).filter(id => !from.has(id) && (firm.has(id) || !explained.has(id))));
  // a Set goes on to what is added to it on the way
  for (const id of counts) for (const effect of byId.get(id)?.explains ?? []) if (!from.has(effect)) counts.add(effect);
  const following = new Map<string, string>();
  for (const source of from) {
    const reached = new Set([source]);
    for (const id of reached) for (const effect of byId.get(id)?.explains ?? []) {
      if (from.has(effect) || counts.has(effect) || !byId.has(effect)) continue;
      reached.add(effect);
      if (!following.has(effect)) following.set(effect, source);
    }
  }
  return following;
}
