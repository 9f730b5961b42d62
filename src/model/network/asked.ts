import {type Answer, isKnown} from '../../cluster/answer.ts';
import type {TcpAsk, TcpAsked, TcpTry} from '../../cluster/tcp.ts';
import type {DnsPlace} from '../dns/place.ts';
import type {Endpoint} from '../endpoints.ts';

/** What is asked whether it takes connections. */
export type Target =
  | {readonly kind: 'vip'; readonly address: string; readonly port: number; readonly servicePort: string}
  /** `servicePort`: `80/TCP`, as of the VIP. `node`: where it is; null: nobody says. `isPod`: behind a node's network, not in it. */
  | {readonly kind: 'endpoint'; readonly address: string; readonly port: number; readonly servicePort: string; readonly node: string | null; readonly isPod: boolean; readonly endpoint: Endpoint}
  /** A pod's port at which nothing is expected to listen: that it refuses shows that the way there and back is whole. */
  | {readonly kind: 'pod'; readonly address: string; readonly port: number; readonly node: string; readonly isPod: true; readonly pod: string};

/** Where it is; null: nobody says, or, of a VIP, it is nowhere. */
export function nodeOf(target: Target): string | null {
  return target.kind === 'vip' ? null : target.node;
}

/** `small`: a connection alone; `few`: some bytes are sent on it, and must be acknowledged; `large`: more bytes than one packet takes. */
export interface NetworkCell {
  readonly from: DnsPlace;
  readonly target: Target;
  readonly size: 'small' | 'few' | 'large';
  readonly heard: Answer<TcpAsked>;
}

/** A VIP is asked often enough for a share; an endpoint answers or does not. */
const tries = {vip: 20, endpoint: 3, pod: 2} as const;
/** Two retransmissions of a SYN fit (RFC 6298 §2: 1 s, then 2 s), with some time to spare. */
const timeoutMs = 3_500;
/** More than two full packets of any usual MTU but jumbo frames. */
const bytes = {small: 0, few: 64, large: 4_000} as const;

export function askOf({target, size}: Pick<NetworkCell, 'target' | 'size'>): TcpAsk {
  return {address: target.address, port: target.port, tries: size === 'large' ? 1 : size === 'few' ? 2 : tries[target.kind], timeoutMs, what: {kind: 'connect', payload: bytes[size]}};
}

/** Whether packets went there and back: of a closed port, the refusal of the one who was asked shows it, and that of somebody on the way does not. */
export function isThrough({target, size}: Pick<NetworkCell, 'target' | 'size'>, {outcome, icmp, connectMicros}: TcpTry): boolean {
  // a program that does not understand what was sent, and ends the connection, has got it
  if (size !== 'small' && connectMicros !== null && (outcome === 'closed' || outcome === 'reset')) return true;
  return outcome === 'connected' || outcome === 'answered' || ((target.kind === 'pod' || target.kind === 'endpoint') && isRefusedByItself({outcome, icmp}));
}

export function takes({outcome}: TcpTry): boolean {
  return outcome === 'connected' || outcome === 'answered';
}

/** Not by somebody on the way, who would say so over ICMP. */
function isRefusedByItself({outcome, icmp}: Pick<TcpTry, 'outcome' | 'icmp'>): boolean {
  return (outcome === 'refused' || outcome === 'reset') && icmp === null;
}

/** A proxy beside a client (Envoy) takes every connection for itself, whoever is behind it. */
const few = 0.4;

/** Of those who asked for one endpoint hardly anybody was taken in. Without any try, nobody knows. */
export function takesFew(cells: readonly NetworkCell[]): boolean {
  const all = triesOf(cells);
  return all.length > 0 && all.filter(takes).length / all.length < few;
}

/** Nothing listens there, as far as those who asked can tell. */
export function isClosed(cells: readonly NetworkCell[]): boolean {
  return takesFew(cells) && triesOf(cells).some(isRefusedByItself);
}

export function triesOf(cells: readonly NetworkCell[]): readonly TcpTry[] {
  return cells.flatMap(({heard}) => (isKnown(heard) ? heard.known.tries : []));
}

export type Failure = 'refused' | 'no-route' | 'timed-out' | 'other';

/** How most of the tries failed; what says why says more than silence. */
export function failureOf(failed: readonly TcpTry[]): {readonly kind: Failure; readonly text: string} {
  const from = failed.find(({icmp}) => icmp?.from !== null && icmp?.from !== undefined)?.icmp?.from;
  const by = from === undefined || from === null ? '' : `, said by ${from}`;
  if (failed.some(({outcome}) => outcome === 'host-unreachable' || outcome === 'no-route')) return {kind: 'no-route', text: `no route to host${by}`};
  if (failed.some(({outcome}) => outcome === 'refused' || outcome === 'reset')) return {kind: 'refused', text: `connection refused${by}`};
  if (failed.some(({outcome}) => outcome === 'timed-out')) return {kind: 'timed-out', text: 'timed out'};
  return {kind: 'other', text: failed[0]?.detail ?? failed[0]?.outcome ?? 'no answer'};
}
