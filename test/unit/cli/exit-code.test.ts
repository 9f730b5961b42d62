import assert from 'node:assert/strict';
import {test} from 'node:test';
import {exitCode} from '../../../src/cli/exit-code.ts';
import type {Report, ReportedFinding, Status} from '../../../src/diagnose/report.ts';
import {healthyReport, stale} from '../report/reports.ts';

const finding = (level: ReportedFinding['level'], code = 'rules-wrong-balance'): ReportedFinding => ({...stale, level, code, id: `${code}/Node/node1`});
const report = (status: Status, ...findings: ReportedFinding[]): Report => ({...healthyReport, status, findings});

test('from status and findings, and --fail-on', () => {
  const [error, warning, info] = [finding('error'), finding('warning'), finding('info')];
  const lacked = finding('warning', 'permission-missing');
  for (const [what, failOn, code] of [
    [report('healthy'), 'error', 0], [report('healthy'), 'info', 0], [report('healthy', info), 'warning', 0], [report('healthy', info), 'info', 1],
    [report('degraded', warning), 'error', 0], [report('degraded', warning), 'warning', 1], [report('degraded', warning), 'info', 1],
    [report('broken', error), 'error', 1], [report('broken', error, warning), 'info', 1], [report('broken', error, lacked), 'error', 1],
    [report('unknown'), 'error', 3], [report('unknown', info), 'error', 3],
    // What kdiag lacked is no fault of the cluster
    [report('unknown', lacked), 'error', 3], [report('unknown', lacked), 'warning', 3], [report('unknown', finding('warning', 'node-not-examined')), 'warning', 3],
    // But a fault that was found is one, whatever else could not be examined
    [report('unknown', warning, lacked), 'error', 3], [report('unknown', warning, lacked), 'warning', 1],
  ] as const) assert.equal(exitCode(what, failOn), code, `${what.status}, ${what.findings.map(({code: each, level}) => `${each} ${level}`).join()}, --fail-on ${failOn}`);
});
