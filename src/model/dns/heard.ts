import {type Answer, isKnown} from '../../cluster/answer.ts';
import type {DnsAsked, DnsTry} from '../../cluster/dns.ts';
import type {DnsPlace} from './place.ts';
import type {Question} from './questions.ts';

/** One cell of the matrix: what came of one question from one place to one server over one protocol. */
export interface Cell extends Question {
  readonly from: DnsPlace;
  readonly heard: Answer<DnsAsked>;
}

/** The tries of some cells, counted. */
export interface Count {
  readonly tries: number;
  /** How many brought any valid message. */
  readonly answered: number;
  /** How the others failed: `timed-out` → 3. */
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds of those that were answered, in order. */
  readonly ms: readonly number[];
}

export function triesOf(cells: readonly Cell[]): DnsTry[] {
  return cells.flatMap(({heard}) => (isKnown(heard) ? heard.known.tries : [])).map(asReceived);
}

/** A message from another address than was asked never reaches a program: any resolver drops it. */
function asReceived(each: DnsTry): DnsTry {
  return each.outcome === 'answered' && each.from !== null ? {...each, outcome: 'malformed', message: null} : each;
}

export function count(cells: readonly Cell[]): Count {
  const tries = triesOf(cells);
  const answered = tries.filter(({outcome}) => outcome === 'answered');
  const failures: Record<string, number> = {};
  for (const each of tries) if (each.outcome !== 'answered') failures[failureOf(each)] = (failures[failureOf(each)] ?? 0) + 1;
  return {tries: tries.length, answered: answered.length, failures, ms: answered.map(({micros}) => micros / 1000).sort((a, b) => a - b)};
}

/** Whether anything at all was asked. */
export function wasTried(cells: readonly Cell[]): boolean {
  return triesOf(cells).length > 0;
}

function failureOf({outcome, from, detail}: DnsTry): string {
  return from !== null && outcome !== 'answered' ? `answer from ${from}` : outcome === 'malformed' && detail !== null ? `malformed (${detail})` : outcome;
}

/** The middle of sorted numbers; null: there are none. */
export function median(sorted: readonly number[]): number | null {
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** `NOERROR`, `NXDOMAIN`, … of the last answered try, or how it failed. */
export function codeOf(cell: Cell): string {
  if (!isKnown(cell.heard)) return `not asked: ${cell.heard.unknown.detail}`;
  const tries = triesOf([cell]);
  const last = tries.findLast(({outcome}) => outcome === 'answered') ?? tries.at(-1);
  return last === undefined ? 'nothing' : last.message?.rcode ?? failureOf(last);
}

/** Addresses, or other data of the asked type, that an answer holds. */
export function dataOf(cell: Cell): string[] {
  const {ask} = cell;
  const found = triesOf([cell]).flatMap(({message}) => message?.answers ?? []).filter(({type}) => type === ask.type).map(({data}) => data);
  return [...new Set(found)].sort();
}
