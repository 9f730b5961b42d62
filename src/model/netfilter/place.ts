import {isKnown} from '../../cluster/answer.ts';
import type {Address} from '../ip.ts';
import type {Sets} from '../ipset.ts';
import type {Ipvs} from '../ipvs/ipvs.ts';
import {isLocal, type NodeRules} from '../node-rules.ts';

/** What a rule may ask about the node on which a packet meets it. Rules themselves know no node: many have the same. */
export interface Place {
  /** Whether an address is one of the node's own; null: not known. */
  readonly isLocal: (address: Address) => boolean | null;
  /** The node's ipsets; null or absent: not known. */
  readonly sets?: Sets | null;
}

/** All that a packet's walk asks about a node besides its base chains. */
export interface Site extends Place {
  readonly ipvs: Ipvs;
  /** The node's own addresses; null: not known. */
  readonly addresses: () => ReadonlySet<string> | null;
}

const made = new WeakMap<NodeRules, Site>();

export function siteOf(rules: NodeRules): Site {
  const known = made.get(rules) ?? {isLocal: address => isLocal(rules, address), sets: isKnown(rules.ipvs.sets) ? rules.ipvs.sets.known : null, ipvs: rules.ipvs, addresses: () => rules.localAddresses};
  made.set(rules, known);
  return known;
}
