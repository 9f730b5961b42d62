import type {Candidate, Expansion} from './expand.ts';
import {runGlibc} from './run-glibc.ts';
import {runMusl} from './run-musl.ts';
import {runNslookup} from './run-nslookup.ts';

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

/** What this libc does when these are the answers. */
export function run(expansion: Expansion, answers: Answers): LookedUp {
  if (expansion.silence !== null) return {outcome: withoutAsking(expansion), winner: null, sent: [], steps: [], waited: 0};
  return {glibc: runGlibc, musl: runMusl, busybox: runNslookup}[expansion.libc.kind](expansion, answers);
}

/** An address is its own answer, if it is of the family that was asked for. */
function withoutAsking({silence, lookup: {name, types}}: Expansion): LookedUp['outcome'] {
  if (silence === 'address') return types.includes(name.text.includes(':') ? 'AAAA' : 'A') ? 'found' : 'does-not-exist';
  return silence === 'nothing-sent' ? 'try-again' : 'does-not-exist';
}

/** Queries of a lookup whose name exists only as that candidate, or nowhere (null), every server answering at once. */
export function cost(expansion: Expansion, winner: number | null): number {
  const found = winner === null ? null : expansion.candidates[winner]?.name ?? null;
  return run(expansion, ({name}) => (name === found ? {kind: 'message', rcode: 'NOERROR', answers: 1, wanted: 1} : {kind: 'message', rcode: 'NXDOMAIN', answers: 0, wanted: 0})).sent.length;
}

/** The queries of one candidate when nothing is repeated: musl asks all its servers. */
export function queriesOf({libc, settings}: Expansion, {types, unsendable}: Candidate): number {
  return unsendable === 'stops' || unsendable === 'skipped' ? 0 : types.length * (libc.kind === 'musl' ? settings.nameservers.length : 1);
}
