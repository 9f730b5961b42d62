import type {Leg, Trace, TracedOutcome, TracedRule, TracedStep, TraceReport} from '../diagnose/trace-report.ts';
import {plain, wrap} from './plain.ts';
import {shareText} from './share.ts';
import type {Style} from './style.ts';

/** `kdiag trace` for people: what becomes of the connections, then the way of each part, hook by hook. `wide`: with every raw rule. */
export function renderTrace(report: TraceReport, style: Style, wide = false): string {
  const {context, server, kind, recordedAt} = report.source;
  const where = `${kind === 'live' ? 'cluster' : 'recording of'} ${context}${server === null ? '' : ` (${server})`}${recordedAt === undefined ? '' : `, ${recordedAt.replace(/:\d{2}(\.\d+)?Z$/, ' UTC').replace('T', ' ')}`}`;
  const parts = [
    [...prose(`${markOf(report)} ${report.summary}`, 0, style).map(style.strong), ...prose(where, 2, style).map(style.faint)],
    ...report.traces.map(trace => traceLines(trace, style, wide)),
    report.traces.length === 0 || report.unknown.length === 0 ? [] : [style.strong('Could not tell'), ...report.unknown.flatMap(text => prose(`? ${text}`, 2, style))],
  ];
  return parts.filter(lines => lines.length > 0).map(lines => lines.map(line => `${line.trimEnd()}\n`).join('')).join('\n');
}

/** ✘: something is dropped or refused, whether or not it should be. */
function markOf({status, traces}: TraceReport): string {
  const stopped = (leg: Leg): boolean => leg.orders.flat().some(({end, next}) => end === 'dropped' || end === 'refused' || (next !== null && stopped(next)));
  return status !== 'followed' ? '?' : traces.some(({leg}) => stopped(leg)) ? '✘' : '✔';
}

/** One packet's trace; also a part of a Service's report, in which it may stand for the same on other nodes. */
export function traceLines({from, to, leg}: Trace, style: Style, wide: boolean, also: readonly string[] = []): string[] {
  const kinds = {'cluster-ip': '', 'node-port': ' (NodePort)', 'external-ip': ' (externalIP)', 'load-balancer': ' (load balancer)'} as const;
  const target = `${hostPort(to.address, to.port)}/${to.protocol}`;
  const title = `From ${placeOf(from)} to ${to.service === null ? target : `${to.service}${to.kind === null ? '' : kinds[to.kind]}, ${target}`}`;
  const same = also.length === 0 ? [] : prose(`the same on ${also.slice(0, 5).join(', ')}${also.length > 5 ? ` and ${also.length - 5} more` : ''}`, 2, style).map(style.faint);
  return [...prose(title, 0, style).map(style.strong), ...same, ...legLines(leg, {indent: 2, style, wide, masked: false})];
}

export function placeOf({kind, namespace, name, address}: Trace['from']): string {
  const own = address === null ? '' : ` (${address})`;
  if (kind === 'External') return `outside, arriving at ${name}`;
  if (kind === 'Node') return `${name} itself${own}`;
  if (kind === 'PodsOf') return `a pod on ${name}`;
  return `pod ${namespace}/${name}${own}`;
}

interface Manner {
  readonly indent: number;
  readonly style: Style;
  readonly wide: boolean;
  /** A node before has put its own address in the sender's place. */
  readonly masked: boolean;
}

function legLines({node, unread, translators, orders}: Leg, manner: Manner): string[] {
  const {indent, style, wide} = manner;
  if (unread !== null) return prose(`On ${node}: could not tell: ${unread}`, indent, style).map(style.caution);
  const [first = []] = orders;
  if (!wide && orders.length === 1 && first.length === 1 && first[0] !== undefined && isUneventful(first[0]) && indent > 2) return prose(`On ${node}: let in, nothing more is done to it`, indent, style);
  const title = `On ${node}${translators.length === 0 ? '' : `, translated by ${translators.join(' or by ')}`}`;
  if (orders.length === 1) return [...prose(title, indent, style), ...outcomesLines(first, {...manner, indent: indent + 2})];
  return [
    ...prose(`${title}: in which order the chains of several writers are asked cannot be read from the node`, indent, style),
    ...orders.flatMap((outcomes, i) => [...prose(`Order ${i + 1}${translatorOf(outcomes)}`, indent + 2, style), ...outcomesLines(outcomes, {...manner, indent: indent + 4})]),
  ];
}

/** Whose chain came first in this order, as far as it translated. */
function translatorOf([outcome]: readonly TracedOutcome[]): string {
  const owner = outcome?.steps.find(({end}) => end === 'dnat')?.owner;
  return owner === undefined ? '' : `: ${owner} translates it`;
}

/** It arrives as it came: what most nodes do with what others have translated. */
function isUneventful({end, translated, sender, assumed}: TracedOutcome): boolean {
  return end === 'delivered' && !translated && sender.kind === 'kept' && assumed === null;
}

