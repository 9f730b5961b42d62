import type {Chain, Rule} from '../parse/iptables.ts';
import {type Fraction, isZero, plus, toNumber, zero} from './fraction.ts';
import {type Outcome, type Walk, walkIptables} from './iptables/walk.ts';
import {type NodeRules, rulesOf, type Ruleset, tableOf} from './node-rules.ts';
import type {Way} from './ways.ts';

/** A line of `iptables-save`, as it stood: a rule, or the declaration of a chain that has none. */
export interface Line {
  readonly table: string;
  readonly chain: string;
  readonly raw: string;
  readonly comment?: string | null;
}

/** One thing in which a node's rules are not what the API asks for. */
export type Fault =
  | {readonly kind: 'never-synced'; readonly evidence: readonly Line[]}
  | {readonly kind: 'hook-missing'; readonly hook: string; readonly evidence: readonly Line[]}
  | {readonly kind: 'bypassed'; readonly evidence: readonly Line[]}
  | {readonly kind: 'service-missing'; readonly evidence: readonly Line[]}
  | {readonly kind: 'jump-missing'; readonly chain: string; readonly evidence: readonly Line[]}
  | {readonly kind: 'endpoint-missing'; readonly endpoints: readonly string[]; readonly chain: string | null; readonly evidence: readonly Line[]}
  | {readonly kind: 'endpoint-stale'; readonly endpoints: readonly string[]; readonly share: number; readonly evidence: readonly Line[]}
  | {readonly kind: 'wrong-balance'; readonly starved: readonly string[]; readonly shares: Readonly<Record<string, number>>; readonly evidence: readonly Line[]}
  | {readonly kind: 'reject-despite-endpoints'; readonly evidence: readonly Line[]}
  | {readonly kind: 'source-range'; readonly evidence: readonly Line[]}
  | {readonly kind: 'forward-policy'; readonly share: number; readonly evidence: readonly Line[]}
  | {readonly kind: 'foreign-drop'; readonly share: number; readonly with: 'drop' | 'reject'; readonly evidence: readonly Line[]}
  | {readonly kind: 'both-backends'; readonly differ: boolean; readonly evidence: readonly Line[]};

/** How a node's rules stand to what the API asks of them, for one way in. */
export interface Comparison {
  readonly way: Way;
  /** The iptables backends whose rules translate this packet. */
  readonly backends: readonly string[];
  readonly faults: readonly Fault[];
  /** Share of new connections that reach an endpoint that should answer; null: the rules could not be decided. */
  readonly predicted: number | null;
  /** The rule that could not be decided, and why. */
  readonly undecided: {readonly rule: Rule; readonly because: string} | null;
  /** A filter rule that could not be decided: the prediction holds if it lets the packet through. */
  readonly unfollowed: Rule | null;
}

/** The node's iptables rules against the endpoints that this way should have. Pure. */
export function compareIptables(rules: NodeRules, way: Way): Comparison {
  const walk = walkIptables(rules, way.packet);
  const orders = walk.alternative === null ? [walk.outcomes] : [walk.outcomes, walk.alternative];
  const results = orders.map(outcomes => judge(rules, way, outcomes));
  const [first] = results;
  if (first === undefined) throw new Error('a walk has at least one order');
  const worst = results.reduce((a, b) => ((b.predicted ?? -1) < (a.predicted ?? -1) ? b : a));
  const {backends} = walk;
  if (walk.alternative === null) return {way, backends, ...first};
  const evidence = orders.flatMap(outcomes => outcomes.slice(0, 1).flatMap(({path}) => path));
  return {way, backends, ...worst, faults: [{kind: 'both-backends', differ: !same(walk), evidence}, ...worst.faults]};
}

function same(walk: Walk): boolean {
  const ends = (outcomes: readonly Outcome[]): string => JSON.stringify([...destinations(outcomes)].map(([to, share]) => [to, toNumber(share)]).sort());
  return walk.alternative === null || ends(walk.outcomes) === ends(walk.alternative);
}

type Judged = Omit<Comparison, 'way' | 'backends'>;

function judge(rules: NodeRules, way: Way, outcomes: readonly Outcome[]): Judged {
  const wanted = new Set(way.expected.endpoints.map(({to}) => to));
  const open = outcomes.find(({end}) => end.kind === 'undecided');
  const undecided = open?.end.kind === 'undecided' ? {rule: open.end.rule, because: open.end.because} : null;
  const unfollowed = outcomes.find(outcome => outcome.unfollowed !== null)?.unfollowed ?? null;
  const reached = destinations(outcomes);
  const good = [...reached].filter(([to]) => wanted.has(to)).reduce((sum, [, share]) => plus(sum, share), zero);
  const predicted = undecided === null ? toNumber(good) : null;
  if (undecided !== null) return {faults: [], predicted, undecided, unfollowed};
  return {faults: wanted.size === 0 ? stale(outcomes, wanted) : faultsOf(rules, way, outcomes, wanted, reached), predicted, undecided, unfollowed};
}

