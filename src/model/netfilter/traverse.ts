import {type Fraction, equal, one, plus, times} from '../fraction.ts';
import type {Packet} from '../packet.ts';
import type {Branch, Chain, Line, Program} from './program.ts';

/** What became of a share of the packets in one base chain. */
export interface Leaf<R extends Line = Line> {
  readonly share: Fraction;
  readonly end: End;
  /** The packet as it left. */
  readonly packet: Packet;
  /** The rules that led here: jumps, and the one that decided. */
  readonly path: readonly R[];
}

export type End =
  | {readonly kind: 'pass'} // accepted, or fell through to a policy of accept
  | {readonly kind: 'dnat'; readonly to: string}
  | {readonly kind: 'snat'; readonly to: string | null; readonly rule: Line} // null: masquerade
  | {readonly kind: 'drop'; readonly rule: Line | null} // null: the base chain's policy
  | {readonly kind: 'reject'; readonly rule: Line; readonly with: string}
  | {readonly kind: 'undecided'; readonly rule: Line; readonly because: string};

interface Frame<R extends Line> {
  readonly chain: Chain<R>;
  readonly index: number;
  readonly back: Frame<R> | null;
}

/** Bounds on the work for one packet: beyond them the answer is `undecided`, not a crash. */
const most = 1_000_000;
const deepest = 1_500;

/**
 * Sends a packet through one base chain as the kernel does: rules in order, called chains returning to their caller, random
 * rules splitting the traffic exactly. Where a rule asks something that kdiag cannot answer, every way that it may go is
 * followed; only if they end differently is the result `undecided` by that rule.
 */
export function traverse<R extends Line>(program: Program<R>, base: string, packet: Packet): Leaf<R>[] {
  const entry = program.chains.get(base);
  if (entry === undefined) return [{share: one, end: {kind: 'pass'}, packet, path: []}];
  let steps = 0;
  let depth = 0;
  // The same place is reached with the same packet many times where draws fall through: follow it once.
  const memo = new Map<string, Leaf<R>[]>();
  const frames = new Map<string, Frame<R>>();
  const ids = new Map<Frame<R>, number>();
  const idOf = (frame: Frame<R> | null): number => (frame === null ? 0 : (ids.get(frame) ?? 0));
  const frameAt = (chain: Chain<R>, index: number, back: Frame<R> | null): Frame<R> => {
    const key = `${chain.name} ${index} ${idOf(back)}`;
    let found = frames.get(key);
    if (found === undefined) {
      frames.set(key, (found = {chain, index, back}));
      ids.set(found, ids.size + 1);
    }
    return found;
  };
  const stop = (rule: R, at: Packet, because: string): Leaf<R>[] => [{share: one, end: {kind: 'undecided', rule, because}, packet: at, path: [rule]}];

  function follow(chain: Chain<R>, index: number, back: Frame<R> | null, at: Packet): Leaf<R>[] {
    const key = `${chain.name} ${index} ${idOf(back)} ${at.mark}`;
    const seen = memo.get(key);
    if (seen !== undefined) return seen;
    depth++;
    const leaves = run(chain, index, back, at);
    depth--;
    memo.set(key, leaves);
    return leaves;
  }

  function run(chain: Chain<R>, index: number, back: Frame<R> | null, at: Packet): Leaf<R>[] {
    const leaves: Leaf<R>[] = [];
    let left = one;
    let here: Frame<R> = {chain, index, back};
    let now = at;
    for (;;) {
      const index = here.chain.next?.(here.index, now) ?? here.index;
      if (index !== here.index) here = {...here, index};
      const rule = here.chain.ruleAt(index);
      if (rule === undefined) {
        if (here.back === null) return [...leaves, ...scaled([ended(here.chain, now)], left)];
        here = here.back;
        continue;
      }
      if (++steps > most || depth > deepest) return [...leaves, ...scaled(stop(rule, now, 'the rules branch too often to be followed'), left)];
      const evaluation = program.evaluate(rule, now);
      if ('undecided' in evaluation) {
        const ways = evaluation.either.map(branches => branches.flatMap(branch => scaled(take(rule, here, branch), branch.share)));
        const [first] = ways;
        const agreed = first !== undefined && ways.every(way => sameEnds(first, way)) ? first : stop(rule, now, evaluation.undecided);
        return [...leaves, ...scaled(agreed, left)];
      }
      const onward = evaluation.branches.find(({action}) => action.go === 'next');
      for (const branch of evaluation.branches) if (branch !== onward) leaves.push(...scaled(take(rule, here, branch), times(left, branch.share)));
      if (onward === undefined) return leaves;
      left = times(left, onward.share);
      now = onward.packet;
      here = {...here, index: here.index + 1};
    }
  }

  /** What a branch of a rule leads to. */
  function take(rule: R, here: Frame<R>, {action, packet: at}: Branch): Leaf<R>[] {
    switch (action.go) {
      case 'next': return follow(here.chain, here.index + 1, here.back, at);
      case 'return': return here.back === null ? [{...ended(here.chain, at), path: [rule]}] : follow(here.back.chain, here.back.index, here.back.back, at);
      case 'accept': return [{share: one, end: {kind: 'pass'}, packet: at, path: [rule]}];
      case 'drop': return [{share: one, end: {kind: 'drop', rule}, packet: at, path: [rule]}];
      case 'reject': return [{share: one, end: {kind: 'reject', rule, with: action.with}, packet: at, path: [rule]}];
      case 'dnat': return [{share: one, end: {kind: 'dnat', to: action.to}, packet: at, path: [rule]}];
      case 'snat': return [{share: one, end: {kind: 'snat', to: action.to, rule}, packet: at, path: [rule]}];
      case 'jump': case 'goto': {
        const chain = program.chains.get(action.chain);
        if (chain === undefined) return stop(rule, at, `its target ${action.chain} is neither a chain of this table nor known to kdiag`);
        const back = action.go === 'goto' ? here.back : frameAt(here.chain, here.index + 1, here.back);
        return follow(chain, 0, back, at).map(inner => ({...inner, path: [rule, ...inner.path]}));
      }
    }
  }

  return follow(entry, 0, null, packet);
}

function ended<R extends Line>(chain: Chain<R>, packet: Packet): Leaf<R> {
  return {share: one, end: chain.policy === 'drop' ? {kind: 'drop', rule: null} : {kind: 'pass'}, packet, path: []};
}

function scaled<R extends Line>(leaves: readonly Leaf<R>[], by: Fraction): Leaf<R>[] {
  return equal(by, one) ? [...leaves] : leaves.map(leaf => ({...leaf, share: times(leaf.share, by)}));
}

/** Whether two ways of going on come to the same: where, and with which shares; by which rules does not count. */
function sameEnds(a: readonly Leaf[], b: readonly Leaf[]): boolean {
  const [first, second] = [tally(a), tally(b)];
  return first.size === second.size && [...first].every(([key, share]) => {
    const other = second.get(key);
    return other !== undefined && equal(share, other);
  });
}

function tally(leaves: readonly Leaf[]): Map<string, Fraction> {
  const sums = new Map<string, Fraction>();
  for (const {share, end} of leaves) {
    const key = end.kind === 'dnat' || end.kind === 'snat' ? `${end.kind} ${end.to}` : end.kind === 'undecided' ? `undecided ${end.rule.raw}` : end.kind;
    const before = sums.get(key);
    sums.set(key, before === undefined ? share : plus(before, share));
  }
  return sums;
}
