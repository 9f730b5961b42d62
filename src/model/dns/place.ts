import type {Place} from '../../cluster/dns.ts';
import type {Pod} from '../../cluster/objects.ts';

/**
 * Where DNS is asked from. `client`: as a client there would ask; `other`: a node beside the client's, for comparison;
 * `server`: a CoreDNS pod, which asks its upstreams.
 */
export interface DnsPlace {
  readonly role: 'client' | 'other' | 'server';
  readonly place: Place;
  /** The pod at this place; null: the node itself. */
  readonly pod: Pod | null;
}

/** `pod shop/cart-1` or `node1 itself`. */
export function placeText({place: {node, pod}}: DnsPlace): string {
  return pod === null ? `${node} itself` : `pod ${pod.namespace}/${pod.name} on ${node}`;
}
