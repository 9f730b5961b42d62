import type {Dialect} from './dialect.ts';
import type {NodeRules} from './node-rules.ts';
import {isIn} from './senders.ts';
import type {Way} from './ways.ts';

/**
 * Whether kube-proxy's rules on this node answer for such a way in, so that it can be compared. Not handled: in ipvs mode, what the
 * cluster itself sends to addresses for outsiders; pods that kube-proxy does not tell from others, where a policy of Local holds.
 */
export function isAsked(rules: NodeRules, dialect: Dialect, way: Way): boolean {
  if (way.kind === 'node-port' && !dialect.servesNodePortsAt(rules, way.packet.destination)) return false;
  if (way.kind === 'cluster-ip' || way.client === 'outside') return true;
  if (dialect.senders === undefined) return false;
  return way.client === 'host' || !way.keepsClient || isIn(dialect.senders(rules, way.packet.destination.family).pods, way.packet.source) === true;
}
