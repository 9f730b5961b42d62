import type {Seen, Vantage} from './clients.ts';

export type NodeName = 'cp' | 'node1' | 'node2';

/** The share of requests that succeed from one vantage, and what it looks like. */
export interface Clients {
  /** `some`: neither none nor all; how many depends on which node each pod happens to be on. */
  readonly share: number | 'some';
  readonly why?: 'refused' | 'timeout';
  /** How many different pods answer. */
  readonly pods?: number;
}

/** What kdiag has to say. Where a list is given, each of its entries is as good as another. */
export interface Expectation {
  readonly exit: Exit | readonly Exit[];
  readonly status: readonly Status[];
  /** Of the first root cause. */
  readonly code?: readonly string[];
  readonly subject?: {readonly kind: string; readonly name: string | RegExp};
  readonly reason?: string;
  /** `reach` of the Service's VIP, per node. */
  readonly reach?: Partial<Record<NodeName, number>>;
}

export type Exit = 0 | 1 | 3;
export type Status = 'healthy' | 'degraded' | 'broken' | 'unknown';

/** One way to break the cluster for real, what clients then see, and what kdiag has to say about it. */
export interface Fault {
  readonly name: string;
  /** Also tried where the nodes use iptables-legacy. */
  readonly legacy?: true;
  /** Differs little from another fault, or takes long: only where all are asked for. */
  readonly rarely?: true;
  /** The Service that breaks; `default/hostnames` of the demo unless said. */
  readonly service?: {readonly namespace: string; readonly name: string};
  /** What clients ask for; the Service's VIP and first port unless said. */
  readonly address?: () => Promise<string>;
  readonly tries?: number;
  readonly break: () => Promise<void>;
  /** What the harness does not put back by itself: it restores the demo, kube-proxy's DaemonSet and its ConfigMap. */
  readonly repair?: () => Promise<void>;
  /** Vantages that are not named must be unharmed. */
  readonly clients: Partial<Record<Vantage, Clients>>;
  readonly expect: Expectation;
}

export const everywhere = (clients: Clients): Fault['clients'] => ({cp: clients, node1: clients, node2: clients, 'pod on node1': clients, 'pod on node2': clients});
export const atNode = (node: 'node1' | 'node2', clients: Clients): Fault['clients'] => ({[node]: clients, [`pod on ${node}`]: clients});

/** Says what differs from what clients should see, or null. Random balancing is given a wide berth: one in many thousand runs fails by chance. */
export function differs(seen: Seen, {share, why, pods}: Clients): string | null {
  const got = seen.ok / seen.tries;
  const fits = share === 0 || share === 1 ? got === share : got > 0 && got < 1 && (share === 'some' || Math.abs(got - share) < 0.3);
  if (!fits) return `share ${got.toFixed(2)} instead of ${share}`;
  if (why !== undefined && !(why in seen.failures)) return `${Object.keys(seen.failures).join(' and ')} instead of ${why}`;
  const answering = Object.keys(seen.answers).length;
  if (pods !== undefined && answering !== pods) return `${answering} pods answer instead of ${pods}`;
  return null;
}
