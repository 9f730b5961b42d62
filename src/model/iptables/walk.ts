import type {Rule} from '../../parse/iptables.ts';
import {type Fraction, one, plus, times} from '../fraction.ts';
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

/** A share of the connections on its way: not refused so far. */
interface Going {
  readonly share: Fraction;
  readonly packet: Packet;
  readonly path: readonly Rule[];
  readonly unfollowed: Rule | null;
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

  /** Through tables that translate nothing: what is refused there, and what goes on, with the marks it got. */
  function screen(start: Going, names: readonly string[], chain: string): {refused: Outcome[]; onward: Going[]} {
    const refused: Outcome[] = [];
    let onward = [start];
    for (const name of names) {
      for (const set of rulesets) {
        onward = onward.flatMap(going => byMark(table(set, name, chain, going.packet).flatMap(({share, end, packet: at, path}): Going[] => {
          const part = times(going.share, share);
          if (end.kind === 'drop' || end.kind === 'reject') refused.push({share: part, end, path: [...going.path, ...path], unfollowed: null});
          return end.kind === 'drop' || end.kind === 'reject' ? [] : [{...going, share: part, packet: at, unfollowed: going.unfollowed ?? (end.kind === 'undecided' ? end.rule : null)}];
        })));
      }
    }
    return {refused, onward};
  }

  /** The filter hooks of where the packet goes once it is translated, or is not. */
  function filtered({unfollowed}: Going, {share, end, path, packet: at}: Leaf): Outcome[] {
    if (end.kind !== 'pass' && end.kind !== 'dnat') return [{share, end, path, unfollowed}];
    const chain = packet.from === 'host' ? 'OUTPUT' : isLocal(rules, at.destination) === true ? 'INPUT' : 'FORWARD';
    const {refused, onward} = screen({share, packet: at, path, unfollowed}, ['mangle', 'filter'], chain);
    return [...refused, ...onward.map(going => ({share: going.share, end, path, unfollowed: going.unfollowed}))];
  }

  const {refused, onward} = screen({share: one, packet, path: [], unfollowed: null}, ['raw', 'mangle'], hook);
  const translated = onward.map(going => ({going, by: new Map(rulesets.map(set => [set.backend, table(set, 'nat', hook, going.packet).map(leaf => ({...leaf, share: times(going.share, leaf.share)}))]))}));
  const backends = rulesets.map(({backend}) => backend).filter(backend => translated.some(({by}) => by.get(backend)?.some(({end}) => end.kind !== 'pass') === true));

  /** The first backend's translation stands; what it lets pass, the second may translate. */
  const inOrder = (order: readonly Ruleset['backend'][]): Outcome[] => [...refused, ...translated.flatMap(({going, by}) => {
    const [first, second] = order.map(backend => by.get(backend) ?? []);
    const leaves = first === undefined ? [{share: going.share, end: {kind: 'pass' as const}, packet: going.packet, path: []}]
      : second === undefined ? first
      : first.flatMap(leaf => leaf.end.kind !== 'pass' ? [leaf] : second.map(next => ({...next, share: times(leaf.share, next.share) / going.share, path: [...leaf.path, ...next.path]})));
    return leaves.flatMap(leaf => filtered(going, leaf));
  })];

  return {
    backends,
    outcomes: inOrder(backends.length > 0 ? backends : rulesets.slice(0, 1).map(({backend}) => backend)),
    alternative: backends.length > 1 ? inOrder([...backends].reverse()) : null,
  };
}

/** Packets that differ in nothing go on as one. */
function byMark(all: readonly Going[]): Going[] {
  const groups = new Map<number, Going>();
  for (const going of all) {
    const other = groups.get(going.packet.mark);
    groups.set(going.packet.mark, other === undefined ? going : {...other, share: plus(other.share, going.share), unfollowed: other.unfollowed ?? going.unfollowed});
  }
  return [...groups.values()];
}
