import type {Report, ReportedFinding} from '../diagnose/report.ts';
import {bySource} from './evidence.ts';
import {glyphOf} from './marks.ts';
import {code, fenced, html, prose, tableLines} from './markdown-text.ts';
import {shareText} from './reach.ts';
import {subjectPath} from './subject.ts';
import {untoldReasons} from './untold.ts';

/** What is shown of each. GitHub takes 1 MiB for the summary of a step, and nothing of one that is longer. */
const most = {rows: 50, details: 20, evidence: 8, characters: 2_000, sentence: 600};

/** GitHub-flavoured Markdown, for the summary of a job or a comment: the verdict on top, root causes with their evidence folded away. */
export function renderMarkdown(report: Report): string {
  const parts = [headline(report), causes(report), ...details(report), services(report), nodes(report), pairs(report), list('Could not tell', untoldReasons(report)), accepted(report), list('Worth knowing', report.findings.filter(({level}) => level === 'info').map(({message}) => message))];
  return `${parts.filter(lines => lines.length > 0).map(lines => lines.join('\n')).join('\n\n')}\n`;
}

function headline({status, verdict, source: {kind, context, server, recordedAt}, kdiag}: Report): string[] {
  const where = `${kind === 'live' ? 'cluster' : 'recording of'} ${context}${server === null ? '' : ` (${server})`}${recordedAt === undefined ? '' : `, ${recordedAt}`}`;
  return [`## ${glyphOf[status]} kdiag: ${status}`, '', prose(cut(verdict.summary, most.characters)), '', `<sub>${prose(`${cut(where, most.sentence)}; kdiag ${kdiag.version}`)}</sub>`];
}

function causes({verdict: {rootCauses}}: Report): string[] {
  if (rootCauses.length === 0) return [];
  const isBreaking = rootCauses.some(({breaks}) => breaks !== undefined);
  const head = ['Level', 'Root cause', 'Where', 'What', ...(isBreaking ? ['Breaks'] : [])];
  const rows = rootCauses.slice(0, most.rows).map(({level, code, subject, message, confidence, breaks = []}) => [
    level, `${code}${confidence === 'proven' ? '' : ` (${confidence})`}`, subjectPath(subject), cut(message, most.sentence), ...(isBreaking ? [several(breaks, 5)] : []),
  ]);
  return ['### Root causes', '', ...tableLines(head, rows), ...more(rootCauses.length)];
}

/** A folded block each, so that the page stays short. An empty line ends what is HTML, and Markdown goes on. */
function details(report: Report): string[][] {
  return report.verdict.rootCauses.slice(0, most.details).map(finding => [
    '<details>', `<summary><code>${html(cut(`${finding.code} ${subjectPath(finding.subject)}`, most.sentence))}</code></summary>`, '',
    prose(cut(finding.message, most.characters)), '',
    ...evidenceLines(finding),
    ...(finding.remedy.length === 0 ? [] : ['**What to type**', '', ...fenced(cut(finding.remedy.join('\n'), most.characters), 'sh'), '']),
    ...effects(finding, report),
    `More: ${code(`kdiag explain ${finding.code}`)}`, '', '</details>',
  ]);
}

function evidenceLines({evidence}: ReportedFinding): string[] {
  const shown = evidence.slice(0, most.evidence);
  return [
    ...bySource(shown).flatMap(({from, texts}) => [`**Evidence**: ${prose(cut(from, most.sentence))}`, '', ...fenced(texts.map(text => cut(text, most.characters)).join('\n'), 'text'), '']),
    ...(evidence.length > shown.length ? [`and ${evidence.length - shown.length} more`, ''] : []),
  ];
}

function effects({explains}: ReportedFinding, {findings}: Report): string[] {
  if (explains.length === 0) return [];
  return ['**This explains**', '', ...explains.slice(0, most.evidence).map(id => `- ${prose(cut(findings.find(each => each.id === id)?.message ?? id, most.sentence))}`), ...(explains.length > most.evidence ? [`- and ${explains.length - most.evidence} more`] : []), ''];
}

/** Those that work are only counted. */
function services({services: all, findings}: Report): string[] {
  if (all === undefined) return [];
  const failing = all.filter(({state}) => state !== 'works');
  const codes = (ids: readonly string[]): string => several([...new Set(ids.map(id => findings.find(each => each.id === id)?.code ?? id))], 5);
  const rest = all.length - failing.length;
  return ['### Services', '', ...(failing.length === 0 ? [] : tableLines(['Service', 'Type', 'State', 'Succeed', 'By'], failing.slice(0, most.rows).map(({namespace, name, type, state, predicted, causes}) => [`${namespace}/${name}`, type, state, shareText(predicted), codes(causes)]))), ...more(failing.length), ...(failing.length === 0 ? [] : ['']), `${failing.length === 0 ? 'All' : 'The other'} ${rest} work.`];
}

function nodes({nodes: all, findings}: Report): string[] {
  if (all === undefined) return [];
  const wrong = all.filter(({findings: own, rules, ready}) => own.length > 0 || !ready || rules === 'differ' || rules === 'unread');
  const codes = (ids: readonly string[]): string => several([...new Set(findings.filter(({id}) => ids.includes(id)).map(({code}) => code))], 5);
  const rest = all.length - wrong.length;
  return ['### Nodes', '', ...(wrong.length === 0 ? [] : tableLines(['Node', 'Status', 'kube-proxy', 'Mode', 'Rules', 'Wrong'], wrong.slice(0, most.rows).map(({name, ready, kubeProxy, mode, rules, losing, findings: own}) => [name, ready ? 'Ready' : 'NotReady', kubeProxy, mode ?? '?', losing > 0 ? `${rules} (${losing} lost)` : rules, codes(own)]))), ...more(wrong.length), ...(wrong.length === 0 ? [] : ['']), `${wrong.length === 0 ? 'On all' : 'On the other'} ${rest} nothing is wrong.`];
}

function pairs({pairs: all = []}: Report): string[] {
  const lost = all.filter(({tries, ok}) => ok < tries);
  if (lost.length === 0) return [];
  return ['### Pod network', '', ...tableLines(['From', 'To', 'Client', 'Came through'], lost.slice(0, most.rows).map(({from, to, client, tries, ok}) => [from, to, client, `${ok} of ${tries}`])), ...more(lost.length)];
}

function accepted({accepted: all = []}: Report): string[] {
  if (all.length === 0) return [];
  return ['### Accepted', '', ...tableLines(['Finding', 'Where', 'By', 'Reason', 'Until'], all.slice(0, most.rows).map(({finding, by, reason, expires}) => [finding.code, subjectPath(finding.subject), by, cut(reason, most.sentence), expires ?? 'no end'])), ...more(all.length)];
}

function list(title: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`### ${title}`, '', ...texts.slice(0, most.rows).map(text => `- ${prose(cut(text, most.sentence))}`), ...more(texts.length)];
}

function more(all: number): string[] {
  return all > most.rows ? ['', `and ${all - most.rows} more: \`kdiag\` tells them with \`-o json\`.`] : [];
}

function several(names: readonly string[], few: number): string {
  return `${names.slice(0, few).join(', ')}${names.length > few ? ` and ${names.length - few} more` : ''}`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)} … (${text.length - length} more characters)` : text;
}
