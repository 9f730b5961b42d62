import {isKnown} from '../../cluster/answer.ts';
import type {Dump, Table} from '../../parse/iptables.ts';
import type {NftTable} from '../../parse/nft.ts';
import {programOf} from '../iptables/evaluate.ts';
import {nftProgram} from '../nft/evaluate.ts';
import type {NodeRules, Ruleset} from '../node-rules.ts';
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

type Families = Map<4 | 6, readonly Base[]>;
const made = new WeakMap<readonly Ruleset[], WeakMap<NodeRules['nft'], Families>>();

/**
 * All base chains of one family on a node, in the order in which packets meet them. Made once for what was read of a node, and once
 * for nodes of which the same was read (model/read-once.ts).
 */
export function basesOf({rulesets, nft}: NodeRules, family: 4 | 6): readonly Base[] {
  const families = familiesOf(rulesets, nft);
  const bases = families.get(family) ?? makeBases(rulesets, nft, family);
  families.set(family, bases);
  return bases;
}

function familiesOf(rulesets: readonly Ruleset[], nft: NodeRules['nft']): Families {
  const beside = made.get(rulesets) ?? new WeakMap<NodeRules['nft'], Families>();
  made.set(rulesets, beside);
  const families: Families = beside.get(nft) ?? new Map();
  beside.set(nft, families);
  return families;
}

function makeBases(rulesets: readonly Ruleset[], nft: NodeRules['nft'], family: 4 | 6): Base[] {
  const bases = rulesets.filter(set => set.family === family).flatMap(set => iptablesBases(set.dump, `iptables-${set.backend}`));
  if (isKnown(nft)) bases.push(...nft.known.tables.filter(table => table.family === 'inet' || table.family === (family === 4 ? 'ip' : 'ip6')).flatMap(nftBases));
  return bases.sort(byPriority);
}

const programs = new WeakMap<Table, Program>();

/** One for a table that several nodes have: what becomes of packets in it is then known of all of them. */
function sharedProgram(table: Table): Program {
  const program = programs.get(table) ?? programOf(table) as unknown as Program;
  programs.set(table, program);
  return program;
}

function iptablesBases(dump: Dump, owner: Owner): Base[] {
  return dump.tables.flatMap(table => {
    const program = sharedProgram(table);
    return Object.entries(hooks).flatMap(([name, hook]): Base[] => {
      const chain = table.chains.get(name);
      if (chain === undefined || chain.policy === null) return [];
      const base = {owner, hook, chain: chain.name, program};
      return [table.name === 'nat' ? {...base, type: 'nat', priority: natPriority[hook], among: natPriority[hook]} : {...base, type: 'filter', priority: priorities[table.name] ?? 0}];
    });
  });
}

/** Chains of type `route` filter like others, as far as a Service's traffic goes. */
function nftBases(table: NftTable): Base[] {
  const program = nftProgram(table) as unknown as Program;
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
