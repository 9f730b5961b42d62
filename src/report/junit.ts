import type {Accepted, Report, ReportedCheck, ReportedFinding} from '../diagnose/report.ts';
import {bySource} from './evidence.ts';
import {failing} from './failing.ts';
import {subjectPath} from './subject.ts';
import {attributes, element, type Xml} from './xml.ts';

/** One test: what was asked, and how it ended. */
interface Case {
  readonly suite: string;
  readonly name: string;
  readonly ms: number;
  readonly end: {readonly kind: 'passed'} | {readonly kind: 'failure' | 'error'; readonly type: string; readonly message: string; readonly text: string} | {readonly kind: 'skipped'; readonly message: string};
  readonly out: readonly string[];
}

/**
 * JUnit's XML as Jenkins and GitLab read it: a suite for each link of the chain, a test for each question. A failure is what makes the exit code
 * 1 at this level, and an error is what could not be told, which alone makes it 3: so a file without either goes with exit code 0.
 */
export function renderJunit(report: Report, failOn: ReportedFinding['level'] = 'error'): string {
  const cases = casesOf(report, new Set(failing(report, failOn).map(({id}) => id)));
  const suites = [...Map.groupBy(cases, ({suite}) => suite)];
  const {command, source, status, startedAt, ms, kdiag, accepted = []} = report;
  const properties = {'kdiag.version': kdiag.version, 'kdiag.command': command.name, 'kdiag.context': source.context, 'kdiag.server': source.server ?? 'unknown', 'kdiag.status': status, 'kdiag.summary': report.verdict.summary, 'kdiag.accepted': String(accepted.length)};
  const drawn = suites.map(([name, own], i) => element('testsuite', {name, ...countsOf(own), skipped: String(own.filter(({end}) => end.kind === 'skipped').length), time: secondsOf(own), timestamp: startedAt}, [
    // Of the run, not of the link: once is enough.
    ...(i > 0 ? [] : [element('properties', {}, Object.entries(properties).map(([key, value]) => element('property', {name: key, value})))]),
    ...own.map(caseElement),
  ]));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes({name: `kdiag ${command.name}`, ...countsOf(cases), time: (ms / 1000).toFixed(3)})}>\n${drawn.join('\n')}\n</testsuites>\n`;
}

function casesOf(report: Report, fails: ReadonlySet<string>): Case[] {
  const told = new Set(report.checks.flatMap(({findings}) => findings));
  const cases = [
    ...report.checks.map(check => caseOf(check, report.findings.filter(({id}) => check.findings.includes(id)), fails)),
    ...report.findings.filter(({id}) => !told.has(id)).map(finding => ofNoCheck(finding, report, fails)),
    ...(report.accepted ?? []).map(acceptedCase),
  ];
  // Nothing was asked at all: a file without a test would pass.
  if (report.status !== 'unknown' || cases.some(({end}) => end.kind === 'error' || end.kind === 'failure')) return cases;
  return [...cases, {suite: 'kdiag', name: 'What decides could be examined', ms: 0, end: {kind: 'error', type: 'unknown', message: report.verdict.summary, text: report.verdict.summary}, out: []}];
}

/** One failure for a test, as Jenkins shows the first alone. What failed counts for more than what could not be told beside it. */
function caseOf({link, question, outcome, why, note, ms}: ReportedCheck, findings: readonly ReportedFinding[], fails: ReadonlySet<string>): Case {
  const bad = findings.filter(({id}) => fails.has(id));
  const others = findings.filter(({id}) => !fails.has(id)).map(textOf);
  const reason = why ?? 'no reason given';
  const isUntold = outcome === 'unknown' || outcome === 'crashed';
  const at = {suite: link, name: question, ms};
  if (bad.length > 0) return {...at, end: failureOf(bad), out: [...others, ...(isUntold ? [`Could not tell all of it: ${reason}`] : [])]};
  if (isUntold) return {...at, end: {kind: 'error', type: outcome, message: reason, text: reason}, out: others};
  if (outcome === 'skipped') return {...at, end: {kind: 'skipped', message: reason}, out: others};
  return {...at, end: {kind: 'passed'}, out: [...(note === undefined ? [] : [note]), ...others]};
}

/** Such as rights that kdiag lacks: they are told even where every question could be answered. */
function ofNoCheck(finding: ReportedFinding, {status}: Report, fails: ReadonlySet<string>): Case {
  const at = {suite: 'kdiag', name: `${finding.code} ${subjectPath(finding.subject)}`, ms: 0};
  if (fails.has(finding.id)) return {...at, end: failureOf([finding]), out: []};
  if (status === 'unknown' && finding.level !== 'info') return {...at, end: {kind: 'error', type: finding.code, message: finding.message, text: textOf(finding)}, out: []};
  return {...at, end: {kind: 'passed'}, out: [textOf(finding)]};
}

function acceptedCase({finding, by, reason, expires}: Accepted): Case {
  const message = `accepted by ${by === 'baseline' ? 'the baseline' : 'a suppression'}${expires === null ? '' : ` until ${expires}`}: ${reason}`;
  return {suite: 'Accepted', name: `${finding.code} ${subjectPath(finding.subject)}`, ms: 0, end: {kind: 'skipped', message}, out: [textOf(finding)]};
}

function failureOf(findings: readonly ReportedFinding[]): Case['end'] {
  const [first] = findings;
  return {kind: 'failure', type: first?.code ?? '', message: `${first?.message ?? ''}${findings.length > 1 ? ` (and ${findings.length - 1} more)` : ''}`, text: findings.map(textOf).join('\n\n')};
}

function textOf({code, level, subject, message, confidence, breaks = [], evidence, remedy}: ReportedFinding): string {
  return [
    `${level}: ${code}, ${subjectPath(subject)}${confidence === 'proven' ? '' : ` (${confidence})`}`,
    message,
    ...(breaks.length === 0 ? [] : [`Breaks: ${breaks.join(', ')}`]),
    ...(evidence.length === 0 ? [] : ['Evidence:', ...bySource(evidence).flatMap(({from, texts}) => [`  ${from}`, ...texts.join('\n').split('\n').map(line => `    ${line}`)])]),
    ...(remedy.length === 0 ? [] : ['What to type:', ...remedy.map(line => `  ${line}`)]),
    `More: kdiag explain ${code}`,
  ].join('\n');
}

function caseElement({suite, name, ms, end, out}: Case): Xml {
  const ended = end.kind === 'passed' ? [] : end.kind === 'skipped' ? [element('skipped', {message: end.message})] : [element(end.kind, {type: end.type, message: end.message}, end.text)];
  return element('testcase', {classname: `kdiag.${suite.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`, name, time: (ms / 1000).toFixed(3)}, [...ended, ...(out.length === 0 ? [] : [element('system-out', {}, out.join('\n\n'))])]);
}

function countsOf(cases: readonly Case[]): Record<'tests' | 'failures' | 'errors', string> {
  return {tests: String(cases.length), failures: String(cases.filter(({end}) => end.kind === 'failure').length), errors: String(cases.filter(({end}) => end.kind === 'error').length)};
}

function secondsOf(cases: readonly Case[]): string {
  return (cases.reduce((sum, {ms}) => sum + ms, 0) / 1000).toFixed(3);
}
