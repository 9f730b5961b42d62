import type {Level, Subject} from '../findings/finding.ts';
import type {NodeLine} from './nodes-report.ts';
import type {Command, Origin} from './origin.ts';
import type {Status} from './report.ts';
import type {ServiceLine} from './check/services-report.ts';

/** `kdiag diff -o json`, `kdiag.diff/v1`. src/report/diff.schema.json says the same to other programs. */
export interface DiffReport {
  readonly schemaVersion: 'kdiag.diff/v1';
  readonly kdiag: {readonly version: string};
  readonly before: Side;
  readonly after: Side;
  readonly summary: string;
  /** Found only the second time, the gravest first; accepted or not. */
  readonly new: readonly DiffFinding[];
  /** Found only the first time. */
  readonly gone: readonly DiffFinding[];
  /** Found both times, at another level; told as it is now. */
  readonly changed: readonly (DiffFinding & {readonly was: Level})[];
  /** How many are found both times, at the same level. */
  readonly unchanged: number;
  readonly services: readonly Changed<Pick<ServiceLine, 'state'>, Pick<ServiceLine, 'namespace' | 'name'>>[];
  readonly nodes: readonly Changed<NodeState, Pick<NodeLine, 'name'>>[];
  /** Why the two may differ although nothing has changed in the cluster. */
  readonly notes: readonly DiffNote[];
}

/** One of the two reports. */
interface Side {
  readonly file: string;
  readonly command: Command;
  readonly source: Origin;
  readonly status: Status;
  readonly summary: string;
  readonly startedAt: string;
}

export interface DiffFinding {
  readonly id: string;
  readonly code: string;
  readonly level: Level;
  readonly subject: Subject;
  readonly message: string;
  /** No other finding of its report explains it, and it is no info. */
  readonly rootCause: boolean;
  /** It does not count in its report: somebody has accepted it. */
  readonly accepted: boolean;
  /** False: what finds it could not be examined, or was not asked, in the report that lacks it. */
  readonly sure: boolean;
}

export type NodeState = Pick<NodeLine, 'ready' | 'kubeProxy' | 'mode' | 'rules' | 'losing'>;

/** Something that is otherwise than it was; null: it was, or is, not there. */
export type Changed<State, Name> = Name & {readonly before: State | null; readonly after: State | null};

export interface DiffNote {
  readonly code: 'asked-otherwise' | 'other-cluster' | 'other-version' | 'reversed';
  readonly message: string;
}
