import {type Address, type Block, contains, parseBlock} from './ip.ts';
import type {Way} from './ways.ts';

/**
 * Which senders kube-proxy tells apart on a node (its clusterCIDR, detectLocalMode and masqueradeAll), as its rules for all
 * Services say: what most of them say was meant, and one that differs was changed.
 */
export interface Senders {
  /** Senders that count as pods; null: it tells none apart, or by an interface. */
  readonly pods: Block | null;
  /** Whose connections to a ClusterIP get the node's address: of all, of all but pods, or of nobody that the rules show. */
  readonly masqueraded: 'all' | 'not-pods' | null;
}

export const unknownSenders: Senders = {pods: null, masqueraded: null};

/** `blocks` of rules that take pods out of masquerading, or to all endpoints; `''`: a rule that takes out nobody. */
export function sendersIn(masquerading: readonly string[], shortCircuits: readonly string[]): Senders {
  const most = mostOften(masquerading);
  const block = mostOften([...masquerading, ...shortCircuits].filter(text => text !== ''));
  // a kube-proxy that lets pods past a policy knows them, and then masquerades others
  const without = block === null ? null : 'not-pods';
  return {pods: block === null ? null : parseBlock(block), masqueraded: most === null ? without : most === '' ? 'all' : 'not-pods'};
}

function mostOften(texts: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].reduce<readonly [string | null, number]>((best, each) => (each[1] > best[1] ? each : best), [null, 0])[0];
}

/**
 * Whether kube-proxy gives such a connection the node's address: wherever another node's endpoint may be drawn, except where the
 * policy is there to keep the client's, and for pods, which every node reaches. Null: the rules do not say.
 */
export function isMasqueraded(way: Way, {pods, masqueraded}: Senders): boolean | null {
  const isPod = way.client !== 'pod' ? false : isIn(pods, way.packet.source);
  if (way.kind === 'cluster-ip') return masqueraded === 'all' ? true : masqueraded === null ? null : isPod === null ? null : !isPod;
  if (!way.keepsClient) return true;
  return way.client === 'host' ? true : way.client === 'outside' ? false : isPod === true ? false : null;
}

/** Null: the block or the sender is not known. */
export function isIn(block: Block | null, sender: Address | null): boolean | null {
  return block === null || sender === null ? null : contains(block, sender);
}
