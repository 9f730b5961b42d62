import type {ArgsOf, Code} from './codes.ts';

export type Level = 'error' | 'warning' | 'info';
export type Confidence = 'proven' | 'likely' | 'possible';

/** What a finding is about. */
export interface Subject {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}

/** Something raw that a person can check: a rule, a field, a log line. */
export interface Evidence {
  readonly kind: 'object' | 'rule' | 'dns' | 'probe' | 'log' | 'file';
  /** Where it was read. */
  readonly from: string;
  readonly text: string;
}

/** One thing that is wrong, or worth knowing. The words for it are in words/, by code. */
export type Finding = {[C in Code]: FindingOf<C>}[Code];

export interface FindingOf<C extends Code> {
  readonly code: C;
  readonly subject: Subject;
  readonly args: ArgsOf[C];
  readonly evidence: readonly Evidence[];
  /** Only where it differs from the code's usual level. */
  readonly level?: Level;
  /** Default: proven. */
  readonly confidence?: Confidence;
  /** Where it shows, when that is not what it is about: what is wrong on these nodes may be its cause. */
  readonly nodes?: readonly string[];
  /** Of the connections that are affected: which share succeeds, and which one would with this mended, in kdiag's model. */
  readonly counterfactual?: Counterfactual;
}

export interface Counterfactual {
  readonly before: number;
  readonly after: number;
  /** True: with the node's other faults mended as well. */
  readonly withOthers: boolean;
}

/** Stable across runs: code and subject. */
export function idOf(finding: Finding): string {
  const {kind, namespace, name} = finding.subject;
  return `${finding.code}/${kind}/${namespace === null ? '' : `${namespace}/`}${name}`;
}

export const subject = (kind: string, namespace: string | null, name: string): Subject => ({kind, namespace, name});
export const nodeSubject = (name: string): Subject => ({kind: 'Node', namespace: null, name});
export const evidence = (kind: Evidence['kind'], from: string, text: string): Evidence => ({kind, from, text});