function outcomesLines(outcomes: readonly TracedOutcome[], manner: Manner): string[] {
  const {indent, style, wide, masked} = manner;
  return outcomes.flatMap((outcome, i) => {
    const paint = outcome.end === 'undecided' ? style.caution : outcome.end === 'dropped' || outcome.end === 'refused' ? style.bad : style.good;
    const exact = wide && outcome.share.exact !== null && shareText(outcome.share).startsWith('≈') ? `, exactly ${outcome.share.exact}` : '';
    const [head = '', ...rest] = prose(`${shareText(outcome.share)}${exact} ${endText(outcome, masked)}`, indent, style);
    return [
      paint(head), ...rest.map(line => paint(`  ${line}`)),
      ...(outcome.rule === null ? [] : [`${' '.repeat(indent + 2)}${plain(outcome.rule.raw)}`]),
      ...(outcome.assumed === null ? [] : [...prose('if this rule, which kdiag cannot decide, lets it through:', indent + 2, style).map(style.caution), `${' '.repeat(indent + 4)}${plain(outcome.assumed.raw)}`]),
      ...pathLines(outcome, wide ? [] : outcomes[i - 1]?.steps ?? [], indent + 2, style, wide),
      ...(outcome.next === null ? [] : legLines(outcome.next, {...manner, indent: indent + 2, masked: masked || outcome.sender.kind !== 'kept'})),
    ];
  });
}

export function endText({end, to, translated, target, sender, rule, why, ways}: TracedOutcome, masked: boolean): string {
  const has = target === null ? '' : target.kind === 'Pod' ? `, pod ${target.namespace === null ? '' : `${target.namespace}/`}${target.name}${target.node === null ? '' : ` on ${target.node}`}` : `, ${target.name} itself`;
  const seen = {kept: masked ? 'which sees the sender that it came with' : "which sees the client's own address", masqueraded: 'masqueraded: it sees an address of the node', rewritten: `which sees ${sender.address ?? 'another address'}`, unknown: 'whose view of the client could not be told'}[sender.kind];
  const several = ways > 1 ? ` (in ${ways} ways; the most frequent:)` : '';
  const by = rule === null ? " by the chain's policy" : ` by a rule of ${rule.table} ${rule.chain}`;
  switch (end) {
    case 'dropped': return `dropped${by}, on the way to ${to}${has}${several}`;
    case 'refused': return `refused${by}, on the way to ${to}${has}${several}`;
    case 'undecided': return `undecided because ${why ?? 'kdiag cannot follow this rule'}${several}`;
    case 'delivered': return `→ ${to}${has}, ${seen}${several}`;
    case 'sent': return target === null && !translated ? `goes out untranslated, for ${to}, ${seen.replace('which sees', 'with')}${several}` : `→ ${to}${has}, ${seen}${several}`;
  }
}

/** Hook by hook. What was the same for the outcome above is not told again, unless all is asked for. */
function pathLines({steps}: TracedOutcome, before: readonly TracedStep[], indent: number, style: Style, wide: boolean): string[] {
  const same = (step: TracedStep): boolean => before.some(other => other.hook === step.hook && other.owner === step.owner && other.chain === step.chain && other.table === step.table && JSON.stringify(other.rules) === JSON.stringify(step.rules) && other.words === step.words);
  const shown = steps.filter(step => wide || !same(step));
  return [
    ...(shown.length < steps.length ? prose('as above, but for', indent, style).map(style.faint) : []),
    ...shown.flatMap(step => stepLines(step, wide ? undefined : before.find(other => other.hook === step.hook && other.owner === step.owner && other.chain === step.chain && other.table === step.table), indent, style, wide)),
  ];
}

function stepLines({hook, owner, table, chain, rules, words}: TracedStep, before: TracedStep | undefined, indent: number, style: Style, wide: boolean): string[] {
  const own = table === null || table.includes(' ') ? `${hook.toUpperCase()}, ${chain} (${owner})` : `${hook.toUpperCase()}, ${table}${wide ? ` (${owner})` : ''}`;
  const shown = wide ? rules : rules.filter(({cameBack}) => cameBack !== true);
  const first = shown.findIndex((rule, i) => before?.rules.filter(({cameBack}) => cameBack !== true)[i]?.words !== rule.words);
  const known = before === undefined || first < 2 ? 0 : first;
  return [
    ...prose(`${own}: ${words}`, indent, style),
    ...(known === 0 ? [] : prose(`· as above as far as ${shown[known - 1]?.chain ?? ''}, then`, indent + 2, style).map(style.faint)),
    ...shown.slice(known).flatMap(rule => ruleLines(rule, indent + 2, style, wide)),
  ];
}

function ruleLines({words, raw, cameBack}: TracedRule, indent: number, style: Style, wide: boolean): string[] {
  return [...prose(`· ${words}${cameBack === true ? ', and come back' : ''}`, indent, style), ...(wide ? [`${' '.repeat(indent + 4)}${style.faint(plain(raw))}`] : [])];
}

export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function prose(text: string, indent: number, style: Style): string[] {
  return wrap(plain(text), Math.max(style.width - indent - 2, 20)).map((line, i) => `${' '.repeat(indent + (i === 0 ? 0 : 2))}${line}`);
}
