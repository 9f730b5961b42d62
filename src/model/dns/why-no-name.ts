import type {RecordAnswer} from '../coredns/records.ts';
import type {NoRecord} from '../coredns/no-record.ts';

/** Of the candidates of a lookup, the one that tells best why the name is not found. */
export interface WhyNoName {
  readonly candidate: string;
  readonly answer: RecordAnswer;
  readonly why: NoRecord | null;
}

/** The more is known of what was meant, the better; of equal ones the first candidate that would have been asked. */
const rank: Readonly<Partial<Record<NoRecord['why'], number>>> = {
  'no-ready-endpoints': 0, 'no-such-port': 0, 'no-such-endpoint': 0, 'external-name-target': 0, 'external-name-loop': 0, 'external-name-is-address': 0, 'only-type': 0, 'no-ports': 0, 'endpoints-not-watched': 0, 'no-pod': 1, 'pod-records-disabled': 1,
  'not-an-address': 1, 'no-such-address': 1, 'no-service': 3, 'no-namespace': 4, 'namespace-not-exposed': 2, 'no-svc-or-pod': 5, outside: 6,
};

export function whyNoName(candidates: readonly {readonly name: string; readonly answer: RecordAnswer}[]): WhyNoName | null {
  // what a slip may stand for is no hint where it was asked for as well, and is told by its own candidate
  const asked = new Set(candidates.map(({name}) => name));
  const rated = candidates.map(({name, answer}) => {
    const why = answer.why !== null && 'meant' in answer.why && answer.why.meant !== null && asked.has(answer.why.meant) ? {...answer.why, meant: null} : answer.why;
    return {candidate: name, answer, why, place: answer.follow !== null ? -1 : placeOf(why, isFarFetched(name, answer))};
  });
  return rated.sort((a, b) => a.place - b.place)[0] ?? null;
}

/** An endpoint of a Service, when the search list made the Service of what may be a namespace or a domain: `web.shop`, `metrics.k8s.io`. */
function isFarFetched(name: string, {asked}: RecordAnswer): boolean {
  return asked.kind === 'service' && (asked.endpoint !== null || asked.port !== null) && !name.startsWith('_');
}

function placeOf(why: NoRecord | null, farFetched: boolean): number {
  if (why === null) return 9;
  if (farFetched && (why.why === 'no-service' || why.why === 'no-namespace')) return 7;
  if (why.why === 'no-service' && (why.elsewhere.length > 0 || why.swapped || why.nearest !== null)) return 2;
  if ('meant' in why && why.meant !== null) return 2.5;
  if (why.why === 'no-namespace' && why.nearest !== null) return 2.7;
  return rank[why.why] ?? 8;
}
