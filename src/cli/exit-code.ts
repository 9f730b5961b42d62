import type {Level} from '../findings/finding.ts';
import type {Report} from '../diagnose/report.ts';

const severity: Readonly<Record<Level, number>> = {error: 0, warning: 1, info: 2};

/** 0, 1 or 3 by the contract, from the report alone: the output format has no say. */
export function exitCode(report: Report, failOn: Level): 0 | 1 | 3 {
  if (report.findings.some(({level}) => severity[level] <= severity[failOn])) {
    // What kdiag itself lacked is no fault of the cluster: it makes the report unknown, not failed.
    if (report.status !== 'unknown' || report.findings.some(({level, code}) => severity[level] <= severity[failOn] && !aboutKdiag.has(code))) return 1;
  }
  return report.status === 'unknown' ? 3 : 0;
}

const aboutKdiag = new Set(['permission-missing', 'node-not-examined', 'debug-pod-refused', 'windows-node-not-examined']);
