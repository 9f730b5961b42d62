import type {Report, ReportedFinding} from '../diagnose/report.ts';

type Level = ReportedFinding['level'];

/** The lower, the graver. */
export const severity: Readonly<Record<Level, number>> = {error: 0, warning: 1, info: 2};

/** What makes kdiag exit with 1: findings of this level or above. The exit code and the formats that know failures ask here, so that they agree. */
export function failing(report: Report, failOn: Level): ReportedFinding[] {
  // What kdiag itself lacked is no fault of the cluster: it makes the report unknown, not failed.
  return report.findings.filter(({level, code}) => severity[level] <= severity[failOn] && (report.status !== 'unknown' || !aboutKdiag.has(code)));
}

export const aboutKdiag = new Set(['permission-missing', 'node-not-examined', 'debug-pod-refused', 'windows-node-not-examined']);
