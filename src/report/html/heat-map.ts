import type {Reach, Report} from '../../diagnose/report.ts';
import {shareText} from '../reach.ts';
import {plural} from './marks.ts';
import {cut, html, type Markup, nothing} from './markup.ts';
import {section, wideBox} from './page.ts';
import {commonEnd} from './short-names.ts';
import {gridOf, type Places, worth} from './reach-grid.ts';

/** Who reaches which address, as a map: a column for each node, a row for each address, the worst first. */
export function heatMap({reach}: Report): Markup {
  if (reach.length === 0) return nothing;
  const {columns, rows, whole, left} = gridOf(reach);
  const measured = reach.some(({probed}) => probed !== undefined);
  const upright = columns.length > 8;
  const end = commonEnd(columns.flatMap(({names}) => names));
  const notes = [
    ...(left.addresses === 0 ? [] : [`${plural(left.addresses, 'more address', 'more addresses')} that not everybody reaches are left out; these here fare worst.`]),
    ...(left.places === 0 ? [] : [`${plural(left.places, 'place')} that fare better than these are left out.`]),
    ...(end === '' ? [] : [`The names of all nodes end in ${cut(end, 200)}.`]),
    ...(left.addresses + left.places === 0 ? [] : ['All of it is in the JSON report (-o json).']),
  ];
  return section('reach', 'Reach', html`
<p class="lead">Which share of new connections succeeds, from clients on a node (across) to an address (down), predicted from the nodes’ rules and endpoints${measured ? ', and beneath it what was measured: answered of tried' : ''}.</p>
${rows.length === 0 ? nothing : wideBox('Reach: share of new connections that succeed', html`<table class="map${upright ? ' upright' : ''}">
<thead><tr><th scope="col" class="corner">Address</th>${columns.map(place => html`<th scope="col"${titleOf(place)}><span>${placesText(place, end)}</span></th>`)}</tr></thead>
<tbody>${rows.map(({to, cells}) => html`
<tr><th scope="row">${addressesText(to)}</th>${cells.map((cell, i) => cellOf(cell, columns[i]!))}</tr>`)}
</tbody></table>`)}
${whole.length === 0 ? nothing : html`<details class="quiet"><summary>${rows.length === 0 ? 'All' : 'The other'} ${plural(whole.length, 'address', 'addresses')}: 100 % from everywhere that was looked from</summary><ul class="chips">${whole.slice(0, most.whole).map(to => html`<li>${to}</li>`)}${whole.length > most.whole ? html`<li class="more">and ${whole.length - most.whole} more</li>` : nothing}</ul></details>`}
${notes.length === 0 ? nothing : html`<p class="note">${notes.join(' ')}</p>`}
${legend}
${lostList(reach)}`);
}

const most = {whole: 300, alike: 200, lost: 12, places: 40};

const legend = html`<ul class="legend" aria-label="Shades of the map"><li><span class="h0">0 %</span> nothing passes</li><li><span class="h1">1–49 %</span></li><li><span class="h2">50–89 %</span></li><li><span class="h3">90–99 %</span></li><li><span class="h4">100 %</span> all passes</li><li><span class="hu">?</span> could not tell</li></ul>`;

/** A step of the map's shades; the figure is printed in each cell. */
function shadeOf(cell: Reach): string {
  if (cell.predicted === null && cell.probed === undefined) return 'hu';
  const share = worth(cell);
  return share === 1 ? 'h4' : cell.predicted === null && share > 0.999 ? 'hu' : share >= 0.9 ? 'h3' : share >= 0.5 ? 'h2' : share > 0 ? 'h1' : 'h0';
}

function cellOf(cell: Reach | null, place: Places): Markup {
  if (cell === null) return html`<td class="none"><span aria-hidden="true">·</span><span class="unseen">not asked</span></td>`;
  const {predicted, probed, lostAt, to} = cell;
  const title = `From ${placesText(place)} to ${to}: ${predicted === null ? 'could not tell' : shareText(predicted)}${probed === undefined ? '' : `, measured ${probed.ok} of ${probed.tries}`}${lostAt === undefined ? '' : `; ${predicted === null ? '' : 'lost at '}${lostAt}`}`;
  return html`<td class="${shadeOf(cell)}" title="${cut(title, 300)}">${predicted === null ? html`<span aria-hidden="true">?</span><span class="unseen">could not tell</span>` : shareText(predicted).replace(' ', ' ')}${probed === undefined ? nothing : html`<small>${probed.ok}/${probed.tries}</small>`}</td>`;
}

function placesText({kind, names: [first = '', ...others]}: Places, end = ''): string {
  const short = cut(end === '' ? first : first.slice(0, -end.length), 100);
  return `${kind === 'Pod' ? 'pod ' : ''}${short}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}

function titleOf({names}: Places): Markup {
  return html` title="${cut(names.slice(0, most.places).join(', '), 1500)}${names.length > most.places ? ` and ${names.length - most.places} more` : ''}"`;
}

/** One by name; those that fare alike unfold under it. */
function addressesText([first = '', ...others]: readonly string[]): Markup {
  if (others.length === 0) return html`<span>${addressText(first)}</span>`;
  return html`<span>${addressText(first)}<details class="quiet"><summary>and ${others.length} more that fare alike</summary><ul class="plain">${others.slice(0, most.alike).map(each => html`<li>${addressText(each)}</li>`)}${others.length > most.alike ? html`<li>and ${others.length - most.alike} more in the JSON report</li>` : nothing}</ul></details></span>`;
}

/** The namespace faint, so that names are found. */
function addressText(to: string): Markup {
  const slash = to.indexOf('/');
  const colon = to.indexOf(':', slash);
  if (slash < 0 || colon < 0) return html`${cut(to, 200)}`;
  return html`<span class="faint">${cut(to.slice(0, slash), 100)}/</span>${cut(to.slice(slash + 1, colon), 100)}<span class="faint">${cut(to.slice(colon), 100)}</span>`;
}

/** Where connections are lost, each place once, those first that lose the most ways. */
function lostList(reach: readonly Reach[]): Markup {
  const lost = [...Map.groupBy(reach.filter(({lostAt}) => lostAt !== undefined), ({lostAt, predicted}) => `${predicted === null ? '?' : '✘'}${lostAt}`).values()].sort((a, b) => Number(a[0]!.predicted === null) - Number(b[0]!.predicted === null) || b.length - a.length || (a[0]!.lostAt! < b[0]!.lostAt! ? -1 : 1));
  if (lost.length === 0) return nothing;
  const from = (group: readonly Reach[]): string => {
    const names = [...new Set(group.map(each => each.from.name))].sort();
    return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
  };
  const to = (group: readonly Reach[]): string => {
    const names = [...new Set(group.map(each => each.to))];
    return names.length <= 2 ? names.join(', ') : `${plural(names.length, 'address', 'addresses')}, ${names[0]} among them`;
  };
  return html`<h3>Where the rest is lost</h3>
<dl class="lost">${lost.slice(0, most.lost).map(group => html`<div><dt><code>${cut(group[0]!.lostAt ?? '', 400)}</code></dt><dd>from ${cut(from(group), 200)} to ${cut(to(group), 300)}</dd></div>`)}</dl>
${lost.length > most.lost ? html`<p class="note">and ${lost.length - most.lost} more places, which lose fewer.</p>` : nothing}`;
}
