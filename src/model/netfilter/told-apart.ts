import {isKnown} from '../../cluster/answer.ts';
import {type Address, parseAddress, parseBlock} from '../ip.ts';
import {servicesIn} from '../ipvs/ipvs.ts';
import type {NodeRules} from '../node-rules.ts';
import type {Base} from './hooks.ts';

/** Where one block of addresses ends and another begins, ascending; null: rules may tell any two addresses apart. */
type Bounds = readonly bigint[] | null;

const made = new WeakMap<readonly Base[], Bounds>();

/**
 * Whether any rule in these base chains could take a packet from one sender and not from the other. A rule of iptables compares
 * senders with addresses that stand in it: two that lie between the same of these are the same to all rules. Whether a sender is the
 * node itself is not looked at. Tables of nft's own calculate, and what ipsets and ip_vs hold stands elsewhere: to these all senders differ.
 */
export function areToldApart({rulesets, nft, ipvs}: NodeRules, bases: readonly Base[], a: Address | null, b: Address | null): boolean {
  if (a === null || b === null || a.family !== b.family || servicesIn(ipvs).length > 0) return true;
  const {family} = a;
  let bounds = made.get(bases);
  if (bounds === undefined) {
    const isPlain = isKnown(nft) && nft.known.tables.length === 0;
    bounds = isPlain ? boundsIn(family, rulesets.filter(set => set.family === family).map(({dump}) => dump.text)) : null;
    made.set(bases, bounds);
  }
  return bounds === null || below(bounds, a.bits) !== below(bounds, b.bits);
}

/** Whatever looks like an address, wherever it stands: more bounds than are needed do no harm. */
const written = {4: /\d+\.\d+\.\d+\.\d+(?:\/[\d.]+)?/g, 6: /[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*(?:\/[0-9a-f:.]+)?/gi};
/** What rules ask of all addresses without naming any: whether they are of a group. */
const always = {4: ['224.0.0.0/4'], 6: ['ff00::/8']};

function boundsIn(family: 4 | 6, texts: readonly string[]): Bounds {
  if (texts.some(text => text.includes('match-set') || text.includes('\\'))) return null; // sets; addresses with escapes in them
  const bounds = new Set<bigint>();
  for (const text of new Set([...always[family], ...texts.flatMap(each => each.match(written[family]) ?? [])])) {
    const block = parseBlock(text);
    if (block === null) {
      if (parseAddress(text.replace(/\/.*/, '')) === null) continue; // no rule takes it for an address either
      return null;
    }
    const size = (block.mask ^ ((1n << (family === 4 ? 32n : 128n)) - 1n)) + 1n;
    if ((size & (size - 1n)) !== 0n) return null; // a mask with gaps is no run of addresses
    bounds.add(block.bits).add(block.bits + size);
  }
  return [...bounds].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** How many bounds an address has below it or at it. */
function below(bounds: readonly bigint[], bits: bigint): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0n) <= bits) low = middle + 1;
    else high = middle;
  }
  return low;
}
