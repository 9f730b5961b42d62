import {isKnown} from '../cluster/answer.ts';
import {linesOf} from './ipvs/stage.ts';
import {servicesIn} from './ipvs/ipvs.ts';
import type {Line} from './netfilter/program.ts';
import type {Owner} from './netfilter/hooks.ts';
import {type Mode, type NodeRules, tableOf} from './node-rules.ts';

/** What kube-proxy wrote when it was in another mode, and nobody took away. */
export interface LeftOver {
  readonly mode: Mode;
  readonly evidence: readonly Line[];
}

/** How many lines show that something is there. */
const few = 3;

const made = new WeakMap<NodeRules, readonly LeftOver[]>();

/** What is on the node that is not this mode's. The kubelet's own chains (KUBE-FIREWALL, canary, hint) are nobody's left-over. */
export function leftOvers(rules: NodeRules, mode: Mode): readonly LeftOver[] {
  const found = made.get(rules) ?? ofEachMode(rules);
  made.set(rules, found);
  return found.filter(each => each.mode !== mode);
}

function ofEachMode(rules: NodeRules): readonly LeftOver[] {
  const found: readonly LeftOver[] = [
    {mode: 'iptables', evidence: rules.rulesets.flatMap(set => [...(tableOf(set, 'nat')?.chains.values() ?? [])].filter(({name}) => /^KUBE-(SVC|SVL)-/.test(name)).map(chain => ({table: 'nat', chain: chain.name, comment: null, raw: `:${chain.name} - [0:0]   (${chain.size} rules)`})))},
    {mode: 'nftables', evidence: isKnown(rules.nft) ? rules.nft.known.tables.filter(({name}) => name === 'kube-proxy').map(({family, name, chains}) => ({table: `${family} ${name}`, chain: '', comment: null, raw: `table ${family} ${name}   (${chains.size} chains)`})) : []},
    {mode: 'ipvs', evidence: [...servicesIn(rules.ipvs).map(service => linesOf(service)[0]).filter(line => line !== undefined), ...(rules.ipvs.device === true ? [{table: 'ipvs', chain: '', comment: null, raw: 'the device kube-ipvs0 is there'}] : [])]},
  ];
  return found.filter(each => each.evidence.length > 0).map(each => ({...each, evidence: each.evidence.length > few ? [...each.evidence.slice(0, few), {table: each.evidence[0]?.table ?? '', chain: '', comment: null, raw: `… and ${each.evidence.length - few} more`}] : each.evidence}));
}

/** The mode whose rules these are; null: none of kube-proxy's. */
export function modeOfOwner(owner: Owner): Mode | null {
  return owner === 'ipvs' ? 'ipvs' : owner.startsWith('iptables-') ? 'iptables' : owner.endsWith(' kube-proxy') ? 'nftables' : null;
}

/**
 * The mode that a node is in: by what is there. iptables and ipvs mode write the same chain KUBE-SERVICES, so it shows which of them
 * wrote last. Beside nftables the configuration decides; where nothing is there, too. iptables is the default on Linux.
 */
export function effectiveMode(rules: NodeRules, configured: Mode | null): Mode {
  const {modes} = rules;
  const known = writers.get(rules.rulesets);
  const last = known === undefined ? lastWriter(rules) : known;
  if (known === undefined) writers.set(rules.rulesets, last);
  const written = last === null ? modes : modes.filter(mode => mode === last || mode === 'nftables');
  if (written.length === 1 && written[0] !== undefined) return written[0];
  if (written.length === 0) return configured ?? last ?? (rules.ipvs.device === true ? 'ipvs' : 'iptables');
  return configured !== null && written.includes(configured) ? configured : (written[0] ?? 'iptables');
}

const writers = new WeakMap<NodeRules['rulesets'], 'iptables' | 'ipvs' | null>();

/** By the first rules of the chain; null where the two backends differ in it, or nothing is there. */
function lastWriter(rules: NodeRules): 'iptables' | 'ipvs' | null {
  const first = rules.rulesets.flatMap(set => {
    const chain = tableOf(set, 'nat')?.chains.get('KUBE-SERVICES');
    return Array.from({length: Math.min(chain?.size ?? 0, 8)}, (_, i) => chain?.ruleAt(i)).filter(rule => rule !== undefined);
  });
  const ipvs = first.some(({criteria}) => criteria.some(({option, values}) => option === 'match-set' && values[0]?.startsWith('KUBE-') === true));
  const iptables = first.some(({target}) => /^KUBE-(SVC|SVL|EXT|FW)-/.test(target?.name ?? ''));
  return ipvs === iptables ? null : ipvs ? 'ipvs' : 'iptables';
}
