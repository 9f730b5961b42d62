import type {Criterion, Rule, Table} from '../../parse/iptables.ts';
import type {Place} from '../netfilter/place.ts';
import type {Packet} from '../packet.ts';
import {judge, moduleOf, modifiers} from './match.ts';

/** Base chains that lead to more rules than this are walked for each packet: asking all of them would cost more. */
const most = 100;

/** What these ask is the same of every packet, or (`mark`) stands in the packet's state. */
const stateless = new Set([...modifiers, 'mode', 'probability', 'every', 'nfacct-name', 'mark']);

/** They change what other rules of the same chains are asked about. */
const changing = new Set(['DNAT', 'REDIRECT', 'NETMAP', 'TPROXY', 'CT', 'NOTRACK']);

/**
 * What decides how a base chain and all that it leads to treat a packet: its marks and tracking, and the answer to each criterion
 * of each rule there. Packets for which it is the same text are treated the same. Null: there are too many rules, or one of them
 * changes a packet's addresses or its tracking.
 */
export function decisive(table: Table, base: string): ((packet: Packet, place: Place) => string) | null {
  const rules = reachable(table, base);
  if (rules === null) return null;
  const questions = new Map<string, readonly [Criterion, Rule]>();
  for (const rule of rules) {
    for (const criterion of rule.criteria) {
      const {option, negated, values, known} = criterion;
      if (known && !stateless.has(option)) questions.set(`${moduleOf(criterion, rule)} ${option} ${negated} ${values.join(' ')}`, [criterion, rule]);
    }
  }
  const asked = [...questions.values()];
  return (packet, place) => {
    let key = `${packet.mark} ${packet.unsure} ${packet.connectionMark} ${packet.untracked} `;
    for (const [criterion, rule] of asked) {
      const verdict = judge(criterion, rule, packet, place);
      key += verdict === true ? '1' : verdict === false ? '0' : verdict === null ? '?' : `${verdict.n}/${verdict.d}/${verdict.e} `;
    }
    return key;
  };
}

function reachable(table: Table, base: string): readonly Rule[] | null {
  const [rules, names] = [[] as Rule[], new Set([base])];
  for (const name of names) { // grows on the way
    const chain = table.chains.get(name);
    if (chain === undefined) continue;
    if (rules.length + chain.size > most) return null;
    for (const rule of chain.rules) {
      rules.push(rule);
      const target = rule.target?.name;
      if (target === undefined) continue;
      if (table.chains.has(target)) names.add(target);
      else if (changing.has(target)) return null;
    }
  }
  return rules;
}
