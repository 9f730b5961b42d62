import type {Report, ReportedFinding} from '../diagnose/report.ts';
import {jsonText} from './json.ts';
import {plain} from './plain.ts';
import {subjectPath} from './subject.ts';

const levels = {error: 'error', warning: 'warning', info: 'note'} as const;
const precisions = {proven: 'very-high', likely: 'high', possible: 'medium'} as const;
const order = ['error', 'warning', 'info'] as const;

/** How much of a finding's evidence is in its message, which is all that GitHub shows. All of it is in its properties. */
const mostEvidence = 8;

/**
 * SARIF 2.1.0, for code scanning and everything else that collects findings. `titleOf` gives a code's title; the report itself has none.
 * Rules have no helpUri: kdiag's pages come with its package, and have no address of their own.
 */
export function renderSarif(report: Report, titleOf: (code: string) => string = wordsOf): string {
  const {kdiag: {version}, command, source, status, verdict, startedAt, accepted = []} = report;
  const found = [...report.findings.map(finding => ({finding, suppressions: []})), ...accepted.map(({finding, by, reason, expires}) => ({
    finding, suppressions: [{kind: 'external', status: 'accepted', justification: clean(`${by}: ${reason}${expires === null ? '' : ` (until ${expires})`}`), properties: {by, expires}}],
  }))];
  const codes = [...Map.groupBy(found.map(({finding}) => finding), ({code}) => code)];
  const roots = new Set(verdict.rootCauses.map(({id}) => id));
  const untold = report.checks.filter(({outcome}) => outcome === 'unknown' || outcome === 'crashed');
  return jsonText({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: {driver: {name: 'kdiag', version, semanticVersion: version, rules: codes.map(([code, same]) => ruleOf(code, same, titleOf)), notifications: [...untold.map(({id, question}) => descriptorOf(id, question)), descriptorOf('status', 'How the examination ended')]}},
      // GitHub keeps the results of different clusters apart by this.
      automationDetails: {id: `kdiag/${command.name}/${segment(source.context)}/`},
      invocations: [{
        executionSuccessful: status !== 'unknown',
        ...(source.kind === 'live' ? {startTimeUtc: startedAt} : {}),
        toolExecutionNotifications: [
          ...untold.map(({id, question, outcome, why}) => ({descriptor: {id}, level: outcome === 'crashed' ? 'error' : 'warning', message: {text: clean(`${question}: could not tell, ${why ?? 'no reason given'}`)}})),
          ...(status === 'unknown' ? [{descriptor: {id: 'status'}, level: 'error', message: {text: clean(verdict.summary)}}] : []),
        ],
      }],
      columnKind: 'utf16CodeUnits',
      results: found.map(({finding, suppressions}) => ({...resultOf(finding, codes.findIndex(([code]) => code === finding.code), roots.has(finding.id), report), suppressions})),
      properties: {status, summary: clean(verdict.summary), command, source},
    }],
  });
}

function ruleOf(code: string, findings: readonly ReportedFinding[], titleOf: (code: string) => string): object {
  const level = order.find(each => findings.some(finding => finding.level === each)) ?? 'info';
  const [first] = findings;
  return {
    id: code,
    name: pascal(code),
    shortDescription: {text: titleOf(code)},
    fullDescription: {text: `${titleOf(code)}. What it means, how to confirm it and how to mend it: kdiag explain ${code}`},
    help: {text: `kdiag explain ${code} shows what this means, how to confirm it by hand and how to mend it. The same page is ${first?.docs ?? ''} in kdiag's package.`, markdown: `\`kdiag explain ${code}\` shows what this means, how to confirm it by hand and how to mend it. The same page is \`${first?.docs ?? ''}\` in kdiag's package.`},
    defaultConfiguration: {level: levels[level]},
    properties: {tags: ['kubernetes', 'network'], precision: precisions[first?.confidence ?? 'possible'], 'problem.severity': level === 'info' ? 'recommendation' : level, docs: first?.docs ?? ''},
  };
}

function resultOf(finding: ReportedFinding, ruleIndex: number, isRoot: boolean, {findings}: Report): object {
  const {id, code, level, subject, confidence, explains, breaks, evidence, remedy} = finding;
  return {
    ruleId: code, ruleIndex, kind: 'fail', level: levels[level],
    message: {text: clean(messageOf(finding))},
    // GitHub takes no result without a file. There is none: what is named is an object in a cluster, so that what is about one object stands together.
    locations: [{
      physicalLocation: {artifactLocation: {uri: ['kubernetes', subject.kind, ...(subject.namespace === null ? [] : [segment(subject.namespace)]), segment(subject.name)].join('/')}, region: {startLine: 1}},
      logicalLocations: [{fullyQualifiedName: plain(subjectPath(subject)), name: plain(subject.name), kind: 'resource'}],
    }],
    // The first is the one that GitHub compares; without it, it would look for the file.
    partialFingerprints: {primaryLocationLineHash: `${hash(id)}:1`, 'kdiagFinding/v1': plain(id)},
    properties: {id, rootCause: isRoot, confidence, explains, explainedBy: findings.filter(each => each.explains.includes(id)).map(each => each.id), ...(breaks === undefined ? {} : {breaks}), evidence, remedy},
  };
}

function messageOf({message, breaks = [], evidence, remedy}: ReportedFinding): string {
  return [
    `${message}.`,
    ...(breaks.length === 0 ? [] : [`Breaks ${breaks.join(', ')}.`]),
    ...(remedy.length === 0 ? [] : [['What to type:', ...remedy].join('\n')]),
    ...(evidence.length === 0 ? [] : [['Evidence:', ...evidence.slice(0, mostEvidence).map(({from, text}) => `${from}: ${text}`), ...(evidence.length > mostEvidence ? [`and ${evidence.length - mostEvidence} more`] : [])].join('\n')]),
  ].join('\n\n');
}

/** What a notification points at. GitHub asks of it what it asks of a rule. */
function descriptorOf(id: string, text: string): object {
  const said = clean(text).trim() || id;
  return {id, shortDescription: {text: said}, fullDescription: {text: said}, help: {text: 'What kdiag needs to be allowed: docs/permissions.md in its package.'}};
}

/** Plain text in SARIF still knows links, `[text](target)`: what a cluster says makes none. */
function clean(text: string): string {
  return plain(text, 'many').replaceAll('](', '] (');
}

/** One part of a path; two dots would lead out of it. */
function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/^\.+$/, '_$&');
}

/** FNV-1a of 64 bits: the same id gives the same fingerprint in every version of kdiag. */
function hash(text: string): string {
  let sum = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  return sum.toString(16).padStart(16, '0');
}

/** SARIF's names of rules are written so. */
function pascal(name: string): string {
  return name.split('-').map(word => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}

function wordsOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
