import type {Address} from './ip.ts';

/** The first packet of a new connection, as it meets a node's rules. */
export interface Packet {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** Who it says it is from by now. Null: not known, so a rule that asks for it cannot be decided. */
  readonly source: Address | null;
  /** Whom it was from before a rule rewrote that; absent: none did. */
  readonly sentBy?: {
    readonly source: Address | null;
    /** Whether its connection counts as SNAT; null: not known. */
    readonly isChanged: boolean | null;
    /** Its source is one of the node's own addresses, whichever. */
    readonly isMasqueraded?: true;
  };
  readonly destination: Address;
  readonly port: number;
  /** Where it comes from: decides the hooks that it passes. */
  readonly from: 'pod' | 'host' | 'outside';
  /** Where it has come in by now: of what a node sends to itself, `lo`. Absent: as `from` says. */
  readonly incoming?: 'lo';
  readonly mark: number;
  /** Bits of its mark that kdiag does not know, because a rule that may set them could not be decided. Absent: none. */
  readonly unsure?: number;
  /** The mark of its connection; absent: 0, as of every new one. */
  readonly connectionMark?: number;
  /** It meets a chain that is asked before connections are tracked: it has none yet. */
  readonly early?: true;
  /** A raw rule has exempted it from connection tracking: it is neither new nor translated. */
  readonly untracked?: true;
  /** What it was sent to, once it has been translated. */
  readonly original: {readonly destination: Address; readonly port: number} | null;
  /** Whether ip_vs translated it. */
  readonly viaIpvs?: true;
}

/** What comes back by `lo` has its connection with it and keeps it (xt_CT, nft_notrack_eval). */
export function untracked(packet: Packet): Packet {
  return packet.incoming === 'lo' ? packet : {...packet, untracked: true};
}

/** The original direction's source: before any translation. */
export function senderOf(packet: Packet): Address | null {
  return packet.sentBy === undefined ? packet.source : packet.sentBy.source;
}

/** Whether its connection counts as SNAT by now; null: not known. */
export function isSourceChanged(packet: Packet): boolean | null {
  return packet.sentBy === undefined ? false : packet.sentBy.isChanged;
}

/** Whether rules that do not translate see no difference between two states of one packet. */
export function isAlike(a: Packet, b: Packet): boolean {
  return a.mark === b.mark && a.unsure === b.unsure && a.connectionMark === b.connectionMark && a.untracked === b.untracked;
}

/** One state for packets of which it is not known which they are: what differs is unsure. Of a connection's mark and of tracking the first counts. */
export function blurred(first: Packet, others: readonly Packet[]): Packet {
  const unsure = others.reduce((bits, {mark, unsure: own = 0}) => bits | (mark ^ first.mark) | own, first.unsure ?? 0) >>> 0;
  return unsure === (first.unsure ?? 0) ? first : {...first, unsure};
}

/** A translation to what a packet was sent to anyway leaves its connection without the status DNAT (nf_nat_setup_info). */
export function originalOf(packet: Packet, destination: Address, port: number): Packet['original'] {
  const isSame = destination.bits === packet.destination.bits && port === packet.port;
  return packet.original ?? (isSame ? null : {destination: packet.destination, port: packet.port});
}
