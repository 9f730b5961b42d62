import type {Report, Status} from '../../diagnose/report.ts';
import {glyphOf} from '../marks.ts';
import {findingsAlike} from '../root-causes.ts';
import {plural, toneOf} from './marks.ts';
import {cut, html, type Markup, nothing} from './markup.ts';

const words: Readonly<Record<Status, string>> = {healthy: 'Healthy', degraded: 'Degraded', broken: 'Broken', unknown: 'Could not tell'};

/** The verdict, and where, when and by what it was found. */
export function headline(report: Report): Markup {
  const {status, source, command, kdiag, startedAt, ms} = report;
  const facts: readonly (readonly [string, Markup])[] = [
    [source.kind === 'live' ? 'Cluster' : 'Recording of', html`${cut(source.context, 200)}`],
    ['Kubernetes', html`${cut(source.server ?? 'version not known', 80)}`],
    ...(source.recordedAt === undefined ? [] : [['Recorded', timeOf(source.recordedAt)] as const]),
    ['Examined', html`${timeOf(startedAt)} <span class="faint">in ${durationOf(ms)}</span>`],
    ['Asked', html`<code>${cut(asked(command), 300)}</code>`],
    ['kdiag', html`${cut(kdiag.version, 80)}`],
  ];
  const figures = tiles(report);
  return html`<header class="verdict ${toneOf[status]}">
<p class="status"><span class="badge"><span aria-hidden="true">${glyphOf[status]}</span> ${words[status]}</span></p>
<h1>${cut(report.verdict.summary, 2000)}</h1>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>
${figures.length === 0 ? nothing : html`<ul class="tiles" aria-label="At a glance">${figures}</ul>`}`;
}

export function titleOf({status, source}: Report): string {
  return `${glyphOf[status]} ${words[status]}: ${cut(source.context, 100)} – kdiag`;
}

/** As it would be typed: what is asked about stands alone, the rest as flags. */
function asked({name, args}: Report['command']): string {
  return ['kdiag', name, ...Object.entries(args).map(([key, value]) => (['service', 'name', 'pod', 'node'].includes(key) ? value : `--${key}=${value}`))].join(' ');
}

function tiles({verdict, checks, services, nodes, accepted}: Report): Markup[] {
  const groups = findingsAlike(verdict.rootCauses);
  const count = (level: string): number => groups.filter(([each]) => each.level === level).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const untold = checks.filter(({outcome}) => outcome === 'unknown' || outcome === 'crashed').length;
  const passed = checks.filter(({outcome}) => outcome === 'pass').length;
  const asked = checks.filter(({outcome}) => outcome !== 'skipped').length;
  const failing = services?.filter(({state}) => state === 'broken').length ?? 0;
  const weak = services?.filter(({state}) => state === 'degraded').length ?? 0;
  const unwell = nodes?.filter(({findings, ready}) => findings.length > 0 || !ready).length ?? 0;
  return [
    ...(verdict.rootCauses.length === 0 ? [] : [tile(errors > 0 ? 'bad' : 'caution', String(errors > 0 ? errors : warnings), errors > 0 ? (errors === 1 ? 'root cause' : 'root causes') : warnings === 1 ? 'warning' : 'warnings', errors > 0 && warnings > 0 ? `and ${plural(warnings, 'warning')}` : '', 'causes')]),
    ...(services === undefined ? [] : [tile(failing > 0 ? 'bad' : 'good', String(failing), failing === 1 ? 'Service broken' : 'Services broken', `of ${services.length}${weak === 0 ? '' : `, ${weak} degraded`}`, 'services')]),
    ...(nodes === undefined ? [] : [tile(unwell > 0 ? 'caution' : 'good', String(unwell), unwell === 1 ? 'node with trouble' : 'nodes with trouble', `of ${nodes.length}`, 'nodes')]),
    ...(checks.length === 0 ? [] : [tile(passed < asked ? 'faint' : 'good', String(passed), 'answered yes', `of ${asked} asked`, 'chain')]),
    ...(untold === 0 ? [] : [tile('open', String(untold), 'not answered', '', 'untold')]),
    ...(accepted === undefined || accepted.length === 0 ? [] : [tile('faint', String(accepted.length), accepted.length === 1 ? 'finding accepted' : 'findings accepted', '', 'accepted')]),
  ];
}

function tile(tone: string, figure: string, what: string, more: string, to: string): Markup {
  return html`<li class="${tone}"><a href="#${to}"><b>${figure}</b> <span>${what}${more === '' ? nothing : html` <small>${more}</small>`}</span></a></li>`;
}

function timeOf(time: string): Markup {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(time) ? html`<time datetime="${time}">${time.slice(0, 10)} ${time.slice(11, 16)} UTC</time>` : html`${cut(time, 80)}`;
}

function durationOf(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
