import type {Outcome, Report, ReportedFinding} from '../../diagnose/report.ts';
import {glyphOf} from '../marks.ts';
import {toneOf, wordOf, worstOf} from './marks.ts';
import {html, type Markup, nothing} from './markup.ts';
import {section} from './page.ts';
import {stationsOf, type Station} from './stations.ts';
import {arrow, drawing, frame, label} from './svg.ts';

interface Drawn extends Station {
  /** Null: nothing was asked of it. */
  readonly outcome: Outcome | null;
  /** The first root cause is here. */
  readonly broken: ReportedFinding | null;
}

/** What a packet meets, what the API asks for above it, and where it ends. One drawing for wide pages, one for narrow ones. */
export function packetPath(report: Report): Markup {
  if (report.checks.length === 0) return nothing;
  const [cause] = report.verdict.rootCauses;
  const broken = cause === undefined ? null : linkOf(report, cause);
  const stations = stationsOf(report).map((station): Drawn => {
    const asked = report.checks.filter(({link}) => station.links.includes(link));
    return {...station, outcome: asked.length === 0 ? null : worstOf(asked.map(({outcome}) => outcome)), broken: cause !== undefined && broken !== null && station.links.includes(broken) ? cause : null};
  });
  const at = stations.find(station => station.broken !== null);
  const told = at === undefined ? `The way of a packet: ${report.status === 'healthy' ? 'nothing on it is broken' : 'no single place on it is known to be broken'}.`
    : `The way of a packet: ${cause!.level === 'error' ? 'broken' : 'weak'} at “${at.title}”, by ${cause!.code}.`;
  return section('path', 'The packet’s way', html`<figure class="path">${wide(stations, told)}${tall(stations, told)}
<figcaption>${told} ${stations.some(({outcome, links}) => outcome === null && links.length > 0) ? 'What is drawn with a broken line was not asked.' : ''}</figcaption></figure>`);
}

/** Where in the chain a finding belongs: the link of the check that found it, or that found what it explains. */
function linkOf({checks}: Report, {id, explains}: ReportedFinding): string | null {
  return (checks.find(({findings}) => findings.includes(id)) ?? checks.find(({findings}) => explains.some(each => findings.includes(each))))?.link ?? null;
}

const size = {width: 176, height: 66, gap: 45, plan: 26, packet: 176};
const left = (column: number): number => column * (size.width + size.gap);

/** Two lanes: above what the cluster is told to do, below what a packet goes through. */
function wide(stations: readonly Drawn[], told: string): Markup {
  const lost = lostFrom(stations);
  const lane = (which: Station['lane']): readonly Drawn[] => stations.filter(station => station.lane === which);
  const middle = (lane: Station['lane']): number => size[lane] + size.height / 2;
  const along = (which: Station['lane']): Markup[] => lane(which).slice(1).filter(({fed}) => fed === undefined).map(({column}) => arrow([left(column - 1) + size.width + 4, middle(which)], [left(column) - 4, middle(which)], column > lost[which] ? 'lost' : ''));
  const feeding = lane('plan').filter(({feeds}) => feeds).map(({column}) => arrow([left(column) + size.width / 2, size.plan + size.height + 4], [left(column) + size.width / 2, size.packet - 4], column === lost.feed ? 'lost' : ''));
  return drawing('path-wide', 'wide-path', left(4) + size.width, size.packet + size.height + (stations.some(({broken, lane}) => broken !== null && lane === 'packet') ? 30 : 4), told, html`
${label(0, size.plan - 10, 'What the cluster’s API asks for', 60, 'lane')}${label(0, size.packet - 10, 'What a packet meets', 30, 'lane')}
${along('plan')}${along('packet')}${feeding}${stations.map(station => boxOf(station))}`);
}

/** From which column on connections are lost, in each lane, and what of the plan does not get through; a weakness loses none. */
function lostFrom(stations: readonly Drawn[]): Readonly<Record<Station['lane'] | 'feed', number>> {
  const at = stations.find(({broken}) => broken?.level === 'error');
  if (at === undefined) return {plan: Infinity, packet: Infinity, feed: -1};
  if (at.lane === 'packet') return {plan: Infinity, packet: at.column, feed: -1};
  const feed = stations.find(({feeds, column}) => feeds === true && column >= at.column)?.column ?? -1;
  return {plan: at.column, packet: feed, feed};
}

function kindOf({outcome, broken, links}: Drawn): string {
  const tone = broken !== null ? (broken.level === 'error' ? 'bad here' : 'caution here') : outcome === null ? (links.length === 0 ? 'plain' : 'unasked') : toneOf[outcome];
  return `station ${tone}`;
}

function boxOf(station: Drawn): Markup {
  const {title, about, lane, column, outcome, broken} = station;
  const [x, y] = [left(column), size[lane]];
  const side = column === 0 ? 'start' : column === 4 ? 'end' : lane === 'plan' ? 'start' : 'middle';
  const [at, below] = [column === 0 ? x : column === 4 ? x + size.width : lane === 'plan' ? x + size.width / 2 + 12 : x + size.width / 2, y + size.height + 20];
  return html`<g class="${kindOf(station)}">${frame({x, y, width: size.width, height: size.height}, 'frame')}
${label(x + 14, y + 28, title, 17, 'name')}${label(x + 14, y + 48, about, 27, 'about')}${outcome === null ? nothing : html`<text class="glyph" x="${x + size.width - 14}" y="${y + 28}" text-anchor="end"><title>${wordOf[outcome]}</title>${glyphOf[outcome]}</text>`}
${broken === null ? nothing : label(at, below, `${broken.level === 'error' ? '✘' : '!'} ${broken.code}`, 34, 'callout', side)}</g>`;
}

const row = {width: 340, height: 50, gap: 20};

/** One below the other, in the order of the chain. */
function tall(stations: readonly Drawn[], told: string): Markup {
  const inOrder = [...stations].sort((a, b) => a.order - b.order);
  const broken = inOrder.findIndex(each => each.broken?.level === 'error');
  const top = (i: number): number => 2 + i * (row.height + row.gap);
  return drawing('path-tall', 'tall-path', row.width, top(inOrder.length - 1) + row.height + 2, told, html`${inOrder.map((station, i) => html`
${i === 0 ? nothing : arrow([row.width / 2, top(i - 1) + row.height + 2], [row.width / 2, top(i) - 2], broken >= 0 && i > broken ? 'lost' : '')}<g class="${kindOf(station)}">${frame({x: 2, y: top(i), width: row.width - 4, height: row.height}, 'frame')}
${label(16, top(i) + 21, station.title, 30, 'name')}${station.broken === null ? label(16, top(i) + 39, station.about, 48, 'about') : label(16, top(i) + 39, station.broken.code, 40, 'callout')}${station.outcome === null ? nothing : html`<text class="glyph" x="${row.width - 18}" y="${top(i) + 31}" text-anchor="end">${glyphOf[station.outcome]}</text>`}</g>`)}`);
}
