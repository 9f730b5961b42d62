import type {Chain, Rule} from '../../parse/iptables.ts';
import type {Fault} from '../comparison.ts';
import type {Dialect, Hub} from '../dialect.ts';
import {type Address, contains, parseBlock} from '../ip.ts';
import type {Line} from '../netfilter/program.ts';
import type {Outcome} from '../netfilter/walk.ts';
import {type NodeRules, rulesOf, type Ruleset, tableOf} from '../node-rules.ts';
import type {Way} from '../ways.ts';
import {iptablesSenders} from './senders.ts';

/** kube-proxy's iptables mode: KUBE-SERVICES jumps to a KUBE-SVC or KUBE-SVL chain, which jumps to the KUBE-SEP chains. */
export const iptablesDialect: Dialect = {mode: 'iptables', hubOf, whyUntranslated, servesNodePortsAt, senders: iptablesSenders, refusal, masquerading};

const own = /^KUBE-(SVC|SVL|EXT|FW)-/;
const leadsToHub = /^KUBE-(SVC|SVL)-/;

function hubOf(rules: NodeRules, way: Way, outcomes: readonly Outcome[]): Hub | null {
  const rulesets = ofFamily(rules, way);
  const path = outcomes.flatMap(each => each.path);
  const into = path.find(line => leadsToHub.test(targetOf(line)));
  const entered = into === undefined ? undefined : targetOf(into);
  const name = entered ?? (bypass(path).length > 0 ? null : jumpedTo(rulesets, way));
  if (name === null) return null;
  const chain = rulesets.map(set => tableOf(set, 'nat')?.chains.get(name)).find(each => each !== undefined);
  if (chain === undefined) return null;
  const leading = path.findLast(line => line.chain === 'KUBE-SERVICES' || line.chain === 'KUBE-NODEPORTS');
  return {
    name,
    // asked for only where not all is as it should be
    get lines() {
      return [...(leading === undefined ? [] : [leading]), ...contents(chain)];
    },
    get leadsTo() {
      return new Set(chain.rules.flatMap(rule => dnats(rulesets, rule)));
    },
    pinned: new Map(chain.rules.filter(({criteria}) => criteria.some(({option}) => option === 'rcheck' || option === 'update')).flatMap(rule => dnats(rulesets, rule).map(to => [to, rule] as const))),
  };
}

function whyUntranslated(rules: NodeRules, way: Way, lost: Outcome): Fault {
  const rulesets = ofFamily(rules, way);
  const services = rulesets.flatMap(set => rulesOf(set, 'nat', 'KUBE-SERVICES'));
  if (!services.some(rule => own.test(targetOf(rule)))) return {kind: 'never-synced', evidence: services};
  const hook = hookOf(way);
  const hooked = rulesets.flatMap(set => rulesOf(set, 'nat', hook));
  if (!hooked.some(rule => targetOf(rule) === 'KUBE-SERVICES')) return {kind: 'hook-missing', hook: `nat ${hook}`, evidence: hooked.length > 0 ? hooked : rulesets.flatMap(set => tableOf(set, 'nat')?.chains.get(hook) ?? []).flatMap(contents)};
  const past = bypass(lost.path);
  if (past.length > 0) return {kind: 'bypassed', evidence: past};
  const chain = rulesets.flatMap(set => [...(tableOf(set, 'nat')?.chains.values() ?? [])]).find(each => belongs(each, way));
  if (chain !== undefined) return {kind: 'jump-missing', chain: chain.name, evidence: chain.rules};
  return {kind: 'service-missing', evidence: services.filter(rule => rule.comment?.startsWith(way.portName) === true)};
}

/** The rules by which others took the packet out of the nat table. */
function bypass(path: readonly Line[]): readonly Line[] {
  const others = path.filter(({table, chain}) => table === 'nat' && !chain.startsWith('KUBE-'));
  return others.some(line => ['ACCEPT', 'RETURN'].includes(targetOf(line))) ? others : [];
}

