export interface Question {
  /** Absolute, without the final dot. */
  readonly name: string;
  readonly type: string;
  readonly server: string;
  readonly protocol: 'udp' | 'tcp';
}

/** What a resolver got for a question that it sent. */
export type Reply =
  /** `answers`: records in the answer section, whatever their type; `wanted`: those of the asked type. `truncated`: TC was set. */
  | {readonly kind: 'message'; readonly rcode: string; readonly answers: number; readonly wanted: number; readonly truncated?: boolean}
  /** Nothing within any time. */
  | {readonly kind: 'silence'}
  /** The kernel says at once that nobody listens there (ICMP, RST). */
  | {readonly kind: 'refused'};

/** Must give the same reply for the same question. */
export type Answers = (question: Question) => Reply;

export interface Sent extends Question {
  /** Index in the expansion's candidates. */
  readonly candidate: number;
}

export interface LookedUp {
  /** What the resolver says; of A alone, glibc's getaddrinfo tells `try-again` as EAI_NONAME unless the last question timed out. */
  readonly outcome: 'found' | 'does-not-exist' | 'no-data' | 'try-again' | 'failed';
  /** Index of the candidate that gave the result, also when that is an empty one; null: none. */
  readonly winner: number | null;
  /** Datagrams and TCP questions in the order of sending, repetitions included. */
  readonly sent: readonly Sent[];
  /** How each candidate that was asked for ended; those below were not asked for. */
  readonly steps: readonly Step[];
  /** Seconds spent waiting for what did not come. */
  readonly waited: number;
}

export interface Step {
  readonly candidate: number;
  readonly result: 'found' | 'does-not-exist' | 'no-data' | 'server-failure' | 'refused-to-answer' | 'timed-out' | 'unreachable' | 'unsendable';
  /** The libc went on to the next candidate, or ended there. */
  readonly wentOn: boolean;
}
