import type {Report} from '../diagnose/report.ts';
import {columns} from './plain.ts';
import type {Style} from './style.ts';
import {table} from './table.ts';

/** So many nodes fit a screen as columns; of more, only what is lost is listed. */
const most = 12;

/** Who reaches whose pods: a row for each node that asked, a column for each that was asked. */
export function pairsLines({pairs, nodes}: Report, style: Style): string[] {
  if (pairs === undefined || pairs.length === 0) return [];
  const [from, to] = [[...new Set(pairs.map(pair => pair.from))], [...new Set(pairs.map(pair => pair.to))]];
  const head = `${style.strong('Pod network')} ${style.faint(`(who reaches pods on the other nodes${nodes !== undefined && nodes.length > from.length ? `; ${from.length} of ${nodes.length}` : ''})`)}`;
  const cell = (a: string, b: string): string => {
    const own = pairs.filter(pair => pair.from === a && pair.to === b);
    const [ok, tries] = [own.reduce((sum, pair) => sum + pair.ok, 0), own.reduce((sum, pair) => sum + pair.tries, 0)];
    return a === b ? '·' : tries === 0 ? '?' : ok === tries ? '✔' : `${ok === 0 ? '✘ ' : ''}${ok}/${tries}`;
  };
  const drawn = table(['FROM \\ TO', ...to], from.map(a => [a, ...to.map(b => cell(a, b))]));
  if (to.length <= most && drawn.every(line => columns(line) + 2 <= style.width)) return [head, ...drawn.map(line => `  ${line}`)];
  const lost = from.flatMap(a => to.filter(b => a !== b && cell(a, b) !== '✔').map(b => [a, b, cell(a, b)]));
  if (lost.length === 0) return [head, `  all ${pairs.length === 0 ? 0 : new Set(pairs.map(pair => `${pair.from} ${pair.to}`)).size} pairs: ✔`];
  const shown = lost.slice(0, 3 * most);
  return [head, ...table(['FROM', 'TO', 'CAME THROUGH'], shown).map(line => `  ${line}`), ...(lost.length > shown.length ? [`  and ${lost.length - shown.length} more (-o json)`] : [])];
}