function faultsOf(rules: NodeRules, way: Way, outcomes: readonly Outcome[], wanted: ReadonlySet<string>, reached: ReadonlyMap<string, Fraction>): Fault[] {
  const faults = [...refusals(outcomes), ...stale(outcomes, wanted)];
  const lost = outcomes.find(({end}) => end.kind === 'pass');
  const chain = serviceChain(rules, way, outcomes);
  if (lost !== undefined && chain === null) return [...faults, whyUntranslated(rules, way, lost)];
  if (reached.size === 0 && faults.length > 0) return faults;

  // Reachable by the rules as they are written, whatever the dice: a chain that is never drawn is a matter of balance.
  const written = chain === null ? new Set(reached.keys()) : new Set(chain.rules.flatMap(rule => dnats(rules, rule)));
  const refused = new Set(outcomes.flatMap(({path}) => path.flatMap(rule => dnatOf(rule) ?? [])));
  const missing = [...wanted].filter(to => !written.has(to) && !refused.has(to)).sort();
  if (missing.length > 0) faults.push({kind: 'endpoint-missing', endpoints: missing, chain: chain?.name ?? null, evidence: [...leading(outcomes), ...contents(chain)]});
  if (faults.length === 0 && chain !== null) faults.push(...balance(chain, wanted, reached));
  return faults;
}

/** The rule that led into the Service's chain. */
function leading(outcomes: readonly Outcome[]): Rule[] {
  return unique(outcomes.flatMap(({path}) => path.filter(({chain}) => chain === 'KUBE-SERVICES' || chain === 'KUBE-NODEPORTS'))).slice(-1);
}

function contents(chain: Chain | null): readonly Line[] {
  if (chain === null || chain.rules.length > 0) return chain?.rules ?? [];
  return [{table: 'nat', chain: chain.name, raw: `:${chain.name} - [0:0]   (declared, and has no rule)`}];
}

function destinations(outcomes: readonly Outcome[]): Map<string, Fraction> {
  const shares = new Map<string, Fraction>();
  for (const {end, share} of outcomes) if (end.kind === 'dnat' && !isZero(share)) shares.set(end.to, plus(shares.get(end.to) ?? zero, share));
  return shares;
}

function stale(outcomes: readonly Outcome[], wanted: ReadonlySet<string>): Fault[] {
  const wrong = outcomes.filter(({end}) => end.kind === 'dnat' && !wanted.has(end.to));
  if (wrong.length === 0) return [];
  const endpoints = [...new Set(wrong.flatMap(({end}) => (end.kind === 'dnat' ? [end.to] : [])))].sort();
  const share = toNumber(wrong.reduce((sum, each) => plus(sum, each.share), zero));
  return [{kind: 'endpoint-stale', endpoints, share, evidence: unique(wrong.flatMap(({path}) => path.slice(-2)))}];
}

/** Drops and rejects, by whose rule it is. */
function refusals(outcomes: readonly Outcome[]): Fault[] {
  const faults: Fault[] = [];
  for (const {end, path, share} of outcomes) {
    if (end.kind !== 'drop' && end.kind !== 'reject') continue;
    const evidence = unique(path);
    if (end.rule === null) faults.push({kind: 'forward-policy', share: toNumber(share), evidence});
    else if (/has no (local )?endpoints/.test(end.rule.comment ?? '')) faults.push({kind: 'reject-despite-endpoints', evidence});
    else if (end.rule.chain === 'KUBE-PROXY-FIREWALL') faults.push({kind: 'source-range', evidence});
    else faults.push({kind: 'foreign-drop', share: toNumber(share), with: end.kind, evidence});
  }
  return faults.filter((fault, i) => faults.findIndex(other => other.kind === fault.kind && other.evidence.at(-1)?.raw === fault.evidence.at(-1)?.raw) === i);
}

/** Why a packet leaves untranslated although the API has endpoints for it, and no chain of the Service was entered. */
function whyUntranslated(rules: NodeRules, way: Way, lost: Outcome): Fault {
  const rulesets = rules.rulesets.filter(({family}) => family === way.packet.destination.family);
  const services = rulesets.flatMap(set => rulesOf(set, 'nat', 'KUBE-SERVICES'));
  if (!services.some(({target}) => /^KUBE-(SVC|SVL|EXT|FW)-/.test(target?.name ?? ''))) return {kind: 'never-synced', evidence: services};
  const hook = way.packet.from === 'host' ? 'OUTPUT' : 'PREROUTING';
  const hooked = rulesets.flatMap(set => rulesOf(set, 'nat', hook));
  if (!hooked.some(({target}) => target?.name === 'KUBE-SERVICES')) return {kind: 'hook-missing', hook, evidence: hooked};
  const bypass = lost.path.filter(rule => rule.table === 'nat' && !rule.chain.startsWith('KUBE-') && rule.target?.name !== 'KUBE-SERVICES');
  if (bypass.some(({target}) => target?.name === 'ACCEPT' || target?.name === 'RETURN')) return {kind: 'bypassed', evidence: bypass};
  const chain = ownChains(rulesets, way)[0];
  const near = services.filter(rule => rule.comment?.startsWith(way.portName) === true);
  return chain === undefined ? {kind: 'service-missing', evidence: near} : {kind: 'jump-missing', chain: chain.name, evidence: chain.rules};
}

