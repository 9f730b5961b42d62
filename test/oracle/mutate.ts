import {mutateIptables} from './mutate/iptables.ts';
import {mutateNft} from './mutate/nft.ts';
import type {ProxyMode} from './kube-proxy.ts';

/** One thing that is changed in a node's rules, as a hand, a tool or a bug might. */
export interface Mutation {
  readonly kind: string;
  /** What exactly, for people. */
  readonly what: string;
  /** The section of the node's reading that changes, and its new text. */
  readonly section: string;
  readonly stdout: string;
}

/** What a drawing may be about: addresses and blocks that narrow a foreign rule, ports of Services. */
export interface Scenery {
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

export type Draw = <T>(items: readonly T[]) => T;

/** Null: the draw came upon nothing that such a mutation could change; draw again. Pure. */
export function mutate(mode: ProxyMode, sections: Readonly<Record<string, string>>, scenery: Scenery, chance: () => number): Mutation | null {
  const draw: Draw = items => items[Math.floor(chance() * items.length)] as (typeof items)[number];
  return mode === 'iptables' ? mutateIptables(sections, scenery, draw) : mutateNft(sections, scenery, draw);
}
