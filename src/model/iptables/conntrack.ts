import type {Address} from '../ip.ts';
import {isSourceChanged, type Packet} from '../packet.ts';

/** What a connection's first packet answers to `-m conntrack`, but for addresses and ports (net/netfilter/xt_conntrack.c). */

const listed = (list: string, item: string): boolean => list === item || list.split(',').includes(item);

/**
 * `--ctstate`, and `--state`, which is the same in the kernel. Table raw comes before connections are tracked: there every packet
 * is INVALID, unless it has come back by `lo`: then it has its connection with it (nf_conntrack_in: “previously seen”). DNAT and
 * SNAT are said of what is translated already. Null: not known whether its source was.
 */
export function hasState(list: string, packet: Packet, table: string): boolean | null {
  if (packet.untracked === true) return listed(list, 'UNTRACKED');
  if (isEarly(packet, table)) return listed(list, 'INVALID');
  return listed(list, 'NEW') || (packet.original !== null && listed(list, 'DNAT')) || (listed(list, 'SNAT') && isSourceChanged(packet));
}

const isEarly = (packet: Packet, table: string): boolean => table === 'raw' && packet.incoming !== 'lo';

/** Whether a packet has no connection yet, or none at all: what asks for anything but its state takes none such, negated or not. */
export function isConnectionless(packet: Packet, table: string): boolean {
  return packet.untracked === true || isEarly(packet, table);
}

/** A new connection is confirmed when its first packet leaves; what comes back in by `lo` has left. NONE asks for no bit, so it takes nothing. */
export function hasStatus(list: string, packet: Packet): boolean {
  return packet.incoming === 'lo' && listed(list, 'CONFIRMED');
}

/** The original direction's destination: before any translation. */
export function sentTo(packet: Packet): {readonly destination: Address; readonly port: number} {
  return packet.original ?? packet;
}