/** By default all addresses of the node are served, by one rule; else there is one for each. */
function servesNodePortsAt(rules: NodeRules, address: Address): boolean {
  const jumps = rules.rulesets.filter(({family}) => family === address.family).flatMap(set => rulesOf(set, 'nat', 'KUBE-SERVICES')).filter(rule => targetOf(rule) === 'KUBE-NODEPORTS');
  const only = jumps.map(rule => rule.criteria.find(({option, negated}) => option === 'destination' && !negated)?.values[0]);
  const blocks = only.map(text => (text === undefined ? null : parseBlock(text)));
  return jumps.length === 0 || blocks.some(block => block === null || contains(block, address));
}

function refusal(rule: Line): 'no-endpoints' | 'source-range' | 'foreign' {
  if (/has no (local )?endpoints/.test(rule.comment ?? '')) return 'no-endpoints';
  return rule.chain === 'KUBE-PROXY-FIREWALL' ? 'source-range' : 'foreign';
}

function masquerading(rules: NodeRules, way: Way): readonly Line[] {
  const own = ['POSTROUTING', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ'];
  return ofFamily(rules, way).flatMap(set => own.flatMap(name => {
    const chain = tableOf(set, 'nat')?.chains.get(name);
    return chain === undefined ? [] : contents(chain);
  }));
}

function ofFamily(rules: NodeRules, way: Way): readonly Ruleset[] {
  return rules.rulesets.filter(({family}) => family === way.packet.destination.family);
}

function hookOf(way: Way): string {
  return way.packet.from === 'host' ? 'OUTPUT' : 'PREROUTING';
}

/** An empty chain leaves no trace on a packet's path: look for the rule that jumps there. */
function jumpedTo(rulesets: readonly Ruleset[], way: Way): string | null {
  const hooked = rulesets.some(set => rulesOf(set, 'nat', hookOf(way)).some(rule => targetOf(rule) === 'KUBE-SERVICES'));
  if (!hooked) return null;
  const jump = rulesets.flatMap(set => [...rulesOf(set, 'nat', 'KUBE-SERVICES'), ...rulesOf(set, 'nat', 'KUBE-NODEPORTS')])
    .find(rule => named(rule, way) && asksFor(rule, way) && own.test(targetOf(rule)));
  return jump === undefined ? null : onward(rulesets, targetOf(jump));
}

/** The KUBE-EXT and KUBE-FW chains of outside traffic end in a jump towards the chain with the endpoints. */
function onward(rulesets: readonly Ruleset[], chain: string): string {
  if (!/^KUBE-(EXT|FW)-/.test(chain)) return chain;
  const next = rulesets.flatMap(set => rulesOf(set, 'nat', chain)).map(rule => targetOf(rule)).findLast(name => /^KUBE-(SVC|SVL|EXT)-/.test(name));
  return next === undefined || next === chain ? chain : onward(rulesets, next);
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

/** The rules to the endpoints have no comment in clusters of more than 1000 endpoints; the chain's first rule always has one. */
function belongs(chain: Chain, way: Way): boolean {
  return /^KUBE-(SVC|SVL|EXT)-/.test(chain.name) && chain.rules.some(rule => named(rule, way));
}

function contents(chain: Chain): readonly Line[] {
  return chain.rules.length > 0 ? chain.rules : [{table: 'nat', chain: chain.name, comment: null, raw: `:${chain.name} ${chain.policy ?? '-'} [0:0]   (declared, and has no rule)`}];
}

function dnats(rulesets: readonly Ruleset[], rule: Rule): string[] {
  const direct = dnatOf(rule);
  if (direct !== null) return [direct];
  const name = targetOf(rule);
  return name.startsWith('KUBE-SEP-') ? rulesets.flatMap(set => rulesOf(set, 'nat', name).flatMap(inner => dnatOf(inner) ?? [])) : [];
}

function dnatOf(rule: Rule): string | null {
  return rule.target?.name === 'DNAT' ? (rule.target.options.find(({option}) => option === 'to-destination')?.values[0] ?? null) : null;
}

/** Empty for a line that has no target. */
function targetOf(line: Line | Rule): string {
  return 'target' in line ? (line.target?.name ?? '') : '';
}
