import type {Leg, Trace, TracedOutcome, TraceStatus} from './trace-report.ts';

const legsOf = (leg: Leg): readonly Leg[] => [leg, ...leg.orders.flat().flatMap(({next}) => (next === null ? [] : legsOf(next)))];
const outcomesOf = (trace: Trace): TracedOutcome[] => legsOf(trace.leg).flatMap(({orders}) => orders.flat());

export function statusOf(traces: readonly Trace[]): TraceStatus {
  if (traces.every(({leg}) => leg.unread !== null)) return 'unknown';
  return lacking(traces).length === 0 ? 'followed' : 'undecided';
}

/** What could not be read or decided, each once. A filter rule that was taken to let packets pass is not among them: outcomes name it. */
export function lacking(traces: readonly Trace[]): string[] {
  const legs = traces.flatMap(({leg}) => legsOf(leg));
  const unread = legs.flatMap(({node, unread: why}) => (why === null ? [] : [`the rules of ${node} could not be followed: ${why}`]));
  const undecided = traces.flatMap(outcomesOf).flatMap(({end, why, rule, sender}) => [
    ...(end === 'undecided' ? [`undecided: ${why ?? 'no reason given'}${rule === null ? '' : `, in table ${rule.table}: ${rule.raw}`}`] : []),
    ...(sender.why === undefined ? [] : [`whose address the receiver sees is undecided: ${sender.why}`]),
  ]);
  const orders = legs.flatMap(({node, orders: all, translators}) => (new Set(all.map(endsOf)).size > 1 ? [translators.length > 1 ? `on ${node} both ${translators.join(' and ')} translate it, and which of them comes first no reading shows` : `on ${node} it depends on the order in which chains of several writers are asked, which no reading shows`] : []));
  return [...new Set([...unread, ...undecided, ...orders])];
}

function endsOf(outcomes: readonly TracedOutcome[]): string {
  return JSON.stringify(outcomes.map(({share, end, to, sender}) => [share.exact, end, to, sender.kind]));
}

export function summaryOf(traces: readonly Trace[], status: TraceStatus, unknowns: readonly string[]): string {
  if (status !== 'followed') return unknowns[0] ?? 'nothing was followed';
  const ends = new Set(traces.flatMap(outcomesOf).filter(({next}) => next === null).map(({end}) => end));
  if (ends.has('dropped') || ends.has('refused')) return ends.has('delivered') || ends.has('sent') ? 'a part of the connections is stopped on the way' : `every connection is ${ends.has('dropped') ? 'dropped' : 'refused'}`;
  const places = [...new Set(traces.flatMap(outcomesOf).filter(({next}) => next === null).map(({to}) => to))].sort();
  return `connections go to ${places.slice(0, 3).join(', ')}${places.length > 3 ? ` and ${places.length - 3} more` : ''}`;
}
