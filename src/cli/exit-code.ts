import type {DiffReport} from '../diagnose/diff-report.ts';
import type {Report} from '../diagnose/report.ts';
import type {Level} from '../findings/finding.ts';
import {aboutKdiag, failing, severity} from '../report/failing.ts';

/** 0, 1 or 3 by the contract, from the report alone: the output format has no say. */
export function exitCode(report: Report, failOn: Level): 0 | 1 | 3 {
  return failing(report, failOn).length > 0 ? 1 : report.status === 'unknown' ? 3 : 0;
}

/**
 * 1: something is there in the second report that was not in the first, or is graver now; what is accepted does not count. What one of them
 * could not examine is neither new nor old: 3.
 */
export function diffExitCode({before, after, new: added, changed}: DiffReport, failOn: Level): 0 | 1 | 3 {
  const worse = [...added, ...changed.filter(({level, was}) => severity[level] < severity[was])].filter(({accepted, level}) => !accepted && severity[level] <= severity[failOn]);
  if (worse.some(({code, sure}) => sure && (after.status !== 'unknown' || !aboutKdiag.has(code)))) return 1;
  return before.status === 'unknown' || after.status === 'unknown' || worse.some(({sure}) => !sure) ? 3 : 0;
}

