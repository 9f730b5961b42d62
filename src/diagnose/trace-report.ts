import type {Command, Origin} from './origin.ts';

/** What `kdiag trace -o json` writes, `kdiag.trace/v1`. src/report/trace.schema.json says the same to other programs. */
export interface TraceReport {
  readonly schemaVersion: 'kdiag.trace/v1';
  readonly kdiag: {readonly version: string};
  readonly command: Command;
  readonly source: Origin;
  readonly status: TraceStatus;
  /** One sentence. */
  readonly summary: string;
  /** One for each address and port that was asked for. */
  readonly traces: readonly Trace[];
  /** What could not be learned or decided, a sentence each. */
  readonly unknown: readonly string[];
  readonly startedAt: string;
  readonly ms: number;
}

/** followed: to the end, wherever that is; undecided: a part of it depends on what kdiag cannot tell; unknown: not at all. */
export type TraceStatus = 'followed' | 'undecided' | 'unknown';

/** A new connection's first packet, from where it is sent to where it ends. */
export interface Trace {
  readonly from: {
    /** PodsOf: any pod of the node that is named. */
    readonly kind: 'Pod' | 'PodsOf' | 'Node' | 'External';
    readonly namespace: string | null;
    /** Of External: the node where it arrives. */
    readonly name: string;
    /** What it is sent from, as far as that is known. */
    readonly address: string | null;
  };
  readonly to: {
    readonly address: string;
    readonly port: number;
    readonly protocol: 'TCP' | 'UDP' | 'SCTP';
    /** `default/hostnames:default`, if it is a Service's address. */
    readonly service: string | null;
    readonly kind: 'cluster-ip' | 'node-port' | 'external-ip' | 'load-balancer' | null;
  };
  readonly leg: Leg;
}

/** What one node does with it. */
export interface Leg {
  readonly node: string;
  /** Why this node's rules could not be followed; null: they were. */
  readonly unread: string | null;
  /** Whose rules translate it: `iptables-nft`, `nft ip kube-proxy`, … Several: the order in which they are asked is not known. */
  readonly translators: readonly string[];
  /** Its outcomes, most frequent first, for each order that the translators may be asked in. */
  readonly orders: readonly (readonly TracedOutcome[])[];
}

export interface TracedOutcome {
  readonly share: {
    /** `1/3`, in lowest terms; null where it has more than 100 digits. */
    readonly exact: string | null;
    readonly number: number;
  };
  /** delivered: to an address of this node or of its pods; sent: on to another node, or out; the rest as it says. */
  readonly end: 'delivered' | 'sent' | 'dropped' | 'refused' | 'undecided';
  /** `ADDRESS:PORT` as the packet leaves, or had when it ended. */
  readonly to: string;
  readonly translated: boolean;
  /** What has that address, as far as the API says. */
  readonly target: {readonly kind: 'Pod' | 'Node'; readonly namespace: string | null; readonly name: string; readonly node: string | null} | null;
  /** Whose address the receiver sees. */
  readonly sender: {readonly kind: 'kept' | 'masqueraded' | 'rewritten' | 'unknown'; readonly address: string | null; readonly why?: string};
  /** Of dropped, refused and undecided: by which rule; null: by the chain's policy. */
  readonly rule: TracedRule | null;
  /** Of undecided: what kdiag cannot tell. */
  readonly why?: string;
  /** A rule that kdiag cannot decide: the outcome holds if it lets the packet through. */
  readonly assumed: TracedRule | null;
  /** In how many different ways through the rules packets come to this end; `steps` is the most frequent. */
  readonly ways: number;
  readonly steps: readonly TracedStep[];
  /** How it goes on, on the node that it is sent to. */
  readonly next: Leg | null;
}

export interface TracedStep {
  readonly hook: string;
  /** `iptables-nft`, `nft ip kube-proxy`, … */
  readonly owner: string;
  /** nat: it may translate; filter: all others. */
  readonly type: 'filter' | 'nat';
  readonly table: string | null;
  readonly chain: string;
  readonly rules: readonly TracedRule[];
  readonly end: string;
  /** How this chain ended, in words. */
  readonly words: string;
}

export interface TracedRule {
  readonly table: string;
  readonly chain: string;
  /** The rule as it stands on the node. */
  readonly raw: string;
  readonly words: string;
  /** It led to a chain from which the packet came back as it was. */
  readonly cameBack?: true;
}
