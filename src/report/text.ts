import type {Report} from '../diagnose/report.ts';
import {acceptedLines} from './accepted.ts';
import {chainLines} from './chain.ts';
import {dnsLines} from './dns.ts';
import {glyphOf, paintOf} from './marks.ts';
import {plain, wrap} from './plain.ts';
import {nodesLines} from './nodes.ts';
import {pairsLines} from './pairs.ts';
import {podLines} from './pod.ts';
import {pathLines} from './paths.ts';
import {reachLines} from './reach.ts';
import {rootCauseLines} from './root-causes.ts';
import {servicesLines} from './services.ts';
import type {Style} from './style.ts';
import {untoldReasons} from './untold.ts';

/**
 * The report for people: the verdict on top, the chain, root causes with what to type, reach, and what could not be told.
 * `wide` leaves nothing out. Only raw evidence, commands and names that are longer than a line go beyond the style's width.
 */
export function renderText(report: Report, style: Style, wide = false): string {
  const parts = [
    headline(report, style),
    servicesLines(report, style, wide),
    nodesLines(report, style, wide),
    pairsLines(report, style),
    podLines(report, style),
    chainLines(report, style, wide),
    ...rootCauseLines(report, style, wide),
    notes(report, style),
    acceptedLines(report, style),
    ...dnsLines(report, style, wide),
    reachLines(report, style, wide),
    ...pathLines(report.traces ?? [], style, wide),
    untold(report, style),
  ];
  return `${parts.filter(lines => lines.length > 0).map(lines => lines.map(line => `${line.trimEnd()}\n`).join('')).join('\n')}`;
}

function headline(report: Report, style: Style): string[] {
  const {context, server, kind, recordedAt} = report.source;
  const where = `${kind === 'live' ? 'cluster' : 'recording of'} ${context}${server === null ? '' : ` (${server})`}${recordedAt === undefined ? '' : `, ${recordedAt.replace(/:\d{2}(\.\d+)?Z$/, ' UTC').replace('T', ' ')}`}`;
  const [first = '', ...rest] = wrap(plain(report.verdict.summary), style.width - 2);
  return [
    `${paintOf(report.status, style)(glyphOf[report.status])} ${style.strong(first)}`,
    ...rest.map(line => `  ${style.strong(line)}`),
    ...wrap(plain(where), style.width - 2).map(line => `  ${style.faint(line)}`),
  ];
}

/** Findings of level info: worth knowing to read the rest. */
function notes(report: Report, style: Style): string[] {
  const infos = report.findings.filter(({level}) => level === 'info');
  return infos.length === 0 ? [] : [style.strong('Worth knowing'), ...infos.flatMap(({message}) => indented(`· ${message}`, style))];
}

function untold(report: Report, style: Style): string[] {
  const reasons = untoldReasons(report);
  return reasons.length === 0 ? [] : [style.strong('Could not tell'), ...reasons.flatMap(why => indented(`? ${why}`, style))];
}

function indented(text: string, style: Style): string[] {
  const [first = '', ...rest] = wrap(plain(text), style.width - 4);
  return [`  ${first}`, ...rest.map(line => `    ${line}`)];
}
