import type {Report} from '../../diagnose/report.ts';
import {plural} from './marks.ts';
import {cut, html, type Markup, nothing} from './markup.ts';
import {section, wideBox} from './page.ts';
import {commonEnd} from './short-names.ts';

type Pair = NonNullable<Report['pairs']>[number];

/** Up to so many nodes each has a row and a column of its own; of more, those that fare alike share one. */
const few = 16;
const most = {groups: 24, names: 40};

/** Who reaches whose pods: a row for each node that asked, a column for each that was asked. */
export function pairsMatrix({pairs}: Report): Markup {
  if (pairs === undefined || pairs.length === 0) return nothing;
  const cells = new Map<string, Map<string, Pair[]>>();
  for (const pair of pairs) {
    const row = cells.get(pair.from) ?? new Map<string, Pair[]>();
    cells.set(pair.from, row);
    row.set(pair.to, [...(row.get(pair.to) ?? []), pair]);
  }
  const all = [...cells].flatMap(([from, row]) => [...row].map(([to, parts]) => ({from, to, ...sumOf(parts)})));
  const wrong = all.filter(({ok, tries}) => ok < tries || tries === 0);
  const untold = wrong.filter(({tries}) => tries === 0).length;
  const lead = html`<p class="lead">Whether pods on one node (down) reach pods on another (across), as it was tried: ${wrong.length === untold ? `all ${all.length - untold} pairs that were asked came through` : `${wrong.length - untold} of ${plural(all.length, 'pair')} lost connections`}${untold === 0 ? '' : `, ${untold} could not be asked`}.</p>`;
  const names = {from: [...cells.keys()], to: [...new Set(all.map(({to}) => to))]};
  if (wrong.length === 0 && Math.max(names.from.length, names.to.length) > few) return section('pairs', 'Pod network, node to node', lead);
  const [from, to] = [groupsOf('from', names.from, wrong), groupsOf('to', names.to, wrong)];
  const end = commonEnd([...names.from, ...names.to]);
  const [rows, columns] = [from.slice(0, most.groups), to.slice(0, most.groups)];
  const left = [...from.slice(most.groups), ...to.slice(most.groups)].length;
  return section('pairs', 'Pod network, node to node', html`${lead}
${wideBox('Pod network: who reaches whose pods', html`<table class="map pairs${columns.length > 8 ? ' upright' : ''}">
<thead><tr><th scope="col" class="corner">From <span aria-hidden="true">↓</span> to <span aria-hidden="true">→</span></th>${columns.map(group => html`<th scope="col"${titleOf(group)}><span>${groupText(group, end)}</span></th>`)}</tr></thead>
<tbody>${rows.map(row => html`
<tr><th scope="row"${titleOf(row)}><span>${groupText(row, end)}</span></th>${columns.map(column => cellOf(row, column, row.flatMap(a => column.flatMap(b => cells.get(a)?.get(b) ?? []))))}</tr>`)}
</tbody></table>`)}
${end === '' ? nothing : html`<p class="note">All names end in <code>${cut(end, 200)}</code>.</p>`}
${left === 0 ? nothing : html`<p class="note">${plural(left, 'row or column', 'rows and columns')} of nodes that lose less are left out; all pairs are in the JSON report.</p>`}`);
}

interface Sum {
  readonly from: string;
  readonly to: string;
  readonly ok: number;
  readonly tries: number;
}

function sumOf(parts: readonly Pair[]): Pick<Sum, 'ok' | 'tries'> {
  return {ok: parts.reduce((sum, {ok}) => sum + ok, 0), tries: parts.reduce((sum, {tries}) => sum + tries, 0)};
}

/** By what is wrong on this end of theirs; those with most of it first, if they are many. */
function groupsOf(own: 'from' | 'to', names: readonly string[], wrong: readonly Sum[]): (readonly string[])[] {
  const sorted = [...names].sort();
  if (names.length <= few) return sorted.map(name => [name]);
  const other = own === 'from' ? 'to' : 'from';
  const about = Map.groupBy(wrong, pair => pair[own]);
  const key = (name: string): string => (about.get(name) ?? []).map(pair => `${pair[other]} ${pair.ok}/${pair.tries}`).sort().join('\0');
  const lost = ([name = '']: readonly string[]): number => (about.get(name) ?? []).reduce((sum, {ok, tries}) => sum + (tries === 0 ? 0.001 : tries - ok), 0);
  return [...Map.groupBy(sorted, key).values()].sort((a, b) => lost(b) - lost(a) || (a[0]! < b[0]! ? -1 : 1));
}

function groupText([first = '', ...others]: readonly string[], end: string): string {
  const short = cut(end === '' ? first : first.slice(0, -end.length), 100);
  return others.length === 0 ? short : `${short} and ${others.length} more`;
}

function titleOf(names: readonly string[]): Markup {
  return html` title="${cut(names.slice(0, most.names).join(', '), 1500)}${names.length > most.names ? ` and ${names.length - most.names} more` : ''}"`;
}

function cellOf(from: readonly string[], to: readonly string[], parts: readonly Pair[]): Markup {
  if (parts.length === 0) return html`<td class="none"><span aria-hidden="true">·</span><span class="unseen">${from.join() === to.join() ? 'itself' : 'not asked'}</span></td>`;
  const {ok, tries} = sumOf(parts);
  const told = (['pod', 'node'] as const).flatMap(client => {
    const own = sumOf(parts.filter(part => part.client === client));
    return parts.some(part => part.client === client) ? [`from ${client === 'pod' ? 'pods' : 'the node itself'} ${own.tries === 0 ? 'could not be asked' : `${own.ok} of ${own.tries} came through`}`] : [];
  });
  const title = `From ${groupText(from, '')} to ${groupText(to, '')}: ${told.join(', ')}`;
  const shade = tries === 0 ? 'hu' : ok === tries ? 'h4' : ok === 0 ? 'h0' : ok * 2 < tries ? 'h1' : 'h2';
  return html`<td class="${shade}" title="${cut(title, 300)}">${tries === 0 ? html`<span aria-hidden="true">?</span><span class="unseen">could not be asked</span>` : html`<span aria-hidden="true">${ok === tries ? '✔' : ok === 0 ? '✘' : '!'}</span> ${ok}/${tries}`}</td>`;
}
