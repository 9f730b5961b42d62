import {parseRule, type Rule} from './iptables-rule.ts';

/** So many rules are kept: those that packets meet on many nodes, and not the 400,000 of a large one. */
const most = 4096;

/** As parseRule(), and one object for lines of different dumps that are the same, as most are of nodes of one cluster. */
export function rulesOnce(): typeof parseRule {
  const tables = new Map<string, Map<string, Rule>>();
  return (table, chain, text, start, end) => {
    const rules = tables.get(table) ?? new Map<string, Rule>();
    tables.set(table, rules);
    const line = text.slice(start, end); // names its chain
    const known = rules.get(line);
    if (known !== undefined) return known;
    const rule = parseRule(table, chain, text, start, end);
    if (rules.size >= most) rules.clear();
    rules.set(line, rule);
    return rule;
  };
}
