import {type Fraction, equal, one, plus, times} from '../fraction.ts';
import {blurred, isAlike, type Packet} from '../packet.ts';
import type {Place as Where} from './place.ts';
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

/** One call of a chain: by whom, and the places in it that the packet came to. */
interface Call<R extends Line> {
  readonly chain: Chain<R>;
  /** Where it returns to; null of the base chain. */
  readonly back: Place<R> | null;
  readonly places: Place<R>[];
}

/** Before one rule of one call. The same place is reached with the same mark many times where draws fall through: it is followed once. */
interface Place<R extends Line> {
  readonly call: Call<R>;
  readonly index: number;
  /** Calls that return to here. Few: only after a loop of chains is there more than one. */
  readonly callees: Call<R>[];
  /** What becomes of a packet in this state from here on. */
  readonly known: {readonly as: Packet; readonly leaves: readonly Leaf<R>[]}[];
}

/** Bounds on the work for one packet: beyond them the answer is `undecided`, not a crash. */
const most = 1_000_000;
const deepest = 1_500;

/**
 * Sends a packet through one base chain as the kernel does: rules in order, called chains returning to their caller, random
 * rules splitting the traffic exactly. Where a rule asks something that kdiag cannot answer, every way that it may go is
 * followed; only if they end differently is the result `undecided` by that rule.
 */
export function traverse<R extends Line>(program: Program<R>, base: string, packet: Packet, where: Where): Leaf<R>[] {
  const first = program.chains.get(base);
  if (first === undefined) return [{share: one, end: {kind: 'pass'}, packet, path: []}];
  const entry: Chain<R> = first;
  let steps = 0;
  let depth = 0;
  const stop = (rule: R, at: Packet, because: string): Leaf<R>[] => [{share: one, end: {kind: 'undecided', rule, because}, packet: at, path: [rule]}];

  function follow(place: Place<R>, at: Packet): readonly Leaf<R>[] {
    const seen = place.known.find(({as}) => isAlike(as, at));
    if (seen !== undefined) return seen.leaves;
    depth++;
    const leaves = run(place, at);
    depth--;
    place.known.push({as: at, leaves});
    return leaves;
  }

  function run(from: Place<R>, at: Packet): Leaf<R>[] {
    const leaves: Leaf<R>[] = [];
    let left = one;
    let {call, index} = from;
    let now = at;
    for (;;) {
      if (call.chain.next !== undefined) index = call.chain.next(index, now);
      const rule = call.chain.ruleAt(index);
      if (rule === undefined) {
        if (call.back === null) {
          add(leaves, [ended(entry, now)], left);
          return leaves;
        }
        ({call, index} = call.back);
        continue;
      }
      if (++steps > most || depth > deepest) {
        add(leaves, stop(rule, now, 'the rules branch too often to be followed'), left);
        return leaves;
      }
      const evaluation = program.evaluate(rule, now, where);
      if (evaluation === null) {
        index++;
        continue;
      }
      if ('undecided' in evaluation) {
        const ways = evaluation.either.map(branches => {
          const way: Leaf<R>[] = [];
          for (const branch of branches) add(way, take(rule, call, index, branch), branch.share);
          return way;
        });
        const [first] = ways;
        const agreed = first !== undefined && ways.every(way => sameEnds(first, way)) ? blurredBy(first, ways) : stop(rule, now, evaluation.undecided);
        add(leaves, agreed, left);
        return leaves;
      }
      let onward: Branch | null = null;
      for (const branch of evaluation.branches) {
        if (onward === null && branch.action.go === 'next') onward = branch;
        else add(leaves, take(rule, call, index, branch), times(left, branch.share));
      }
      if (onward === null) return leaves;
      left = times(left, onward.share);
      now = onward.packet;
      index++;
    }
  }

  /** What a branch of a rule leads to. */
  function take(rule: R, call: Call<R>, index: number, {action, packet: at}: Branch): readonly Leaf<R>[] {
    switch (action.go) {
      case 'next': return follow(placeIn(call, index + 1), at);
      case 'return': return call.back === null ? [{...ended(entry, at), path: [rule]}] : follow(call.back, at);
      case 'accept': return [{share: one, end: {kind: 'pass'}, packet: at, path: [rule]}];
      case 'drop': return [{share: one, end: {kind: 'drop', rule}, packet: at, path: [rule]}];
      case 'reject': return [{share: one, end: {kind: 'reject', rule, with: action.with}, packet: at, path: [rule]}];
      case 'dnat': return [{share: one, end: {kind: 'dnat', to: action.to}, packet: at, path: [rule]}];
      case 'snat': return [{share: one, end: {kind: 'snat', to: action.to, rule}, packet: at, path: [rule]}];
      case 'jump': case 'goto': {
        const chain = program.chains.get(action.chain);
        if (chain === undefined) return stop(rule, at, `its target ${action.chain} is neither a chain of this table nor known to kdiag`);
        const back = action.go === 'jump' ? placeIn(call, index + 1) : call.back;
        const calls = back === null ? fromBase : back.callees;
        let callee = calls.find(each => each.chain === chain);
        if (callee === undefined) calls.push((callee = {chain, back, places: []}));
        return follow(placeIn(callee, 0), at).map(({share, end, packet: then, path}) => ({share, end, packet: then, path: [rule, ...path]}));
      }
    }
  }

  const start: Call<R> = {chain: entry, back: null, places: []};
  const fromBase = [start];
  return [...follow(placeIn(start, 0), packet)];
}

function placeIn<R extends Line>(call: Call<R>, index: number): Place<R> {
  return (call.places[index] ??= {call, index, callees: [], known: []});
}

function ended<R extends Line>(chain: Chain<R>, packet: Packet): Leaf<R> {
  return {share: one, end: chain.policy === 'drop' ? {kind: 'drop', rule: null} : {kind: 'pass'}, packet, path: []};
}

/** Puts leaves of a part of the packets to the others. */
function add<R extends Line>(all: Leaf<R>[], leaves: readonly Leaf<R>[], by: Fraction): void {
  for (const leaf of leaves) all.push(by === one ? leaf : {share: times(leaf.share, by), end: leaf.end, packet: leaf.packet, path: leaf.path});
}

/** What all ways come to; the marks that packets have then are sure as far as all agree. */
function blurredBy<R extends Line>(first: readonly Leaf<R>[], ways: readonly (readonly Leaf<R>[])[]): readonly Leaf<R>[] {
  const packets = ways.flat().filter(({end}) => end.kind !== 'drop' && end.kind !== 'reject').map(({packet}) => packet);
  return first.map(leaf => ({...leaf, packet: blurred(leaf.packet, packets)}));
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
