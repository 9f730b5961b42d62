import type {Comparison, Hindrance, Refused} from './comparison.ts';
import {toNumber} from './fraction.ts';
import {parseAddress} from './ip.ts';
import {type Outcome, walk} from './netfilter/walk.ts';
import {edited, isSame} from './netfilter/edit.ts';
import {basesOf} from './netfilter/hooks.ts';
import type {NodeRules} from './node-rules.ts';
import type {Packet} from './packet.ts';
import {together} from './together.ts';

/**
 * Follows the connections that one node translates to the nodes of their endpoints, whose own filter rules they meet as well;
 * the prediction becomes the share that is let in. Nodes whose rules are not known are taken to let all in.
 * Of a masqueraded sender the address that arrives is not known: rules that ask for it are undecided, and taken to let it pass.
 */
export function delivered(comparison: Comparison, rulesOf: (node: string) => NodeRules | undefined, nodeAt: (address: string) => string | null = () => null): Comparison {
  const {way, shares, predicted, rewritten} = comparison;
  if (predicted === null) return comparison;
  const byNode = new Map<string, Hindrance[]>();
  const stays = new Map<string, number>();
  for (const {to, address, port, node: named} of way.expected.endpoints) {
    const node = named ?? nodeAt(address); // the slices of the API server, and those that are written by hand, name none
    const there = node === null || node === way.node ? undefined : rulesOf(node);
    const destination = parseAddress(address);
    const sent = shares[to] ?? 0;
    if (there === undefined || node === null || destination === null || sent === 0) continue;
    const packet: Packet = {...way.packet, source: rewritten.includes(to) ? null : way.packet.source, destination, port, from: 'outside', mark: 0, original: null};
    const [outcomes = []] = walk(there, packet).orders;
    byNode.set(node, [...(byNode.get(node) ?? []), ...outcomes.flatMap(({end, share, path}): Hindrance[] => {
      if (end.kind !== 'drop' && end.kind !== 'reject') return [];
      const told = {share: toNumber(share) * sent, evidence: path};
      return [end.rule === null ? {kind: 'forward-policy', ...told} : {kind: 'foreign-drop', with: end.kind, ...told}];
    })]);
    stays.set(node, (stays.get(node) ?? 0) + sent * stillRefused(there, packet, outcomes));
  }
  const refused = [...byNode].flatMap(([node, faults]) => together(faults).map((fault): Refused => ({node, fault, proof: {before: rounded(predicted - fault.share), after: rounded(predicted - (stays.get(node) ?? 0)), withOthers: faults.length > 1}})));
  const lost = refused.reduce((sum, {fault}) => sum + fault.share, 0);
  return {...comparison, predicted: rounded(predicted - lost), refused};
}

/** What is refused there even when the rules that refuse it now are gone. */
function stillRefused(there: NodeRules, packet: Packet, outcomes: readonly Outcome[]): number {
  const refusing = outcomes.flatMap(({end, path}) => (end.kind === 'drop' || end.kind === 'reject' ? path.slice(-1) : []));
  if (!outcomes.some(({end}) => end.kind === 'drop' || end.kind === 'reject')) return 0;
  const accept = outcomes.some(({end}) => end.kind === 'drop' && end.rule === null);
  const bases = basesOf(there, packet.destination.family).map(base => edited(base, {accept, rule: rule => (refusing.some(each => isSame(each, rule)) ? null : undefined)}));
  const [then = []] = walk(there, packet, bases).orders;
  return then.filter(({end}) => end.kind === 'drop' || end.kind === 'reject').reduce((sum, {share}) => sum + toNumber(share), 0);
}

function rounded(share: number): number {
  return Number(share.toFixed(12));
}
