import type {ResolveReport} from '../diagnose/resolve-report.ts';
import {plain, wrap} from './plain.ts';
import type {Style} from './style.ts';
import {table} from './table.ts';

/** `kdiag resolve` for people: the names in the order in which they are asked for, what that costs, and what is odd about the file. */
export function renderResolve(report: ResolveReport, style: Style): string {
  const {summary, settings, candidates, queries, notes, libc} = report;
  const parts = [
    prose(summary, 0, style).map(style.strong),
    candidates.length === 0 ? [] : table(['', 'NAME', 'SEARCH DOMAIN', 'TYPES', libc.kind === 'busybox' ? 'QUERIES' : 'QUERIES SO FAR'], candidates.map(({name, domain, types, sendable, queries}, i) => [
      String(i + 1), `${name}.`, domain ?? '(as it stands)', types.join(' '), sendable ? String(queries) : 'cannot be asked for',
    ])),
    queries === null ? [] : [
      ...prose(`asked: ${settings.nameservers.join(', ')}`, 0, style),
      ...prose(libc.kind === 'busybox' || queries.first === queries.none ? `${count(queries.none)}, whether it exists or not` : `${count(queries.first)} if the first name exists, ${queries.none} if none does`, 0, style),
    ],
    notes.flatMap(({message}) => prose(`· ${message}`, 0, style)),
  ];
  return parts.filter(lines => lines.length > 0).map(lines => lines.map(line => `${line.trimEnd()}\n`).join('')).join('\n');
}

function count(queries: number): string {
  return queries === 1 ? 'one query' : `${queries} queries`;
}

function prose(text: string, indent: number, style: Style): string[] {
  return wrap(plain(text), Math.max(style.width - indent - 2, 20)).map((line, i) => `${' '.repeat(indent + (i === 0 ? 0 : 2))}${line}`);
}
