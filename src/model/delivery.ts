import type {Comparison, Fault} from './compare.ts';
import {toNumber} from './fraction.ts';
import {parseAddress} from './ip.ts';
import {walk} from './netfilter/walk.ts';
import type {NodeRules} from './node-rules.ts';

/** What the node of an endpoint does to connections that other nodes send there. */
export interface Refused {
  readonly node: string;
  readonly endpoint: string;
  /** Share of the connections to this endpoint. */
  readonly share: number;
  readonly fault: Extract<Fault, {kind: 'foreign-drop' | 'forward-policy'}>;
}

/**
 * Follows the connections that one node translates to the nodes of their endpoints, whose own filter rules they meet as well;
 * the prediction becomes the share that is let in. Nodes whose rules are not known are taken to let all in.
 * Not handled: masquerading, so that the sender's own address is assumed to arrive.
 */
export function delivered(comparison: Comparison, rulesOf: (node: string) => NodeRules | undefined): Comparison {
  const {way, shares, predicted} = comparison;
  if (predicted === null) return comparison;
  const refused = way.expected.endpoints.flatMap(({to, address, port, node}): Refused[] => {
    const there = node === null || node === way.node ? undefined : rulesOf(node);
    const destination = parseAddress(address);
    if (there === undefined || node === null || destination === null || (shares[to] ?? 0) === 0) return [];
    const [outcomes = []] = walk(there, {...way.packet, destination, port, from: 'outside', mark: 0, original: null}).orders;
    return outcomes.flatMap(({end, share, path}): Refused[] => {
      if (end.kind !== 'drop' && end.kind !== 'reject') return [];
      const lost = toNumber(share);
      const fault: Refused['fault'] = end.rule === null ? {kind: 'forward-policy', share: lost, evidence: path} : {kind: 'foreign-drop', share: lost, with: end.kind, evidence: path};
      return [{node, endpoint: to, share: lost, fault}];
    });
  });
  const lost = refused.reduce((sum, {endpoint, share}) => sum + share * (shares[endpoint] ?? 0), 0);
  return {...comparison, predicted: Number((predicted - lost).toFixed(12)), refused};
}
