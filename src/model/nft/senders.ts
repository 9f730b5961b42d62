import {isKnown} from '../../cluster/answer.ts';
import type {NftRule} from '../../parse/nft.ts';
import type {NodeRules} from '../node-rules.ts';
import {type Senders, sendersIn, unknownSenders} from '../senders.ts';

/**
 * One rule of `services` masquerades for all ClusterIPs, and each external-… chain of policy Local lets pods past the policy.
 * Where the first is gone, nobody can tell whether there ever was one.
 */
export function nftSenders(rules: NodeRules, family: 4 | 6): Senders {
  const table = isKnown(rules.nft) ? rules.nft.known.tables.find(({name, family: own}) => name === 'kube-proxy' && own === (family === 4 ? 'ip' : 'ip6')) : undefined;
  if (table === undefined) return unknownSenders;
  const marking = (table.chains.get('services')?.rules ?? []).filter(rule => isDone(rule, 'mangle'));
  const short = [...table.chains.values()].filter(({name}) => name.startsWith('external-')).flatMap(({rules: own}) => own.filter(rule => isDone(rule, 'goto')));
  return sendersIn(marking.flatMap(rule => blockOf(rule, '!=') ?? (rule.statements.length === 2 ? [''] : [])), short.flatMap(rule => blockOf(rule, '==') ?? []));
}

function isDone({statements}: NftRule, kind: string): boolean {
  return statements.some(statement => kind in statement);
}

/** The sender that a rule asks for, or asks not to be. */
function blockOf({statements}: NftRule, op: string): string[] | null {
  const blocks = statements.flatMap(({match}): string[] => {
    const of = match as {op?: string; left?: {payload?: {field?: string}}; right?: string | {prefix?: {addr: string; len: number}}} | undefined;
    if (of?.op !== op || of.left?.payload?.field !== 'saddr') return [];
    return typeof of.right === 'string' ? [of.right] : of.right?.prefix === undefined ? [] : [`${of.right.prefix.addr}/${of.right.prefix.len}`];
  });
  return blocks.length === 0 ? null : blocks;
}
