/** Why something could not be learned. `could not tell` is an outcome of its own and always carries one of these. */
export type Why =
  | 'forbidden' // the API server said no (RBAC, admission): HTTP 403
  | 'unauthorized' // credentials missing, expired or not accepted: HTTP 401
  | 'absent' // what would have been asked is not there (a pod to exec into, an API group)
  | 'unreachable' // no connection: refused, no route, DNS, TLS, proxy
  | 'timeout' // no answer within the deadline
  | 'lost' // the connection ended before the answer was complete
  | 'truncated' // an answer came without its end marker, or over the size limit
  | 'refused' // admission refused a debug pod: PodSecurity, SCC, quota
  | 'unsupported' // kdiag does not read this kind of thing (yet)
  | 'unparsed' // it was read, and not understood
  | 'not-recorded' // the recording does not hold it
  | 'not-asked'; // the user told kdiag not to look (--no-debug-pod, --from)

export interface Unknown {
  readonly why: Why;
  /** One sentence for a person, without a final full stop. */
  readonly detail: string;
}

/** Something learned, or the reason why it was not. */
export type Answer<T> = {readonly known: T} | {readonly unknown: Unknown};

export const known = <T>(value: T): Answer<T> => ({known: value});
export const unknown = (why: Why, detail: string): {readonly unknown: Unknown} => ({unknown: {why, detail}});
export const isKnown = <T>(answer: Answer<T>): answer is {readonly known: T} => 'known' in answer;

/** Of a fact that has an answer for each node, or pod: that of one. Null where the fact, or that one, is not known. */
export function knownOf<T>(answers: ReadonlyMap<string, Answer<T>> | Answer<ReadonlyMap<string, Answer<T>>>, name: string): T | null {
  const each = 'get' in answers ? answers : isKnown(answers) ? answers.known : null;
  const answer = each?.get(name);
  return answer !== undefined && isKnown(answer) ? answer.known : null;
}
