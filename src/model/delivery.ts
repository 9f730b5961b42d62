import type {Comparison, Fault} from './compare.ts';
import {toNumber} from './fraction.ts';
import {parseAddress} from './ip.ts';
import {walk} from './netfilter/walk.ts';
import type {NodeRules} from './node-rules.ts';
import {together} from './together.ts';

type Hindrance = Extract<Fault, {kind: 'foreign-drop' | 'forward-policy'}>;

/** What the node of endpoints does to connections that another node sends there; the share is of all that this node translates. */
export interface Refused {
  readonly node: string;
  readonly fault: Hindrance;
}

/**
 * Follows the connections that one node translates to the nodes of their endpoints, whose own filter rules they meet as well;
 * the prediction becomes the share that is let in. Nodes whose rules are not known are taken to let all in.
 * Of a masqueraded sender the address that arrives is not known: rules that ask for it are undecided, and taken to let it pass.
 */
export function delivered(comparison: Comparison, rulesOf: (node: string) => NodeRules | undefined): Comparison {
  const {way, shares, predicted, rewritten} = comparison;
  if (predicted === null) return comparison;
  const byNode = new Map<string, Hindrance[]>();
  for (const {to, address, port, node} of way.expected.endpoints) {
    const there = node === null || node === way.node ? undefined : rulesOf(node);
    const destination = parseAddress(address);
    const sent = shares[to] ?? 0;
    if (there === undefined || node === null || destination === null || sent === 0) continue;
    const [outcomes = []] = walk(there, {...way.packet, source: rewritten.includes(to) ? null : way.packet.source, destination, port, from: 'outside', mark: 0, original: null}).orders;
    byNode.set(node, [...(byNode.get(node) ?? []), ...outcomes.flatMap(({end, share, path}): Hindrance[] => {
      if (end.kind !== 'drop' && end.kind !== 'reject') return [];
      const told = {share: toNumber(share) * sent, evidence: path};
      return [end.rule === null ? {kind: 'forward-policy', ...told} : {kind: 'foreign-drop', with: end.kind, ...told}];
    })]);
  }
  const refused = [...byNode].flatMap(([node, faults]) => together(faults).map(fault => ({node, fault})));
  const lost = refused.reduce((sum, {fault}) => sum + fault.share, 0);
  return {...comparison, predicted: Number((predicted - lost).toFixed(12)), refused};
}
