import {count, list} from '../findings/words/phrases.ts';
import {version} from '../version.ts';
import type {Changed, DiffFinding, DiffNote, DiffReport, NodeState} from './diff-report.ts';
import type {NodeLine} from './nodes-report.ts';
import type {Report, ReportedFinding} from './report.ts';
import {inOrder, severity} from './verdict.ts';

/** A report, and the file that it comes from, for messages. */
export interface Compared {
  readonly file: string;
  readonly report: Report;
}

/** What has become otherwise from one report to another. What is accepted in either is compared as well, and marked. Pure. */
export function diffOf(a: Compared, b: Compared): DiffReport {
  const [before, after] = [foundIn(a.report), foundIn(b.report)];
  const only = (here: Compared, own: Found, there: Compared, other: Found): DiffFinding[] => inOrder([...own.values()].filter(({id}) => !other.has(id))).map(finding => told(finding, here.report, wasAskedIn(finding, here.report, there.report)));
  const both = inOrder([...after.values()].filter(({id}) => before.has(id)));
  const changed = both.flatMap(finding => {
    const was = before.get(finding.id)?.level ?? finding.level;
    return was === finding.level ? [] : [{...told(finding, b.report, true), was}];
  });
  const [added, gone] = [only(b, after, a, before), only(a, before, b, after)];
  return {
    schemaVersion: 'kdiag.diff/v1', kdiag: {version}, before: sideOf(a), after: sideOf(b),
    summary: summaryOf(added, gone, changed, both.length - changed.length),
    new: added, gone, changed, unchanged: both.length - changed.length,
    services: changedLines(a.report.services, b.report.services, ({namespace, name}) => ({namespace, name}), ({state}) => ({state})),
    nodes: changedLines(a.report.nodes, b.report.nodes, ({name}) => ({name}), stateOf),
    notes: notesOf(a.report, b.report),
  };
}

type Found = ReadonlyMap<string, ReportedFinding>;

/** Accepted or not; of several of one id the gravest. */
function foundIn({findings, accepted = []}: Report): Found {
  const all = [...findings, ...accepted.map(({finding}) => finding)].toSorted((one, other) => severity[other.level] - severity[one.level]);
  return new Map(all.map(finding => [finding.id, finding]));
}

function told({id, code, level, subject: {kind, namespace, name}, message}: ReportedFinding, {verdict, findings}: Report, sure: boolean): DiffFinding {
  return {id, code, level, subject: {kind, namespace, name}, message, rootCause: verdict.rootCauses.some(root => root.id === id), accepted: !findings.some(each => each.id === id), sure};
}

/** Whether the same was asked there, and the check that finds it here came to an end there, also for its node. Of what no check names, whether all did. */
function wasAskedIn({id, subject}: ReportedFinding, here: Report, there: Report): boolean {
  if (asked(here) !== asked(there)) return false;
  const open = new Set(there.checks.flatMap(({id: check, outcome, untold}) => (outcome === 'unknown' || outcome === 'crashed' || untold !== undefined ? [check] : [])));
  // a check passes over nodes that were not read: another one tells of these
  if (subject.kind === 'Node' && open.size > 0 && !wasRead(subject.name, there)) return false;
  const owners = here.checks.filter(({findings}) => findings.includes(id));
  return owners.length === 0 ? open.size === 0 : owners.some(owner => !open.has(owner.id) && there.checks.some(check => check.id === owner.id));
}

/** Or is no node there any more. Where nodes are not told of, it is not known. */
function wasRead(node: string, {nodes}: Report): boolean {
  return nodes !== undefined && nodes.every(({name, rules}) => name !== node || rules !== 'unread');
}

function sideOf({file, report: {command, source, status, verdict, startedAt}}: Compared): DiffReport['before'] {
  const {kind, context, server, recordedAt} = source;
  const args = Object.fromEntries(Object.entries(command.args).map(([name, value]) => [name, String(value)]));
  return {file, command: {name: command.name, args}, source: {kind, context, server, ...(recordedAt === undefined ? {} : {recordedAt})}, status, summary: verdict.summary, startedAt};
}

/** Only where both reports tell of such; in the order of the second. */
function changedLines<Line, Name, State>(before: readonly Line[] | undefined, after: readonly Line[] | undefined, nameOf: (line: Line) => Name, state: (line: Line) => State): Changed<State, Name>[] {
  if (before === undefined || after === undefined) return [];
  const key = (line: Line): string => JSON.stringify(nameOf(line));
  const [old, now] = [new Map(before.map(line => [key(line), line])), new Map(after.map(line => [key(line), line]))];
  return [...now, ...[...old].filter(([name]) => !now.has(name))].flatMap(([name, line]) => {
    const [was, is] = [old.get(name), now.get(name)].map(each => (each === undefined ? null : state(each)));
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{...nameOf(line), before: was ?? null, after: is ?? null}];
  });
}

function stateOf({ready, kubeProxy, mode, rules, losing}: NodeLine): NodeState {
  return {ready, kubeProxy, mode, rules, losing};
}

function summaryOf(added: readonly DiffFinding[], gone: readonly DiffFinding[], changed: DiffReport['changed'], unchanged: number): string {
  const graver = changed.filter(({level, was}) => severity[level] < severity[was]).length;
  const parts = ([[added.length, 'new'], [graver, 'graver'], [changed.length - graver, 'less grave'], [gone.length, 'gone'], [unchanged, 'as before']] as const).filter(([n]) => n > 0)
    .map(([n, how], i) => `${i === 0 ? count(n, 'finding') : n} ${n === 1 ? 'is' : 'are'} ${how}`);
  const unsure = [...added, ...gone].filter(({sure}) => !sure).length;
  const all = parts.length === 0 ? 'Nothing is new: neither report has a finding' : `${added.length === 0 && graver === 0 ? 'Nothing is new: ' : ''}${list(parts, parts.length)}`;
  return `${all}${unsure === 0 ? '' : `; ${count(unsure, 'of these is', 'of these are')} not sure, as one of the reports could not tell`}`;
}

function notesOf(a: Report, b: Report): DiffNote[] {
  const [before, after] = [asked(a), asked(b)];
  return [
    ...(before === after ? [] : [{code: 'asked-otherwise' as const, message: `The reports answer different questions, ${before} and ${after}: what differs may be what was asked`}]),
    ...(a.source.context === b.source.context ? [] : [{code: 'other-cluster' as const, message: `The reports may be of different clusters: their contexts are ${a.source.context} and ${b.source.context}`}]),
    ...(a.kdiag.version === b.kdiag.version ? [] : [{code: 'other-version' as const, message: `The reports are from different versions of kdiag, ${a.kdiag.version} and ${b.kdiag.version}: what differs may be what kdiag can find`}]),
    ...(Date.parse(a.startedAt) <= Date.parse(b.startedAt) ? [] : [{code: 'reversed' as const, message: 'The first report is of a later time than the second'}]),
  ];
}

/** `kdiag svc service=web namespace=shop`; the same whatever the order of the arguments. */
function asked({command: {name, args}}: Report): string {
  return ['kdiag', name, ...Object.entries(args).map(([key, value]) => `${key}=${String(value)}`).sort()].join(' ');
}
