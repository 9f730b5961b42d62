import type {Chain, Rule} from '../../parse/iptables.ts';
import {parseBlock} from '../ip.ts';
import type {Chain as ProgramChain} from '../netfilter/program.ts';
import type {Packet} from '../packet.ts';

/** Shorter chains are walked faster than they are sorted. */
const few = 16;

/** A chain of somebody's own with few rules is walked as it stands: a large node has 100,000 of them. */
export function isShort(chain: Chain): chain is Chain & {readonly policy: null} {
  return chain.policy === null && chain.size <= few;
}

/** A chain that leads each packet to the rules that ask for its address, its port, or for neither. */
export function dispatched(chain: Chain): ProgramChain<Rule> {
  const {name, policy} = chain;
  let index: Index | null = null;
  const base = {name, policy: policy === null ? null : policy === 'DROP' ? 'drop' as const : 'accept' as const, ruleAt: (place: number) => chain.ruleAt(place)};
  return chain.size <= few ? base : {...base, next: (from, packet) => first(index ??= indexOf(chain), from, packet)};
}

/** Places in ascending order. A rule stands under one key: without it, `matchRule` says that the rule takes nothing. */
interface Index {
  readonly size: number;
  /** Rules with `-d` of one address, by its bits. */
  readonly byAddress: ReadonlyMap<bigint, readonly number[]>;
  /** Other rules with a `--dport` of one number. */
  readonly byPort: ReadonlyMap<number, readonly number[]>;
  readonly rest: readonly number[];
}

function indexOf(chain: Chain): Index {
  const [byAddress, byPort, rest] = [new Map<bigint, number[]>(), new Map<number, number[]>(), [] as number[]];
  for (let place = 0; place < chain.size; place += 1) {
    const rule = chain.ruleAt(place);
    const address = rule === undefined ? null : addressOf(rule);
    const port = rule === undefined || address !== null ? null : portOf(rule);
    if (address !== null) put(byAddress, address, place);
    else if (port !== null) put(byPort, port, place);
    else rest.push(place);
  }
  return {size: chain.size, byAddress, byPort, rest};
}

function put<K>(map: Map<K, number[]>, key: K, place: number): void {
  const places = map.get(key);
  if (places === undefined) map.set(key, [place]);
  else places.push(place);
}

/** The bits of the only address that a rule asks for. */
function addressOf({criteria}: Rule): bigint | null {
  const text = criteria.find(({option, negated, known}) => option === 'destination' && !negated && known)?.values[0];
  const block = text === undefined ? null : parseBlock(text);
  const isSingle = block !== null && block.mask === (1n << (block.family === 4 ? 32n : 128n)) - 1n;
  return isSingle ? block.bits : null;
}

function portOf({criteria}: Rule): number | null {
  const text = criteria.find(({option, negated, known}) => option === 'dport' && !negated && known)?.values[0];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function first({size, byAddress, byPort, rest}: Index, from: number, {destination, port}: Packet): number {
  return Math.min(after(byAddress.get(destination.bits), from), after(byPort.get(port), from), after(rest, from), Math.max(size, from));
}

/** The first place that is not before `from`. */
function after(places: readonly number[] | undefined, from: number): number {
  if (places === undefined) return Infinity;
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? Infinity) < from) low = middle + 1;
    else high = middle;
  }
  return places[low] ?? Infinity;
}
