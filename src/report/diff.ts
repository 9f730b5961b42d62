import type {DiffFinding, DiffReport, NodeState} from '../diagnose/diff-report.ts';
import {glyphOf, paintOf} from './marks.ts';
import {plain, wrap} from './plain.ts';
import type {Style} from './style.ts';
import {table} from './table.ts';

/** `kdiag diff` for people: what is new, graver, gone, and which Services and nodes have become otherwise. */
export function renderDiff(diff: DiffReport, style: Style): string {
  const graver = ({level, was}: DiffReport['changed'][number]): boolean => rank[level] < rank[was];
  const parts = [
    headline(diff, style),
    findingLines('New', diff.new, style, 'the first report could not tell'),
    findingLines('Graver', diff.changed.filter(graver), style),
    findingLines('Less grave', diff.changed.filter(each => !graver(each)), style),
    findingLines('Gone', diff.gone, style, 'the second report could not tell'),
    tableLines('Services', ['SERVICE', 'BEFORE', 'AFTER'], diff.services.map(({namespace, name, before, after}) => [`${namespace}/${name}`, before?.state ?? 'not there', after?.state ?? 'not there']), style),
    tableLines('Nodes', ['NODE', 'BEFORE', 'AFTER'], diff.nodes.map(({name, before, after}) => [name, nodeText(before, after), nodeText(after, before)]), style),
    diff.notes.length === 0 ? [] : [style.strong('Mind'), ...diff.notes.flatMap(({message}) => prose(`· ${message}`, 2, style))],
  ];
  return parts.filter(lines => lines.length > 0).map(lines => lines.map(line => `${line.trimEnd()}\n`).join('')).join('\n');
}

const rank = {error: 0, warning: 1, info: 2} as const;
const marks = {error: 'fail', warning: 'warn', info: 'skipped'} as const;

function headline(diff: DiffReport, style: Style): string[] {
  const [first = '', ...rest] = wrap(plain(diff.summary), style.width);
  return [...[first, ...rest].map(line => style.strong(line)), ...(['before', 'after'] as const).flatMap(side => sideLines(side, diff[side], style))];
}

function sideLines(name: string, {file, status, source, startedAt, summary}: DiffReport['before'], style: Style): string[] {
  const when = startedAt.replace(/:\d{2}(\.\d+)?Z$/, ' UTC').replace('T', ' ');
  return [
    `  ${name.padEnd(6)} ${paintOf(status, style)(glyphOf[status])} ${status}, ${file === '-' ? 'stdin' : plain(file)}`,
    ...[`${source.context}, ${when}`, summary].flatMap(text => prose(text, 11, style)).map(style.faint),
  ];
}

function findingLines(title: string, findings: readonly (DiffFinding & {readonly was?: DiffFinding['level']})[], style: Style, unsure = ''): string[] {
  if (findings.length === 0) return [];
  return [style.strong(title), ...findings.flatMap(({code, level, subject: {kind, namespace, name}, message, was, accepted, rootCause, sure}) => {
    const remarks = [...(was === undefined ? [] : [`${level}, was ${was}`]), ...(accepted ? ['accepted'] : []), ...(rootCause || level === 'info' || accepted ? [] : ['explained by another']), ...(sure ? [] : [unsure])];
    const mark = marks[level];
    return [
      `  ${paintOf(mark, style)(level === 'info' ? '·' : glyphOf[mark])} ${plain(code)} ${plain(`${kind}/${namespace === null ? '' : `${namespace}/`}${name}`)}${remarks.length === 0 ? '' : ` ${style.faint(`(${remarks.join('; ')})`)}`}`,
      ...prose(message, 6, style),
    ];
  })];
}

function tableLines(title: string, head: readonly string[], rows: readonly (readonly string[])[], style: Style): string[] {
  return rows.length === 0 ? [] : [style.strong(title), ...table(head, rows).map(line => `  ${line}`)];
}

/** Only what differs from the other. */
function nodeText(state: NodeState | null, other: NodeState | null): string {
  if (state === null) return 'not there';
  const parts = {ready: state.ready ? 'Ready' : 'NotReady', kubeProxy: `kube-proxy ${state.kubeProxy}`, mode: `mode ${state.mode ?? '?'}`, rules: `rules ${state.rules}`, losing: `${state.losing} lost`};
  return (Object.keys(parts) as (keyof NodeState)[]).filter(key => other === null || state[key] !== other[key]).map(key => parts[key]).join(', ');
}

function prose(text: string, indent: number, style: Style): string[] {
  return wrap(plain(text), Math.max(style.width - indent, 20)).map(line => `${' '.repeat(indent)}${line}`);
}
