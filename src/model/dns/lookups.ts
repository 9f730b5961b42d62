import {isKnown} from '../../cluster/answer.ts';
import type {Expansion} from '../resolver/expand.ts';
import type {LookedUp, Reply} from '../resolver/looked-up.ts';
import {cost, run} from '../resolver/run.ts';
import {type Cell, codeOf, dataOf, triesOf} from './heard.ts';
import {type KnownLibc} from './pod-libc.ts';
import type {Resolver} from './resolver.ts';

/** What became of one name, looked up at one place by one libc. */
export interface DnsLookup {
  readonly resolver: Resolver;
  readonly libc: KnownLibc;
  readonly expansion: Expansion;
  /** What this libc did with the answers that were heard; null: they were not heard. */
  readonly done: LookedUp | null;
  /** Candidate → the cells that were asked for it, by type. */
  readonly cells: ReadonlyMap<number, readonly Cell[]>;
  /** Queries of a lookup of a name that exists nowhere. */
  readonly most: number;
}

/** Every lookup at these places, from what was heard there. Pure. */
export function lookupsOf(resolvers: readonly Resolver[], cells: readonly Cell[]): DnsLookup[] {
  return resolvers.flatMap(resolver => {
    const own = cells.filter(({purpose, from}) => purpose === 'lookup' && from === resolver.at);
    const byQuestion = new Map(own.map(cell => [`${cell.ask.type} ${cell.ask.name.toLowerCase()}`, cell]));
    return resolver.expansions.map(expansion => {
      const heard = expansion.candidates.map(({name, types}) => types.flatMap(type => byQuestion.get(`${type} ${name.toLowerCase()}`) ?? []));
      const whole = expansion.candidates.every(({unsendable, types}, i) => unsendable !== null || (heard[i] ?? []).filter(cell => isKnown(cell.heard)).length === types.length);
      return {
        resolver, expansion, libc: resolver.libcs.find(({libc}) => libc === expansion.libc) ?? resolver.libcs[0]!, most: cost(expansion, null),
        done: whole ? run(expansion, ({name, type}) => replyOf(byQuestion.get(`${type} ${name.toLowerCase()}`))) : null,
        cells: new Map(heard.map((found, i) => [i, found])),
      };
    });
  });
}

function replyOf(cell: Cell | undefined): Reply {
  const last = cell === undefined ? undefined : triesOf([cell]).at(-1);
  if (last === undefined || last.outcome === 'timed-out' || last.outcome === 'malformed') return {kind: 'silence'};
  if (last.message === null) return last.outcome === 'refused' ? {kind: 'refused'} : {kind: 'silence'};
  const {rcode, answers, truncated} = last.message;
  return {kind: 'message', rcode, answers: answers.length, wanted: answers.filter(({type}) => type === cell?.ask.type).length, truncated};
}

/** `NXDOMAIN`, `10.96.0.1`, `NOERROR without data`. */
export function saidOf(cell: Cell): string {
  const data = dataOf(cell);
  return codeOf(cell) !== 'NOERROR' ? codeOf(cell) : data.length === 0 ? 'NOERROR without data' : data.join(' ');
}
