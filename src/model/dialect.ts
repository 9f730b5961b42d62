import type {Fault} from './comparison.ts';
import type {Line} from './netfilter/program.ts';
import type {Outcome} from './netfilter/walk.ts';
import type {Address} from './ip.ts';
import type {Mode, NodeRules} from './node-rules.ts';
import type {Senders} from './senders.ts';
import type {Way} from './ways.ts';

/** The place in a node's rules where a Service's connections are shared between its endpoints. */
export interface Hub {
  readonly name: string;
  /** The rule that leads there, and the rules there. */
  readonly lines: readonly Line[];
  /** Every endpoint that they can lead to, drawn or not. */
  readonly leadsTo: ReadonlySet<string>;
  /** Endpoint → the line that says that it gets no new connections (weight 0). */
  readonly drained?: ReadonlyMap<string, Line>;
  /** Endpoint → the rule that leads clients back there which have been there before (session affinity). */
  readonly pinned?: ReadonlyMap<string, Line>;
}

/** Why kube-proxy's own rules refuse a packet; `foreign`: it was not one of them. */
export type Refusal = 'no-endpoints' | 'source-range' | 'not-translated' | 'foreign';

/** How kube-proxy writes its rules in one mode. The walk says what happens; this says why, in the sharpest words. */
export interface Dialect {
  readonly mode: Mode;
  /** Null: the packet came to no hub, and no rule leads to one. */
  hubOf(rules: NodeRules, way: Way, outcomes: readonly Outcome[]): Hub | null;
  /** Why a packet leaves untranslated although the API has endpoints for it, and it came to no hub. */
  whyUntranslated(rules: NodeRules, way: Way, lost: Outcome): Fault;
  /** False: kube-proxy's nodePortAddresses leave out this address of the node. True where no rule speaks of NodePorts at all. */
  servesNodePortsAt(rules: NodeRules, address: Address): boolean;
  /** Whom it takes for pods, and whom it masquerades, as the rules of all Services say; absent where that is not read from rules. */
  senders?(rules: NodeRules, family: 4 | 6): Senders;
  refusal(rule: Line, path: readonly Line[]): Refusal;
  /** The rules by which it masquerades, in the order in which packets that leave meet them. */
  masquerading(rules: NodeRules, way: Way): readonly Line[];
  /** What broke where nothing masquerades, if that can be said. */
  whyNotMasqueraded?(rules: NodeRules, way: Way): Fault | null;
  /** Endpoints that this mode uses where the policy finds none for this node, though it should not. */
  insteadOf?(way: Way): readonly string[];
  /** The way as this mode takes it, where it expects other endpoints than the rest. */
  expects?(way: Way): Way;
}
