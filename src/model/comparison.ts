import type {LeftOver} from './left-overs.ts';
import type {Line} from './netfilter/program.ts';
import type {Mode} from './node-rules.ts';
import type {Unanswered} from './replies.ts';
import type {OtherSender} from './sender-address.ts';
import type {Way} from './ways.ts';

/** One thing in which a node's rules are not what the API asks for. */
export type Fault =
  | {readonly kind: 'never-synced'; readonly evidence: readonly Line[]}
  | {readonly kind: 'hook-missing'; readonly hook: string; readonly evidence: readonly Line[]}
  | {readonly kind: 'bypassed'; readonly evidence: readonly Line[]}
  | {readonly kind: 'service-missing'; readonly evidence: readonly Line[]}
  | {readonly kind: 'jump-missing'; readonly chain: string; readonly evidence: readonly Line[]}
  | {readonly kind: 'endpoint-missing'; readonly endpoints: readonly string[]; readonly chain: string | null; readonly evidence: readonly Line[]}
  | {readonly kind: 'endpoint-stale'; readonly endpoints: readonly string[]; readonly share: number; readonly evidence: readonly Line[]}
  | {readonly kind: 'wrong-balance'; readonly starved: readonly string[]; readonly lost: number; readonly shares: Readonly<Record<string, number>>; readonly evidence: readonly Line[]}
  | {readonly kind: 'reject-despite-endpoints'; readonly evidence: readonly Line[]}
  | {readonly kind: 'source-range'; readonly evidence: readonly Line[]}
  | {readonly kind: 'forward-policy'; readonly share: number; readonly evidence: readonly Line[]}
  | {readonly kind: 'foreign-drop'; readonly share: number; readonly with: 'drop' | 'reject'; readonly evidence: readonly Line[]}
  | {readonly kind: 'not-masqueraded'; readonly whose: Unanswered['whose']; readonly reason: Unanswered['reason']; readonly endpoints: readonly string[]; readonly share: number; readonly evidence: readonly Line[]}
  | {readonly kind: 'other-sender'} & OtherSender
  | {readonly kind: 'vip-unbound'; readonly address: string; readonly evidence: readonly Line[]}
  | {readonly kind: 'set-lacks'; readonly set: string; readonly evidence: readonly Line[]}
  | {readonly kind: 'drained'; readonly endpoints: readonly string[]; readonly all: boolean; readonly evidence: readonly Line[]}
  | {readonly kind: 'both-backends'; readonly differ: boolean; readonly evidence: readonly Line[]};

/** How a node's rules stand to what the API asks of them, for one way in. */
export interface Comparison {
  readonly way: Way;
  /** The mode that the node is in, by what is there. */
  readonly mode: Mode;
  /** What is there of other modes; `takes`: it translates these packets, or may. */
  readonly leftOvers: readonly (LeftOver & {readonly takes: boolean})[];
  /** Whose rules translate this packet: `iptables-nft`, `iptables-legacy`. */
  readonly owners: readonly string[];
  readonly faults: readonly Fault[];
  /** What the walk says once each fault is mended. */
  readonly proofs: ReadonlyMap<Fault, Proof>;
  /** Share of new connections that reach an endpoint that should answer; null: the rules could not be decided. */
  readonly predicted: number | null;
  /** Endpoint → the share that this node sends there. */
  readonly shares: Readonly<Record<string, number>>;
  /** Endpoints that do not, or may not, see the sender's own address. */
  readonly rewritten: readonly string[];
  /** What the endpoints' own nodes refuse of that (delivery.ts). */
  readonly refused: readonly Refused[];
  /** The rule that could not be decided, and why. */
  readonly undecided: {readonly rule: Line; readonly because: string} | null;
  /** A filter rule that could not be decided: the prediction holds if it lets the packet through. */
  readonly unfollowed: Line | null;
}

/** What may stop a packet that is translated as it should be. */
export type Hindrance = Extract<Fault, {kind: 'foreign-drop' | 'forward-policy'}>;

/** What the node of endpoints does to connections that another node sends there; the share is of all that this node translates. */
export interface Refused {
  readonly node: string;
  readonly fault: Hindrance;
  readonly proof: Proof;
}

/** What the walk says before and after a fault's remedy: shares of connections that succeed. */
export interface Proof {
  readonly before: number;
  readonly after: number;
  /** True: only with the remedies of the node's other faults as well. */
  readonly withOthers: boolean;
}
