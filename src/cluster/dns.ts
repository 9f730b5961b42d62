import type {Answer} from './answer.ts';

/**
 * A place in the cluster that packets are sent from and files are read at: a node itself, or a pod's own network and files, which
 * are entered through the debug pod of its node. Nothing is needed of the pod's own image.
 */
export interface Place {
  readonly node: string;
  /** Null: the node itself. */
  readonly pod: {readonly namespace: string; readonly name: string; readonly uid: string} | null;
  /** Images for the debug pod that are on the nodes already, best first. */
  readonly images: readonly string[];
}

/** One question to one server, asked some times. */
export interface DnsAsk {
  readonly server: string;
  readonly port: number;
  readonly protocol: 'udp' | 'tcp';
  /** Absolute, without the final dot (the root is the empty name), in presentation format: `\.` and `\DDD` as RFC 1035 §5.1 has them. */
  readonly name: string;
  /** `A`, `AAAA`, `SRV`, `PTR`, `CNAME`, `SOA`, … */
  readonly type: string;
  /** How often; each try has a socket, and so a source port, of its own. */
  readonly tries: number;
  /** Milliseconds that each try waits. */
  readonly timeoutMs: number;
}

/** What came of one try. The kind of failure is kept: they have different causes. */
export interface DnsTry {
  readonly outcome: 'answered' | 'malformed' | 'timed-out' | 'refused' | 'reset' | 'closed' | 'no-route' | 'host-unreachable' | 'not-sent';
  /** `ECONNREFUSED`, or why a message is malformed or was not sent; null: nothing more to say. */
  readonly detail: string | null;
  /** Microseconds from sending until the answer or the failure. */
  readonly micros: number;
  /** The address that answered, when it is not the one that was asked: an answer that a resolver drops. */
  readonly from: string | null;
  /** The raw message as it came, hexadecimal (TCP: without its length); empty: none. */
  readonly hex: string;
  /** The message, when `outcome` is `answered`. */
  readonly message: DnsMessage | null;
}

/** A DNS message (RFC 1035, EDNS RFC 6891, extended errors RFC 8914) that was checked: its ID and question are those that were asked. */
export interface DnsMessage {
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, …, also the extended ones; `RCODE27` for one without a name. */
  readonly rcode: string;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionAvailable: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** `15: Blocked, by policy` : extended errors. */
  readonly extendedErrors: readonly string[];
}

export interface DnsRecord {
  /** Lower case, without the final dot. */
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  /** As a zone file has it: an address in canonical form, a name without its final dot, `0 100 53 name` for SRV; else hexadecimal after `\#`. */
  readonly data: string;
}

/** Of one DnsAsk. */
export interface DnsAsked {
  readonly ask: DnsAsk;
  /** How it was sent, for evidence: `kdiag's probe in a debug pod on node1`. */
  readonly via: string;
  readonly tries: readonly DnsTry[];
}

/** Each ask has its own answer: a recording may hold some of them. In the order of the asks. */
export type DnsAnswers = readonly Answer<DnsAsked>[];
