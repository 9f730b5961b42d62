import type {Report, ReportedCheck, ReportedFinding} from '../diagnose/report.ts';
import {columns, pad, plain, wrap} from './plain.ts';
import type {Style} from './style.ts';
import {table} from './table.ts';

const glyphs = {pass: '✔', fail: '✘', warn: '!', unknown: '?', crashed: '?', skipped: '-'} as const;
const headlines = {healthy: '✔', degraded: '!', broken: '✘', unknown: '?'} as const;

/** The report for people: verdict on top, then the chain, root causes with evidence, reach, and what could not be told. */
export function renderText(report: Report, style: Style, wide = false): string {
  const lines = [
    ...headline(report, style),
    '',
    ...chain(report, style),
    ...report.verdict.rootCauses.flatMap((finding, i) => ['', ...cause(finding, report, i, style, wide)]),
    ...notes(report, style),
    ...reach(report, style),
    ...open(report, style),
  ];
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

function headline(report: Report, style: Style): string[] {
  const mark = paint(report.status, style);
  const [first = '', ...rest] = wrap(plain(report.verdict.summary), style.width - 2);
  const {context, server, kind, recordedAt} = report.source;
  const where = `${kind === 'live' ? 'cluster' : 'recording of'} ${context}${server === null ? '' : `, Kubernetes ${server}`}${recordedAt === undefined ? '' : `, ${recordedAt}`}`;
  return [`${mark(headlines[report.status])} ${style.strong(first)}`, ...rest.map(line => `  ${style.strong(line)}`), ...wrap(plain(where), style.width - 2).map(line => `  ${style.faint(line)}`)];
}

/** One line per check, under its link; why it is unknown or skipped, or what was seen. */
function chain(report: Report, style: Style): string[] {
  const lines: string[] = [];
  const margin = Math.max(...report.checks.map(({link}) => columns(link))) + 2;
  let link = '';
  for (const check of report.checks) {
    const name = check.link === link ? '' : check.link;
    link = check.link;
    const text = check.outcome === 'pass' ? `${check.question}${check.note === undefined ? '' : `: ${check.note}`}` : `${check.question}${reason(check, report)}`;
    const [first = '', ...rest] = wrap(plain(text), style.width - margin - 2);
    const dim = check.outcome === 'skipped' ? style.faint : (each: string): string => each;
    lines.push(`${style.strong(pad(name, margin))}${paint(check.outcome, style)(glyphs[check.outcome])} ${dim(first)}`, ...rest.map(line => `${' '.repeat(margin + 2)}${dim(line)}`));
  }
  return lines;
}

function reason(check: ReportedCheck, report: Report): string {
  const subjects = report.findings.filter(({id}) => check.findings.includes(id)).filter(({level}) => level !== 'info').map(({subject}) => subject.name);
  const names = subjects.length === 0 ? '' : ` — not so: ${[...new Set(subjects)].join(', ')}`;
  const why = check.why === undefined ? '' : ` — ${check.outcome === 'skipped' ? 'skipped' : 'could not tell'}: ${check.why}`;
  return check.outcome === 'fail' || check.outcome === 'warn' ? names : why;
}

function cause(finding: ReportedFinding, report: Report, index: number, style: Style, wide: boolean): string[] {
  const mark = finding.level === 'error' ? style.bad : style.caution;
  const title = report.verdict.rootCauses.length > 1 ? `Root cause ${index + 1}` : 'Root cause';
  const sure = finding.confidence === 'proven' ? '' : `, ${finding.confidence}`;
  const most = wide ? Infinity : 8;
  const evidence = finding.evidence.slice(0, most);
  return [
    `${mark(`${title}: ${finding.code}`)} ${style.faint(`(${finding.level}${sure})`)}`,
    ...wrap(plain(finding.message), style.width - 2).map(line => `  ${line}`),
    ...(evidence.length === 0 ? [] : [`  ${style.strong('Evidence')}`]),
    ...grouped(evidence).flatMap(({from, texts}) => [`    ${style.faint(plain(from))}`, ...texts.flatMap(text => plain(text, 'many').split('\n').map(line => `      ${line}`))]),
    ...(finding.evidence.length > most ? [`    ${style.faint(`and ${finding.evidence.length - most} more (-o wide)`)}`] : []),
    ...(finding.remedy.length === 0 ? [] : [`  ${style.strong('What to type')}`, ...finding.remedy.map(line => `    ${line.startsWith('#') ? style.faint(plain(line)) : plain(line)}`)]),
    ...(finding.explains.length === 0 ? [] : [`  ${style.strong('This explains')}`, ...finding.explains.map(id => `    ${plain(report.findings.find(each => each.id === id)?.message ?? id)}`).flatMap(line => wrap(line, style.width - 4).map(each => `    ${each}`))]),
    `  ${style.faint(`More: kdiag's ${finding.docs}`)}`,
  ];
}

function grouped(evidence: ReportedFinding['evidence']): {from: string; texts: string[]}[] {
  const groups: {from: string; texts: string[]}[] = [];
  for (const {from, text} of evidence) {
    const last = groups.at(-1);
    if (last?.from === from) last.texts.push(text);
    else groups.push({from, texts: [text]});
  }
  return groups;
}

/** Findings of level info: worth knowing to read the rest. */
function notes(report: Report, style: Style): string[] {
  const infos = report.findings.filter(({level}) => level === 'info');
  return infos.length === 0 ? [] : ['', style.strong('Worth knowing'), ...infos.flatMap(({message}) => indented(`· ${message}`, style))];
}

function reach(report: Report, style: Style): string[] {
  if (report.reach.length === 0) return [];
  const rows = report.reach.map(({from, to, predicted, lostAt}) => [from.name, to, predicted === null ? '?' : `${Math.round(predicted * 1000) / 10} %`, lostAt ?? '']);
  const drawn = table(['FROM', 'TO', 'CONNECTIONS THAT SUCCEED', 'LOST AT'], rows);
  const fits = drawn.every(line => columns(line) <= style.width);
  const narrow = fits ? drawn : table(['FROM', 'TO', 'SUCCEED'], rows.map(row => row.slice(0, 3)));
  const lost = fits ? [] : [...new Set(report.reach.flatMap(({from, lostAt}) => (lostAt === undefined ? [] : [`${from.name}: lost at ${lostAt}`])))];
  return ['', style.strong('Reach (predicted from the rules)'), ...narrow.map(line => `  ${line}`), ...lost.flatMap(line => indented(line, style))];
}

/** What was not checked, and why. Never left out. */
function open(report: Report, style: Style): string[] {
  const checks = report.checks.filter(({outcome}) => outcome === 'unknown' || outcome === 'crashed');
  const lesser = report.findings.filter(({level, id}) => level === 'warning' && id.startsWith('permission-missing') && !report.verdict.rootCauses.some(root => root.id === id));
  if (checks.length === 0 && lesser.length === 0) return [];
  const reasons = [...new Set(checks.map(({why}) => why ?? 'no reason given'))];
  return ['', style.strong('Could not tell'), ...reasons.flatMap(why => indented(`? ${why}`, style)), ...lesser.flatMap(({message}) => indented(`? ${message}`, style))];
}

function indented(text: string, style: Style): string[] {
  const [first = '', ...rest] = wrap(plain(text), style.width - 4);
  return [`  ${first}`, ...rest.map(line => `    ${line}`)];
}

function paint(outcome: keyof typeof glyphs | keyof typeof headlines, style: Style): (text: string) => string {
  switch (outcome) {
    case 'pass': case 'healthy': return style.good;
    case 'fail': case 'broken': return style.bad;
    case 'skipped': return style.faint;
    default: return style.caution;
  }
}
