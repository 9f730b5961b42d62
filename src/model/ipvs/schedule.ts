import type {Destination, VirtualServer} from '../../parse/ipvs.ts';
import {type Fraction, fraction} from '../fraction.ts';

/** Where a virtual server sends new connections, and which share of very many; or why that cannot be told. */
export type Schedule = {readonly shares: readonly {readonly to: Destination; readonly share: Fraction}[]} | {readonly undecided: string};

/** A destination of weight 0 gets nothing from any scheduler. */
type Sharing = 'equal' | 'weighted';

/**
 * Schedulers of the kernel (net/netfilter/ipvs/ip_vs_*.c) that kube-proxy can be told to use. Exact for rr and wrr; of those that
 * count connections (lc, wlc, sed, nq) in the long run; of those that go by the client's address (sh, mh) over many clients, since
 * each client always gets the same. dh, lblc and lblcr go by the VIP, and keep to one destination of it: which, the table does not show.
 */
const sharings: Readonly<Record<string, Sharing>> = {rr: 'equal', lc: 'equal', wrr: 'weighted', wlc: 'weighted', sed: 'weighted', nq: 'weighted', sh: 'weighted', mh: 'weighted'};
const keepsToOne = new Set(['dh', 'lblc', 'lblcr']);

export function schedule({scheduler, destinations}: VirtualServer): Schedule {
  const open = destinations.filter(({weight}) => weight > 0);
  const strange = open.find(({forward}) => forward !== 'Masq' && forward !== 'Local');
  if (strange !== undefined) return {undecided: `kdiag cannot follow connections that ipvs forwards by ${strange.forward}`};
  const [only] = open;
  if (only === undefined || open.length === 1) return {shares: only === undefined ? [] : [{to: only, share: fraction(1n, 1n)}]};
  if (keepsToOne.has(scheduler)) return {undecided: `the scheduler ${scheduler} keeps to one of ${open.length} destinations, and kdiag cannot tell to which`};
  const sharing = sharings[scheduler];
  if (sharing === undefined) return {undecided: `kdiag does not know how the scheduler ${scheduler} shares connections`};
  const parts = open.map(({weight}) => (sharing === 'equal' ? 1 : weight));
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return {shares: open.map((to, i) => ({to, share: fraction(BigInt(parts[i] ?? 0), BigInt(whole))}))};
}

/** Whether it decides by the client's address, so that shares hold over many clients and not over many connections of one. */
export function isPerClient({scheduler, persistent}: VirtualServer): boolean {
  return scheduler === 'sh' || scheduler === 'mh' || persistent !== null;
}
