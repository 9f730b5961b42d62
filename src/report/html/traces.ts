import type {Report} from '../../diagnose/report.ts';
import type {Leg, Trace, TracedOutcome, TracedStep} from '../../diagnose/trace-report.ts';
import {tracesAlike} from '../paths.ts';
import {shareText} from '../share.ts';
import {endText, hostPort, placeOf} from '../trace.ts';
import {plural, type Tone} from './marks.ts';
import {cut, html, type Markup, nothing, raw} from './markup.ts';
import {section, wideBox} from './page.ts';
import {type Box, arrow, drawing, frame, label} from './svg.ts';

const most = {drawn: 12, ends: 8, hooks: 9, chains: 9, told: 6, rules: 30, nodes: 6};

/** The way of new connections through a node's rules, as a drawing, with the rules folded under it. Nodes that do the same share one. */
export function traces({traces: all = []}: Report): Markup {
  if (all.length === 0) return nothing;
  const groups = tracesAlike(all);
  const left = groups.slice(most.drawn);
  return section('ways', 'Through the rules', html`<p class="lead">What becomes of a new connection’s first packet, by the rules as they stand on the node.</p>
${groups.slice(0, most.drawn).map((group, i) => traceOf(group, i))}
${left.length === 0 ? nothing : html`<p class="note">${plural(left.length, 'more way', 'more ways')}, which differ from these, are in the JSON report.</p>`}`);
}

function traceOf([trace, ...others]: readonly [Trace, ...Trace[]], i: number): Markup {
  const {from, to, leg} = trace;
  const kinds = {'cluster-ip': '', 'node-port': ' (NodePort)', 'external-ip': ' (externalIP)', 'load-balancer': ' (load balancer)'} as const;
  const target = `${hostPort(to.address, to.port)}/${to.protocol}`;
  const title = `From ${placeOf(from)} to ${to.service === null ? target : `${to.service}${to.kind === null ? '' : kinds[to.kind]}, ${target}`}`;
  const [outcomes = []] = leg.orders;
  return html`<article class="trace"><h3>${cut(title, 400)}</h3>
${others.length === 0 ? nothing : html`<p class="note">The same on ${others.slice(0, most.nodes).map(other => other.leg.node).join(', ')}${others.length > most.nodes ? ` and ${others.length - most.nodes} more` : ''}.</p>`}
${leg.unread === null ? wideBox(title, picture(trace, i)) : html`<p>On ${leg.node}: could not tell: ${cut(leg.unread, 1000)}</p>`}
${leg.orders.length < 2 ? nothing : html`<p class="note">In which order the chains of several writers (${leg.translators.join(', ')}) are asked cannot be read from the node; the first of ${leg.orders.length} orders is drawn.</p>`}
${outcomes.length === 0 ? nothing : html`<details><summary>Rule by rule</summary>${outcomes.slice(0, most.told).map(outcome => told(outcome))}${outcomes.length > most.told ? html`<p class="note">and ${outcomes.length - most.told} more outcomes in the JSON report</p>` : nothing}</details>`}
</article>`;
}

const row = 26;
const at = {client: 0, hooks: 214, rules: 446, ends: 716} as const;
const width = {client: 160, hooks: 200, rules: 210, ends: 264, all: 980} as const;

/** Client, the hooks of the node, the chains that translate, and where it ends: by so much of all connections each. */
function picture({from, leg}: Trace, i: number): Markup {
  const [outcomes = []] = leg.orders;
  const [first] = outcomes;
  const hooks = (first?.steps ?? []).slice(0, most.hooks);
  const translating = hooks.findIndex(({end}) => end === 'dnat');
  const chains = chainsOf(outcomes).slice(0, most.chains);
  const ends = outcomes.slice(0, outcomes.length > most.ends ? most.ends - 1 : most.ends);
  const rest = outcomes.length - ends.length;
  const rows = Math.max(hooks.length, chains.length, 1);
  const height = Math.max(rows * row + 74, (ends.length + (rest > 0 ? 1 : 0)) * 68 + 8, 120);
  const middle = Math.round(height / 2);
  const told = `${placeOf(from)}, on ${leg.node}: ${ends.map(outcome => `${shareText(outcome.share)} ${outcome.end} ${outcome.to}`).join('; ')}`;
  const node: Box = {x: at.hooks - 12, y: 2, width: at.rules + width.rules - at.hooks + 24, height: height - 4};
  const start = Math.round((height - ends.length * 68) / 2);
  return drawing(`trace-${i + 1}`, 'trace-picture', width.all, height, cut(told, 600), html`
<g class="station plain">${frame({x: at.client, y: middle - 30, width: width.client, height: 60}, 'frame')}${label(at.client + 12, middle - 6, from.kind === 'External' ? 'outside' : from.name, 18, 'name')}${label(at.client + 12, middle + 14, from.address ?? (from.kind === 'PodsOf' ? 'a pod on it' : from.kind.toLowerCase()), 24, 'about')}</g>
${arrow([at.client + width.client + 3, middle], [node.x - 4, middle])}
${frame(node, 'node')}${label(node.x + 14, 26, `${leg.node}’s hooks`, 28, 'lane')}${label(at.rules, 26, 'kube-proxy’s rules', 30, 'lane')}
${hooks.map((step, n) => hookOf(step, 40 + n * row))}
${chains.length === 0 ? label(at.rules, 55, 'none translates it', 30, 'about') : chains.map((chain, n) => html`${n === 0 ? nothing : html`<path class="line" d="M${at.rules + 10} ${40 + n * row - 4}v4"/>`}<g class="chain-box">${frame({x: at.rules, y: 40 + n * row, width: width.rules, height: row - 4}, 'frame')}${label(at.rules + 10, 40 + n * row + 15, chain, 27, 'mono')}</g>`)}
${chains.length > 0 && translating >= 0 ? arrow([at.hooks + width.hooks + 2, 51 + translating * row], [at.rules - 3, 51]) : nothing}
${ends.map((outcome, n) => endOf(outcome, start + n * 68 + 4, [node.x + node.width + 3, middle]))}
${rest > 0 ? label(at.ends, start + ends.length * 68 + 24, `and ${rest} more`, 30, 'about') : nothing}`);
}

