import {type Fraction, plus, toNumber, zero} from '../../src/model/fraction.ts';
import {formatAddress, hostPort, parseAddress} from '../../src/model/ip.ts';
import type {End} from '../../src/model/netfilter/traverse.ts';
import {type Outcome, walk} from '../../src/model/netfilter/walk.ts';
import type {NodeRules} from '../../src/model/node-rules.ts';
import {type Family, masqueradedAs} from './addresses.ts';

/** Connections of one kind: all that rules can see of them is the same, except the client's port. */
export interface Kind {
  readonly family: Family;
  readonly from: 'pod' | 'host' | 'outside';
  readonly protocol: 'tcp' | 'udp';
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

/** Ends as they can be observed: `10.2.0.11:80 from 172.30.2.1`, an errno, or `silent`. */
export type Seen = string;

export interface Expectation {
  /** The share of each end, for every order of NAT chains that the dump leaves open. */
  readonly orders: readonly ReadonlyMap<Seen, number>[];
  /** Why the walk leaves it open. */
  readonly undecided: {readonly raw: string; readonly because: string} | null;
}

export function expect(rules: NodeRules, kind: Kind): Expectation {
  const [source, destination] = [parseAddress(kind.source), parseAddress(kind.destination)];
  if (source === null || destination === null) throw new Error(`no address: ${kind.source} ${kind.destination}`);
  const {orders} = walk(rules, {protocol: kind.protocol, source, destination, port: kind.port, from: kind.from, mark: 0, original: null});
  const open = orders.flat().map(reasonOf).find(reason => reason !== null) ?? null;
  return {undecided: open, orders: open === null ? orders.map(outcomes => shares(outcomes, kind)) : []};
}

function reasonOf({end, unfollowed, source}: Outcome): Expectation['undecided'] {
  if (end.kind === 'undecided') return {raw: end.rule.raw, because: end.because};
  if (unfollowed !== null) return {raw: unfollowed.raw, because: 'unfollowed'};
  return source.kind === 'unknown' && (end.kind === 'pass' || end.kind === 'dnat') ? {raw: source.rule.raw, because: source.because} : null;
}

function shares(outcomes: readonly Outcome[], kind: Kind): Map<Seen, number> {
  const sums = new Map<Seen, Fraction>();
  for (const outcome of outcomes) {
    const seen = seenOf(outcome, kind);
    sums.set(seen, plus(sums.get(seen) ?? zero, outcome.share));
  }
  return new Map([...sums].map(([seen, share]) => [seen, toNumber(share)] as const).filter(([, share]) => share > 0));
}

function seenOf(outcome: Outcome, kind: Kind): Seen {
  if (outcome.end.kind === 'drop') return stopped(kind, 'silent');
  if (outcome.end.kind === 'reject') return stopped(kind, refusal(outcome.end, kind));
  const to = outcome.to ?? hostPort(kind.destination, kind.port);
  return landed(to, sourceOf(outcome, kind, /^(?:\[(.*)\]|(.*)):\d+$/.exec(to)?.slice(1).find(part => part !== undefined) ?? ''));
}

export const landed = (at: string, from: string): Seen => `${at} from ${from}`;

function sourceOf({source}: Outcome, kind: Kind, destination: string): string {
  if (source.kind !== 'rewritten') return kind.source;
  if (source.to === null) return masqueradedAs(kind.family, destination) ?? 'the node';
  const address = parseAddress(source.to);
  return address === null ? source.to : formatAddress(address);
}

/**
 * A process of the node itself is not told apart: while it connects, its socket is in its own hands, and an ICMP error that comes
 * back within the call is put off (tcp_v4_err, sock_owned_by_user).
 */
export function stopped(kind: Kind, seen: Seen): Seen {
  return kind.from === 'host' && kind.protocol === 'tcp' ? 'stopped' : seen;
}

/** Refusal → the errno of a connect(2) (net/ipv4/icmp.c icmp_err_convert, net/ipv6/icmp.c tab_unreach). */
const errnos: Readonly<Record<string, string>> = {
  'tcp-reset': 'ECONNREFUSED', 'tcp reset': 'ECONNREFUSED', 'port-unreachable': 'ECONNREFUSED', 'proto-unreachable': 'ENOPROTOOPT', 'prot-unreachable': 'ENOPROTOOPT',
  'host-unreachable': 'EHOSTUNREACH', 'net-unreachable': 'ENETUNREACH', 'net-prohibited': 'ENETUNREACH', 'host-prohibited': 'EHOSTUNREACH', 'admin-prohibited': 'EHOSTUNREACH',
  'no-route': 'ENETUNREACH', 'addr-unreachable': 'EHOSTUNREACH', 'adm-prohibited': 'EACCES', 'policy-fail': 'EACCES', 'reject-route': 'EACCES',
};

/** Of UDP, an error that may pass by itself does not reach the sender (`fatal` in the same tables). */
function refusal({with: kindOf}: End & {readonly kind: 'reject'}, {family, protocol}: Kind): Seen {
  const name = kindOf.replace(/^icmp6?-/, '');
  // icmpx of nft: no-route, host-unreachable and admin-prohibited mean a code of each family
  const same = family === 6 ? {'admin-prohibited': 'adm-prohibited', 'host-unreachable': 'addr-unreachable'}[name] ?? name : name === 'no-route' ? 'net-unreachable' : name;
  const errno = errnos[same] ?? `unknown refusal ${kindOf}`;
  return protocol === 'udp' && ['net-unreachable', 'host-unreachable', 'no-route', 'addr-unreachable'].includes(same) ? 'silent' : errno;
}
