import type {Fault} from './comparison.ts';

/** One fault for each rule that refuses (the last one of its evidence), and one for a policy, however many endpoints it concerns. */
export function together<F extends Fault>(faults: readonly F[]): F[] {
  const byRule = new Map<string, F>();
  for (const fault of faults) {
    const key = fault.kind === 'forward-policy' ? fault.kind : `${fault.kind} ${fault.evidence.at(-1)?.raw}`;
    const other = byRule.get(key);
    byRule.set(key, other === undefined ? fault : {...other, evidence: [...new Set([...other.evidence.filter(line => line !== fault.evidence.at(-1)), ...fault.evidence])], ...('share' in other && 'share' in fault ? {share: Number((other.share + fault.share).toFixed(12))} : {})});
  }
  return [...byRule.values()];
}
