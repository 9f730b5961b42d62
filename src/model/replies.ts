import {type Fraction, plus, toNumber, zero} from './fraction.ts';
import {parseAddress} from './ip.ts';
import type {Line} from './netfilter/program.ts';
import {type Outcome, walk} from './netfilter/walk.ts';
import {isLocal, type NodeRules} from './node-rules.ts';
import type {Way} from './ways.ts';

/** Connections to an endpoint whose answers cannot come back, for want of masquerading. */
export interface Unanswered {
  /** `outside`: the endpoint's node answers the client past this one. `itself`: a pod that got through to itself. `node`: the node asks under a VIP. */
  readonly whose: 'outside' | 'itself' | 'node';
  /** `marked`: the packet carries kube-proxy's mark, and POSTROUTING does not heed it. */
  readonly reason: 'not-marked' | 'marked';
  readonly endpoints: readonly string[];
  /** Of the connections from such a client. */
  readonly share: number;
  readonly evidence: readonly Line[];
}

/**
 * Whether the answer to a connection that keeps its sender's address misses this node, where it would have to be translated
 * back: an outsider's connection to another node's pod is answered directly, and a pod takes no packet that comes from itself.
 * Not handled: a sender within the cluster whose address the endpoint's node cannot reach.
 */
export function staysUnanswered(rules: NodeRules, way: Way, {end, source}: Outcome): boolean {
  if (end.kind !== 'dnat' || source.kind !== 'kept') return false;
  const endpoint = way.expected.endpoints.find(({to}) => to === end.to);
  if (endpoint === undefined) return false;
  if (way.client === 'outside') return endpoint.node !== way.node;
  // A node that has the VIP asks from it (walk.ts), and every other node takes the VIP for its own, or has no way to it.
  const address = parseAddress(endpoint.address);
  if (way.client === 'host') return way.kind === 'cluster-ip' && isLocal(rules, way.packet.destination) === true && endpoint.node !== way.node && (address === null || isLocal(rules, address) !== true);
  return way.client === 'pod' && address !== null && address.bits === way.packet.source?.bits && isLocal(rules, address) !== true;
}

/** What stays unanswered of this way in, and, of a ClusterIP's, of each of the node's own endpoints that connects to it. */
export function unanswered(rules: NodeRules, way: Way, outcomes: readonly Outcome[]): Unanswered[] {
  const own = gathered(rules, way, outcomes);
  if (way.kind !== 'cluster-ip' || way.client !== 'pod') return own;
  const itself = ownClients(rules, way).filter(({endpoint}) => outcomes.some(({end}) => end.kind === 'dnat' && end.to === endpoint)).flatMap(({as}) => walk(rules, as.packet).orders.flatMap(order => gathered(rules, as, order)));
  const [first] = itself;
  return first === undefined ? own : [...own, {
    ...first,
    endpoints: [...new Set(itself.flatMap(({endpoints}) => endpoints))].sort(),
    share: Math.max(...itself.map(({share}) => share)),
    evidence: [...new Set(itself.flatMap(({evidence}) => evidence))],
  }];
}

/** The same way in, for each endpoint on this node that connects to its own Service from the pod network. */
export function ownClients(rules: NodeRules, way: Way): {readonly endpoint: string; readonly as: Way}[] {
  return way.expected.endpoints.filter(({node}) => node === way.node).flatMap(({to, address}) => {
    const source = parseAddress(address);
    return source === null || isLocal(rules, source) === true ? [] : [{endpoint: to, as: {...way, packet: {...way.packet, source}}}];
  });
}

function gathered(rules: NodeRules, way: Way, outcomes: readonly Outcome[]): Unanswered[] {
  const lost = outcomes.filter(outcome => staysUnanswered(rules, way, outcome));
  const [first] = lost;
  if (first === undefined) return [];
  const share: Fraction = lost.reduce((sum, each) => plus(sum, each.share), zero);
  return [{
    whose: way.client === 'outside' ? 'outside' : way.client === 'host' ? 'node' : 'itself',
    reason: first.mark === 0 ? 'not-marked' : 'marked',
    endpoints: [...new Set(lost.flatMap(({end}) => (end.kind === 'dnat' ? [end.to] : [])))].sort(),
    share: toNumber(share),
    evidence: first.path,
  }];
}
