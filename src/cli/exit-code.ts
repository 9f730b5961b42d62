import type {Report} from '../diagnose/report.ts';
import type {Level} from '../findings/finding.ts';
import {failing} from '../report/failing.ts';

/** 0, 1 or 3 by the contract, from the report alone: the output format has no say. */
export function exitCode(report: Report, failOn: Level): 0 | 1 | 3 {
  return failing(report, failOn).length > 0 ? 1 : report.status === 'unknown' ? 3 : 0;
}
