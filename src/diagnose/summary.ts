import type {Outcome, ReportedFinding, Status} from './report.ts';

/** A check that was run, or is told of in a report. */
interface Done {
  readonly outcome: Outcome;
  readonly why?: string | null;
}

/** One sentence that a tired person understands. `right`: nodes that do what they should; where they are most, the others are outliers. */
export function summaryOf(subject: string, status: Status, rootCauses: readonly ReportedFinding[], ran: readonly Done[], right: readonly string[] = []): string {
  const [first, ...others] = rootCauses;
  switch (status) {
    case 'healthy': return `${atStart(subject)} is healthy as far as kdiag looks: ${ran.filter(({outcome}) => outcome === 'pass').length} checks passed`;
    case 'unknown': return `kdiag could not tell whether ${subject} works: ${unsure(ran)}`;
    default: {
      if (first === undefined) return `${atStart(subject)} is ${status}`;
      const alike = others.filter(({code}) => code === first.code);
      const rest = new Set(others.filter(({code, level}) => code !== first.code && level === first.level).map(({code}) => code));
      const nodes = alike.length === 0 ? '' : ` (the same on ${alike.map(({subject: {name}}) => name).join(', ')})`;
      const wrong = new Set(rootCauses.filter(cause => cause.subject.kind === 'Node').map(cause => cause.subject.name));
      const outlier = first.subject.kind === 'Node' && right.length > wrong.size && !right.some(node => wrong.has(node)) ? `; the other ${right.length} nodes do what they should` : '';
      return `${first.message}${nodes}${outlier}${rest.size === 0 ? '' : `; and ${rest.size} more root ${rest.size === 1 ? 'cause' : 'causes'}`}`;
    }
  }
}

function atStart(subject: string): string {
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}

function unsure(ran: readonly Done[]): string {
  // one check may have several reasons, with semicolons between them
  const reasons = [...new Set(ran.flatMap(({outcome, why}) => (outcome === 'unknown' || outcome === 'crashed' ? (why ?? 'no reason given').split('; ') : [])))];
  return reasons.length > 1 ? `${reasons[0]} (and ${reasons.length - 1} more ${reasons.length === 2 ? 'reason' : 'reasons'})` : (reasons[0] ?? 'nothing was examined');
}