/** The chains that all go through, whichever endpoint is drawn; those of one endpoint are told with the rules. */
function chainsOf(outcomes: readonly TracedOutcome[]): string[] {
  const ways = outcomes.map(({steps}) => steps.find(({end}) => end === 'dnat')).filter(step => step !== undefined)
    .map(({rules, chain}) => {
      const chains = [...new Set(rules.filter(({cameBack}) => cameBack !== true).map(rule => rule.chain))];
      // Where the hook's own chain translates, as ip_vs does, it stands for the rules
      return chains.length > 1 ? chains.filter(each => each !== chain) : chains;
    });
  const [first = [], ...others] = ways;
  const common = first.findIndex((chain, i) => others.some(way => way[i] !== chain));
  return common < 0 ? first : first.slice(0, common);
}

function hookOf({hook, table, owner, end, words}: TracedStep, y: number): Markup {
  const tone: Tone = end === 'drop' || end === 'reject' ? 'bad' : end === 'undecided' ? 'caution' : 'good';
  return html`<g class="hook ${end === 'dnat' ? 'dnat' : tone}"><title>${cut(`${owner}: ${words}`, 300)}</title>${frame({x: at.hooks, y, width: width.hooks, height: row - 4}, 'frame')}${label(at.hooks + 10, y + 15, `${hook} · ${table ?? owner}`, 29, 'about')}</g>`;
}

function endOf(outcome: TracedOutcome, y: number, from: readonly [number, number]): Markup {
  const {end, to, target, share} = outcome;
  const tone = toneOf(outcome);
  const who = target === null ? '' : target.name;
  const stopped = stopOf(outcome);
  const where = stopped !== null ? stopped : end === 'dropped' || end === 'refused' ? `${end}${outcome.rule === null ? ' by policy' : `: ${outcome.rule.chain}`}` : end === 'undecided' ? 'undecided' : target?.node === undefined || target.node === null ? end : `${end === 'sent' ? 'on' : 'here, on'} ${target.node}`;
  const share100 = shareText(share).replace(/^all:$/, 'all');
  const percent = /\(([^)]*)\)$/.exec(share100)?.[1] ?? share100;
  return html`${arrow(from, [at.ends + 34, y + 30], tone === 'bad' ? 'lost' : '')}<g class="station ${tone}">${frame({x: at.ends + 38, y, width: width.ends - 38, height: 60}, 'frame')}${label(at.ends + 50, y + 19, to, 26, 'mono')}${label(at.ends + 50, y + 36, who === '' ? where : who, 26, 'about')}${who === '' ? nothing : label(at.ends + 50, y + 52, where, 21, 'about')}${label(width.all - 10, y + 52, percent, 9, 'share', 'end')}</g>`;
}

/** On which further node it is stopped. */
function stopOf({next}: TracedOutcome): string | null {
  const bad = next?.unread === null ? next.orders.flat().find(({end}) => end === 'dropped' || end === 'refused') : undefined;
  return bad === undefined ? null : `${bad.end} on ${next?.node}`;
}

/** An end on the next node counts as this one's. */
function toneOf({end, next}: TracedOutcome): Tone {
  if (end === 'dropped' || end === 'refused') return 'bad';
  if (end === 'undecided') return 'caution';
  const further = next?.unread === null ? next.orders.flat().map(toneOf) : [];
  return further.includes('bad') ? 'bad' : further.includes('caution') || (next !== null && next.unread !== null) ? 'caution' : 'good';
}

function told(outcome: TracedOutcome, masked = false): Markup {
  const {steps, share, rule, assumed, next, sender} = outcome;
  return html`<div class="told ${toneOf(outcome)}"><p><strong>${shareText(share)}</strong> ${cut(endText(outcome, masked), 600)}</p>
${rule === null ? nothing : html`<pre><code>${raw(cut(rule.raw, 2000))}</code></pre>`}
${assumed === null ? nothing : html`<p>If this rule, which kdiag cannot decide, lets it through:</p><pre><code>${raw(cut(assumed.raw, 2000))}</code></pre>`}
<ol class="steps">${steps.map(({hook, chain, table, owner, words, rules}) => {
    const own = rules.filter(({cameBack}) => cameBack !== true);
    return html`<li><strong>${hook}</strong>, ${table ?? chain} <span class="faint">(${owner})</span>: ${cut(words, 300)}${own.length === 0 ? nothing : html`<ul>${own.slice(0, most.rules).map(each => html`<li>${cut(each.words, 400)}<pre><code>${raw(cut(each.raw, 1000))}</code></pre></li>`)}${own.length > most.rules ? html`<li>and ${own.length - most.rules} more rules</li>` : nothing}</ul>`}</li>`;
  })}</ol>
${next === null ? nothing : further(next, masked || sender.kind !== 'kept')}</div>`;
}

function further({node, unread, orders}: Leg, masked: boolean): Markup {
  if (unread !== null) return html`<p>Then on ${node}: could not tell: ${cut(unread, 600)}</p>`;
  return html`<p>Then on ${node}:</p><ul class="plain">${(orders[0] ?? []).slice(0, most.told).map(outcome => html`<li><strong>${shareText(outcome.share)}</strong> ${cut(endText(outcome, masked), 600)}</li>`)}</ul>`;
}
