import type {Report} from '../diagnose/report.ts';
import {columns} from './plain.ts';
import type {Style} from './style.ts';
import {table} from './table.ts';

/** How many nodes are listed one by one when nothing is wrong with the others. */
const most = 20;

/** One line a node; what is wrong comes first, and of many alike only the number is told, unless all are asked for. */
export function nodesLines({nodes, findings}: Report, style: Style, wide: boolean): string[] {
  if (nodes === undefined) return [];
  const isWell = ({findings: own, rules, ready}: (typeof nodes)[number]): boolean => own.length === 0 && ready && rules !== 'differ' && rules !== 'unread';
  const shown = wide || nodes.length <= most ? nodes : nodes.filter((node, i) => !isWell(node) || i < 3).slice(0, 3 * most);
  const codes = (ids: readonly string[]): string => [...new Set(findings.filter(({id}) => ids.includes(id)).map(({code}) => code))].join(', ');
  const rows = shown.map(({name, ready, kubeProxy, mode, rules, losing, findings: own}) => [name, ready ? 'Ready' : 'NotReady', kubeProxy, mode ?? '?', losing > 0 ? `${rules} (${losing} lost)` : rules, codes(own)]);
  const head = ['NODE', 'STATUS', 'KUBE-PROXY', 'MODE', 'RULES', 'WRONG'];
  const full = table(head, rows);
  // Codes are names: they may be longer than what is left of the line.
  const drawn = full.every(line => columns(line) + 2 <= style.width) ? full : table(head.slice(0, 5), rows.map(row => row.slice(0, 5)));
  const left = nodes.length - shown.length;
  const unwell = nodes.filter(node => !isWell(node) && !shown.includes(node)).length;
  return [style.strong('Nodes'), ...drawn.map(line => `  ${line}`), ...(left === 0 ? [] : [`  and ${left} more, ${unwell === 0 ? 'in which nothing is wrong' : `${unwell} of them as wrong, or not examined`} (-o wide)`])];
}
