import {type Answer, isKnown} from '../../cluster/answer.ts';
import type {TcpAsk, TcpAsked, TcpTry, TlsCertificate} from '../../cluster/tcp.ts';
import type {DnsPlace} from '../dns/place.ts';
import {hostPort} from '../ip.ts';

/** Where API servers are asked: the Service's address, one of its endpoints, or one that runs and is no endpoint. */
export interface ApiTarget {
  readonly kind: 'vip' | 'endpoint' | 'other';
  readonly address: string;
  readonly port: number;
}

/** What one place heard from one target: whether it takes connections, and which certificate it shows. */
export interface ApiCell {
  readonly from: DnsPlace;
  readonly target: ApiTarget;
  readonly heard: Answer<TcpAsked>;
}

export type ApiCertificate = TlsCertificate;

/** How often each target is asked, and how long, in ms. */
const patience = {tries: 5, timeoutMs: 3_000} as const;

export function askOf({address, port}: ApiTarget): TcpAsk {
  return {address, port, tries: patience.tries, timeoutMs: patience.timeoutMs, what: {kind: 'tls', serverName: null}};
}

export function triesOf(cells: readonly ApiCell[]): TcpTry[] {
  return cells.flatMap(({heard}) => (isKnown(heard) ? heard.known.tries : []));
}

/**
 * TLS's first messages, an alert, or what is no TLS at all. A connection alone is none: the kernel of a machine takes it for a server that
 * hangs, a load balancer for one that is gone, and where large packets are lost nothing comes after it.
 */
export function isAnswered({outcome}: TcpTry): boolean {
  return outcome === 'answered' || outcome === 'malformed' || outcome === 'connected';
}

export const targetText = ({address, port}: ApiTarget): string => hostPort(address, port);
