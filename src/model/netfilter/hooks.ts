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
}

const priorities: Readonly<Record<string, number>> = {raw: -300, mangle: -150, nat: -100, filter: 0, security: 50};
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
  return bases.sort((a, b) => a.priority - b.priority);
}

function iptablesBases(dump: Dump, owner: Owner, place: Place): Base[] {
  return dump.tables.flatMap(table => {
    const program = programOf(table, place) as unknown as Program;
    return Object.entries(hooks).flatMap(([name, hook]): Base[] => {
      const chain = table.chains.get(name);
      if (chain === undefined || chain.policy === null) return [];
      // source NAT (INPUT and POSTROUTING of the nat table) comes last of all
      const priority = table.name === 'nat' && (hook === 'input' || hook === 'postrouting') ? 100 : (priorities[table.name] ?? 0);
      return [{owner, hook, type: table.name === 'nat' ? 'nat' : 'filter', priority, chain: chain.name, program}];
    });
  });
}

/** Chains of type `route` filter like others, as far as a Service's traffic goes. */
function nftBases(table: NftTable, place: Place): Base[] {
  const program = nftProgram(table, place) as unknown as Program;
  return [...table.chains.values()].flatMap(({name, base}): Base[] => {
    if (base === null || !isHook(base.hook)) return [];
    return [{owner: `nft ${table.family} ${table.name}`, hook: base.hook, type: base.type === 'nat' ? 'nat' : 'filter', priority: base.priority, chain: name, program}];
  });
}

function isHook(hook: string): hook is Hook {
  return Object.values(hooks).includes(hook as Hook);
}
