import {isKnown} from '../../cluster/answer.ts';
import type {Dump} from '../../parse/iptables.ts';
import type {NftTable} from '../../parse/nft.ts';
import {programOf} from '../iptables/evaluate.ts';
import type {Place} from '../iptables/match.ts';
import {nftProgram} from '../nft/evaluate.ts';
import {isLocal, type NodeRules} from '../node-rules.ts';
import type {Program} from './program.ts';

export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** Who wrote a base chain: `iptables-nft`, `iptables-legacy`, or a table of nft's own such as `nft ip kube-proxy`. */
export type Owner = string;

/** A chain that the kernel enters by itself. */
export interface Base {
  readonly owner: Owner;
  readonly hook: Hook;
  readonly type: 'filter' | 'nat';
  /** Lower comes first (include/uapi/linux/netfilter_ipv4.h, nf_ip_hook_priorities). */
  readonly priority: number;
  readonly chain: string;
  readonly program: Program;
  /** Its place among the chains of type nat, which are all asked where nf_nat stands, whatever priorities they have. */
  readonly among?: number;
}

/** Where nf_nat stands: destinations before the filters of most, sources behind (nf_nat_proto.c, nf_nat_ipv4_ops). */
const natPriority: Readonly<Record<Hook, number>> = {prerouting: -100, output: -100, input: 100, postrouting: 100, forward: 0};

export function byPriority(a: Base, b: Base): number {
  return a.priority - b.priority || (a.among ?? 0) - (b.among ?? 0);
}

const priorities: Readonly<Record<string, number>> = {raw: -300, mangle: -150, filter: 0, security: 50};
const hooks: Readonly<Record<string, Hook>> = {PREROUTING: 'prerouting', INPUT: 'input', FORWARD: 'forward', OUTPUT: 'output', POSTROUTING: 'postrouting'};

const made = new WeakMap<NodeRules, Map<4 | 6, readonly Base[]>>();

/** All base chains of one family on a node, in the order in which packets meet them. Made once for a node's rules. */
export function basesOf(rules: NodeRules, family: 4 | 6): readonly Base[] {
  const families = made.get(rules) ?? new Map<4 | 6, readonly Base[]>();
  made.set(rules, families);
  const bases = families.get(family) ?? makeBases(rules, family, {isLocal: address => isLocal(rules, address), sets: isKnown(rules.ipvs.sets) ? rules.ipvs.sets.known : null});
  families.set(family, bases);
  return bases;
}

function makeBases(rules: NodeRules, family: 4 | 6, place: Place): Base[] {
  const bases = rules.rulesets.filter(set => set.family === family).flatMap(set => iptablesBases(set.dump, `iptables-${set.backend}`, place));
  if (isKnown(rules.nft)) bases.push(...rules.nft.known.tables.filter(table => table.family === 'inet' || table.family === (family === 4 ? 'ip' : 'ip6')).flatMap(table => nftBases(table, place)));
  return bases.sort(byPriority);
}

function iptablesBases(dump: Dump, owner: Owner, place: Place): Base[] {
  return dump.tables.flatMap(table => {
    const program = programOf(table, place) as unknown as Program;
    return Object.entries(hooks).flatMap(([name, hook]): Base[] => {
      const chain = table.chains.get(name);
      if (chain === undefined || chain.policy === null) return [];
      const base = {owner, hook, chain: chain.name, program};
      return [table.name === 'nat' ? {...base, type: 'nat', priority: natPriority[hook], among: natPriority[hook]} : {...base, type: 'filter', priority: priorities[table.name] ?? 0}];
    });
  });
}

/** Chains of type `route` filter like others, as far as a Service's traffic goes. */
function nftBases(table: NftTable, place: Place): Base[] {
  const program = nftProgram(table, place) as unknown as Program;
  // of chains with one priority the kernel asks the one first that was registered last (nf_hook_entries_grow); a table lists them as they were made
  return [...table.chains.values()].toReversed().flatMap(({name, base}): Base[] => {
    if (base === null || !isHook(base.hook)) return [];
    const own = {owner: `nft ${table.family} ${table.name}`, hook: base.hook, chain: name, program};
    return [base.type === 'nat' ? {...own, type: 'nat', priority: natPriority[base.hook], among: base.priority} : {...own, type: 'filter', priority: base.priority}];
  });
}

function isHook(hook: string): hook is Hook {
  return Object.values(hooks).includes(hook as Hook);
}
