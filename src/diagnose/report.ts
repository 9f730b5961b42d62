import type {Confidence, Counterfactual, Evidence, Level, Subject} from '../findings/finding.ts';
import type {DnsReport} from './dns-report.ts';
import type {NodeLine} from './nodes-report.ts';
import type {PodReport} from './pod-report.ts';
import type {PairLine} from './pairs-report.ts';
import type {Command, Origin} from './origin.ts';
import type {ServiceLine} from './check/services-report.ts';
import type {Trace} from './trace-report.ts';

/** The report of `-o json`, `kdiag.report/v1`. src/report/report.schema.json says the same to other programs. */
export interface Report {
  readonly schemaVersion: 'kdiag.report/v1';
  readonly kdiag: {readonly version: string};
  readonly command: Command;
  readonly source: Origin;
  readonly status: Status;
  readonly verdict: {readonly summary: string; readonly rootCauses: readonly ReportedFinding[]};
  readonly findings: readonly ReportedFinding[];
  readonly checks: readonly ReportedCheck[];
  readonly reach: readonly Reach[];
  /** What was found and does not count, as somebody has accepted it: the report is otherwise as if it were not there. */
  readonly accepted?: readonly Accepted[];
  /** Of `kdiag check`: one entry a Service, those that fail first. */
  readonly services?: readonly ServiceLine[];
  /** Of `kdiag check` and `kdiag nodes`: one entry a node, those with something wrong first. */
  readonly nodes?: readonly NodeLine[];
  /** Of `kdiag check` and `kdiag nodes`: who reaches whose pods, as far as it was asked. */
  readonly pairs?: readonly PairLine[];
  /** Of `kdiag pod`: its own network. */
  readonly pod?: PodReport;
  /** Of `kdiag dns`: what was seen of name resolution. */
  readonly dns?: DnsReport;
  /** The way of connections rule by rule, if it was asked for. */
  readonly traces?: readonly Trace[];
  readonly startedAt: string;
  readonly ms: number;
}

/** broken: an error-level finding; unknown: none, and something that decides could not be examined; degraded: only warnings. */
export type Status = 'healthy' | 'degraded' | 'broken' | 'unknown';

export interface ReportedFinding {
  readonly id: string;
  readonly code: string;
  readonly level: Level;
  readonly subject: Subject;
  readonly message: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly remedy: readonly string[];
  readonly docs: string;
  readonly evidence: readonly Evidence[];
  /** The findings that this one causes, by id. */
  readonly explains: readonly string[];
  /** Of `kdiag check`, a root cause: the Services, as `NAMESPACE/NAME`, that lose connections by it. */
  readonly breaks?: readonly string[];
  readonly confidence: Confidence;
  /** Of a fault in a node's rules: what the walk says once it is mended in the model. */
  readonly counterfactual?: Counterfactual;
  /** Of one that was accepted until a day that is over, or follows from such a one: the level is then not more than warning. */
  readonly expired?: Expired;
}

export interface Expired {
  /** The last day on which it was accepted, `YYYY-MM-DD`. */
  readonly on: string;
  readonly reason: string;
  /** The level that it has by itself. */
  readonly level: Level;
}

export interface Accepted {
  readonly finding: ReportedFinding;
  /** An entry of .kdiag.yaml, or a report that was given as the baseline. */
  readonly by: 'suppression' | 'baseline';
  readonly reason: string;
  /** The last day on which it is accepted, `YYYY-MM-DD`; null: no end. */
  readonly expires: string | null;
}

export type Outcome = 'pass' | 'fail' | 'warn' | 'unknown' | 'skipped' | 'crashed';

export interface ReportedCheck {
  readonly id: string;
  readonly link: string;
  readonly question: string;
  readonly outcome: Outcome;
  /** For unknown, skipped and crashed: the reason. */
  readonly why?: string;
  /** For pass: what was seen. */
  readonly note?: string;
  /** For fail: what of the question could not be answered. */
  readonly untold?: string;
  readonly findings: readonly string[];
  readonly ms: number;
}

/** Share of new connections that succeed, from clients on one node to one address of the Service. */
export interface Reach {
  readonly from: {readonly kind: 'Node' | 'Pod'; readonly name: string};
  /** `default/hostnames:80/TCP`, or with the way in: `default/hostnames:30080/TCP (NodePort)`. */
  readonly to: string;
  /** Null: could not tell. */
  readonly predicted: number | null;
  /** What was measured, where it was probed. */
  readonly probed?: {readonly tries: number; readonly ok: number};
  /** Where the rest is lost, or why it cannot be told. */
  readonly lostAt?: string;
}