/** The chain that holds the Service's jumps to its endpoints, if the packet came through one. */
function serviceChain(rules: NodeRules, way: Way, outcomes: readonly Outcome[]): Chain | null {
  const entered = outcomes.flatMap(({path}) => path.flatMap(({target}) => (/^KUBE-(SVC|SVL)-/.test(target?.name ?? '') ? [target?.name ?? ''] : [])));
  const through = entered[0] ?? jumpedTo(rules, way);
  if (through === null) return null;
  for (const set of rules.rulesets) {
    const chain = set.family === way.packet.destination.family ? tableOf(set, 'nat')?.chains.get(through) : undefined;
    if (chain !== undefined) return chain;
  }
  return null;
}

/** An empty chain leaves no trace on a packet's path: look for the rule that jumps there. */
function jumpedTo(rules: NodeRules, way: Way): string | null {
  const rulesets = rules.rulesets.filter(({family}) => family === way.packet.destination.family);
  const jump = rulesets.flatMap(set => [...rulesOf(set, 'nat', 'KUBE-SERVICES'), ...rulesOf(set, 'nat', 'KUBE-NODEPORTS')])
    .find(rule => named(rule, way) && asksFor(rule, way) && /^KUBE-(SVC|SVL|EXT|FW)-/.test(rule.target?.name ?? ''));
  const hooked = rulesets.some(set => rulesOf(set, 'nat', way.packet.from === 'host' ? 'OUTPUT' : 'PREROUTING').some(({target}) => target?.name === 'KUBE-SERVICES'));
  return hooked ? (jump?.target?.name ?? null) : null;
}

function asksFor(rule: Rule, way: Way): boolean {
  const value = (option: string): string | undefined => rule.criteria.find(criterion => criterion.option === option && !criterion.negated)?.values[0];
  const destination = value('destination');
  return value('dport') === String(way.port) && (destination === undefined || destination.split('/')[0] === way.address) && value('protocol') === way.protocol.toLowerCase();
}

/** Rules that kube-proxy wrote for this Service port say so in their comment. */
function named(rule: Rule, way: Way): boolean {
  const rest = rule.comment?.startsWith(way.portName) === true ? rule.comment.slice(way.portName.length) : null;
  return rest !== null && (rest === '' || rest.startsWith(' '));
}

function ownChains(rulesets: readonly Ruleset[], way: Way): Chain[] {
  return rulesets.flatMap(set => [...(tableOf(set, 'nat')?.chains.values() ?? [])]
    .filter(chain => /^KUBE-(SVC|SVL|EXT)-/.test(chain.name) && chain.rules.some(rule => named(rule, way) && rule.target?.name.startsWith('KUBE-SEP-') === true)));
}

function dnats(rules: NodeRules, rule: Rule): string[] {
  const direct = dnatOf(rule);
  if (direct !== null) return [direct];
  const name = rule.target?.name ?? '';
  if (!name.startsWith('KUBE-SEP-')) return [];
  return rules.rulesets.flatMap(set => rulesOf(set, 'nat', name).flatMap(inner => dnatOf(inner) ?? []));
}

function dnatOf(rule: Rule): string | null {
  return rule.target?.name === 'DNAT' ? (rule.target.options.find(({option}) => option === 'to-destination')?.values[0] ?? null) : null;
}

/** kube-proxy writes 1/N, 1/(N-1), …, 1: equal shares. Rounding to 31 bits and 11 decimals stays far below this. */
const tolerance = 1e-6;

function balance(chain: Chain, wanted: ReadonlySet<string>, reached: ReadonlyMap<string, Fraction>): Fault[] {
  const shares = Object.fromEntries([...wanted].sort().map(to => [to, toNumber(reached.get(to) ?? zero)]));
  const fair = 1 / wanted.size;
  if (Object.values(shares).every(share => Math.abs(share - fair) <= tolerance)) return [];
  return [{kind: 'wrong-balance', starved: Object.keys(shares).filter(to => shares[to] === 0), shares, evidence: chain.rules}];
}

function unique(rules: readonly Rule[]): Rule[] {
  return [...new Map(rules.map(rule => [rule.raw, rule])).values()];
}
