import type {Fraction} from '../fraction.ts';
import type {Packet} from '../packet.ts';
import type {Place} from './place.ts';

/** One rule as it stood, and where: `nat KUBE-SERVICES` of iptables, `ip kube-proxy services` of nft. */
export interface Line {
  readonly table: string;
  readonly chain: string;
  readonly raw: string;
  readonly comment: string | null;
}

export interface Chain<R extends Line = Line> {
  readonly name: string;
  /** What a base chain does with packets that reach its end; null of other chains. */
  readonly policy: 'accept' | 'drop' | null;
  /** The rule of that place, counted from 0; undefined after the last. */
  ruleAt(index: number): R | undefined;
  /**
   * The place of the first rule from `from` on that may take this packet; all that stand before it certainly do not. Of long
   * chains, so that a packet need not meet the rules of 10,000 other Services one by one. Absent: any rule may.
   */
  next?(from: number, packet: Packet): number;
}

/** A table's rules, whichever tool wrote them: what each one does with a packet is for `evaluate` to say. */
export interface Program<R extends Line = Line> {
  /** The same chain for the same name, always. */
  readonly chains: {get(name: string): Chain<R> | undefined};
  /** Null: the rule does not take this packet, and leaves it as it is. */
  evaluate(rule: R, packet: Packet, place: Place): Evaluation | null;
  /**
   * Of a base chain: a text that is the same for packets that it, on whichever node, and all that it leads to, treats the same; these differ only in
   * what no rule there changes. Null: there is none that would be cheaper than asking the rules. Absent: as null.
   */
  decisive?(base: string): ((packet: Packet, place: Place) => string) | null;
}

export type Action =
  | {readonly go: 'next' | 'return' | 'accept' | 'drop'}
  | {readonly go: 'jump' | 'goto'; readonly chain: string}
  | {readonly go: 'reject'; readonly with: string}
  | {readonly go: 'dnat'; readonly to: string}
  | {readonly go: 'snat'; readonly to: string | null}; // null: masquerade, the address of the interface that the packet leaves by

/** What happens to a share of the packets at one rule; `packet` is how they leave it (marks, new destination). */
export interface Branch {
  readonly share: Fraction;
  readonly action: Action;
  readonly packet: Packet;
}

export type Evaluation =
  | {readonly branches: readonly Branch[]} // shares add up to 1
  | {readonly undecided: string; readonly either: readonly (readonly Branch[])[]}; // what it may do, in each case; none: anything
