import type {Report} from '../diagnose/report.ts';
import {KdiagError} from '../kdiag-error.ts';
import {fields, list, matching, oneOf, orNull, type Shape, text} from './shape.ts';

const instant: Shape = (value, at) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value) && Number.isFinite(Date.parse(value)) ? null : `${at} is no instant`);
const count: Shape = (value, at) => (Number.isSafeInteger(value) && Number(value) >= 0 ? null : `${at} is no number of things`);
const level = oneOf('error', 'warning', 'info');
const finding = fields({
  id: matching(/^[a-z][a-z0-9-]*\/[A-Z][A-Za-z]*\/[^/]+(\/[^/]+)?$/, 'id of a finding'),
  code: matching(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/, 'code'), level,
  subject: fields({kind: text, namespace: orNull(text), name: text}), message: text, confidence: oneOf('proven', 'likely', 'possible'),
}, {expired: fields({level})});

/** What is read of a report: whoever wrote it may have a later version, or none of ours. */
const report = fields({
  kdiag: fields({version: text}),
  command: fields({name: text, args: fields({})}),
  source: fields({kind: oneOf('live', 'recording'), context: text, server: orNull(text)}, {recordedAt: instant}),
  status: oneOf('healthy', 'degraded', 'broken', 'unknown'),
  verdict: fields({summary: text, rootCauses: list(finding)}),
  findings: list(finding),
  checks: list(fields({id: text, outcome: oneOf('pass', 'fail', 'warn', 'unknown', 'skipped', 'crashed'), findings: list(text)}, {untold: text})),
  startedAt: instant,
}, {
  accepted: list(fields({finding, by: oneOf('suppression', 'baseline'), reason: text})),
  services: list(fields({namespace: text, name: text, state: oneOf('works', 'degraded', 'broken', 'unknown')})),
  nodes: list(fields({name: text, ready: oneOf(true, false), kubeProxy: text, mode: orNull(text), rules: oneOf('in sync', 'differ', 'unread', 'none expected'), losing: count})),
});

/** A report of `-o json`, of this run or of an earlier one. Throws KdiagError(2) that says what it is instead. */
export function readReport(json: string, file: string): Report {
  const value = valueOf(json, file);
  const {schemaVersion: version} = (typeof value === 'object' && value !== null ? value : {}) as {readonly schemaVersion?: unknown};
  if (version !== 'kdiag.report/v1') {
    throw new KdiagError(2, `${file}: is no report of kdiag (${version === undefined ? 'it has no schemaVersion' : `its schemaVersion is ${JSON.stringify(version)?.slice(0, 60)}`}; expected is "kdiag.report/v1")`, 'A report is written by -o json, for example kdiag nodes -o json');
  }
  const complaint = report(value, '');
  if (complaint !== null) throw new KdiagError(2, `${file}: is no whole report of kdiag: ${complaint}`);
  return value as Report;
}

function valueOf(json: string, file: string): unknown {
  try {
    return JSON.parse(json.replace(/^\ufeff/, '')) as unknown;
  } catch {
    throw new KdiagError(2, `${file}: is no report of kdiag (${json.trim() === '' ? 'it is empty' : 'no JSON'})`, 'A report is written by -o json, for example kdiag nodes -o json');
  }
}
