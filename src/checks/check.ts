import type {Answer, Unknown} from '../cluster/answer.ts';
import type {FactName, Facts} from '../facts/facts.ts';
import type {Code} from '../findings/codes.ts';
import type {FindingOf, Subject} from '../findings/finding.ts';
import type {Link} from '../findings/wording.ts';

/**
 * One question about the cluster. Pure: facts in, findings out; no I/O, no clock, no order of its own.
 * A check whose `needs` are not all known is not run: its outcome is `unknown`, with the reason.
 */
export interface Check {
  readonly id: string;
  readonly link: Link;
  /** A positive fact, so that the same words serve ✔ and ✘: "Every pod of the Service is running". */
  readonly question: string;
  readonly needs: readonly FactName[];
  /** Facts that it uses when they are known and can do without. */
  readonly hopes: readonly FactName[];
  /** The codes that it may find; a test refuses others. */
  readonly can: readonly Code[];
  readonly run: (facts: Readonly<Record<string, unknown>>) => Result;
}

export interface Result {
  readonly findings: readonly FindingOf<Code>[];
  /** What was seen when all is well, for the ✔ line. */
  readonly note?: string;
  /** The question does not apply here: the reason. */
  readonly skipped?: string;
  /** Parts of the question that could not be answered; `subject` null: one that is of no single thing. */
  readonly unknown?: readonly {readonly subject: Subject | null; readonly unknown: Unknown}[];
}

type Given<N extends FactName, H extends FactName> = {readonly [K in N]: Facts[K]} & {readonly [K in H]: Answer<Facts[K]>};
export type Found<C extends Code> = {[K in C]: FindingOf<K>}[C];

/** For inference only: `needs` and `hopes` type the argument of `run`, `can` its findings. */
export function check<N extends FactName, C extends Code, H extends FactName = never>(definition: {
  id: string; link: Link; question: string; needs: readonly N[]; hopes?: readonly H[]; can: readonly C[];
  run: (facts: Given<N, H>) => Omit<Result, 'findings'> & {readonly findings?: readonly Found<C>[]};
}): Check {
  const {run, hopes = [], ...rest} = definition;
  return {...rest, hopes, run: facts => ({findings: [], ...run(facts as Given<N, H>)}) as Result};
}
