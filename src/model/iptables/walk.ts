import type {Rule} from '../../parse/iptables.ts';
import {type Fraction, one, times} from '../fraction.ts';
import {isLocal, type NodeRules, type Ruleset, tableOf} from '../node-rules.ts';
import type {Packet} from '../packet.ts';
import {type End, type Leaf, traverse} from './traverse.ts';

/** What becomes of a share of the connections that a packet stands for. */
export interface Outcome {
  readonly share: Fraction;
  /** `pass`: leaves the node untranslated. */
  readonly end: End;
  /** The rules that led there, in order. */
  readonly path: readonly Rule[];
  /** A filter rule that could not be decided after translation; the outcome holds if it lets the packet through. */
  readonly unfollowed: Rule | null;
}

/** The packet's way through one order of the backends' NAT tables. */
export interface Walk {
  /** Backends whose rules translate (or could not be decided for) this packet. More than one: see `alternatives`. */
  readonly backends: readonly Ruleset['backend'][];
  readonly outcomes: readonly Outcome[];
  /**
   * Set when both backends would translate: netfilter asks the NAT chain first that was registered last, which no dump
   * shows. The outcomes of the other order.
   */
  readonly alternative: readonly Outcome[] | null;
}

/**
 * A new connection's first packet through a node's iptables rules, in kernel order: raw, mangle, nat (destination), then the
 * filter hooks of where it goes. POSTROUTING is not followed: masquerading changes who asks, not who answers.
 */
export function walkIptables(rules: NodeRules, packet: Packet): Walk {
  const hook = packet.from === 'host' ? 'OUTPUT' : 'PREROUTING';
  const rulesets = rules.rulesets.filter(({family}) => family === packet.destination.family);
  const place = {isLocal: (address: Packet['destination']) => isLocal(rules, address)};
  const table = (set: Ruleset, name: string, chain: string, at: Packet): Leaf[] => {
    const found = tableOf(set, name);
    return found === undefined ? [{share: one, end: {kind: 'pass'}, packet: at, path: []}] : traverse(found, chain, at, place);
  };

  const stopped = ['raw', 'mangle'].flatMap(name => rulesets.flatMap(set => table(set, name, hook, packet)))
    .find(({end, share}) => (end.kind === 'drop' || end.kind === 'reject') && share.n === share.d);
  if (stopped !== undefined) return {backends: [], outcomes: [{share: one, end: stopped.end, path: stopped.path, unfollowed: null}], alternative: null};

  const translations = rulesets.map(set => ({backend: set.backend, leaves: table(set, 'nat', hook, packet)}));
  const active = translations.filter(({leaves}) => leaves.some(({end}) => end.kind !== 'pass'));
  const filtered = (leaves: readonly Leaf[]): Outcome[] => leaves.flatMap(leaf => filter(leaf));

  function filter(leaf: Leaf): Outcome[] {
    const {end, path, share} = leaf;
    if (end.kind !== 'pass' && end.kind !== 'dnat') return [{share, end, path, unfollowed: null}];
    const local = isLocal(rules, leaf.packet.destination);
    const chain = packet.from === 'host' ? 'OUTPUT' : local === true ? 'INPUT' : 'FORWARD';
    let rest: Outcome = {share, end, path, unfollowed: null};
    const ends: Outcome[] = [];
    for (const name of ['mangle', 'filter']) {
      for (const set of rulesets) {
        const leaves = table(set, name, chain, leaf.packet);
        const refused = leaves.filter(({end: {kind}}) => kind === 'drop' || kind === 'reject');
        for (const each of refused) ends.push({share: times(rest.share, each.share), end: each.end, path: [...path, ...each.path], unfollowed: null});
        const passing = leaves.filter(each => !refused.includes(each));
        if (passing.length === 0) return ends;
        const open = passing.find(each => each.end.kind === 'undecided');
        const left = passing.reduce<Fraction>((sum, each) => ({n: sum.n * each.share.d + each.share.n * sum.d, d: sum.d * each.share.d}), {n: 0n, d: 1n});
        rest = {...rest, share: times(rest.share, left), unfollowed: rest.unfollowed ?? (open?.end.kind === 'undecided' ? open.end.rule : null)};
      }
    }
    return [...ends, rest];
  }

  /** The first backend's translation stands; what it lets pass, the second may translate. */
  const inOrder = (order: readonly {readonly leaves: readonly Leaf[]}[]): Leaf[] => {
    const [first, second] = order;
    if (first === undefined) return [{share: one, end: {kind: 'pass'}, packet, path: []}];
    if (second === undefined) return [...first.leaves];
    return first.leaves.flatMap(leaf => leaf.end.kind !== 'pass' ? [leaf] : second.leaves.map(next => ({...next, share: times(leaf.share, next.share), path: [...leaf.path, ...next.path]})));
  };

  const order = active.length > 0 ? active : translations.slice(0, 1);
  return {
    backends: active.map(({backend}) => backend),
    outcomes: filtered(inOrder(order)),
    alternative: active.length > 1 ? filtered(inOrder([...active].reverse())) : null,
  };
}
