import type {Reach} from '../../diagnose/report.ts';

/** Who reaches what, as a map shows it: places that fare alike share a column, and what is whole from everywhere a row. */
export interface Grid {
  /** Worst first. */
  readonly columns: readonly Places[];
  readonly rows: readonly Row[];
  /** Addresses that everyone reaches, if they have no rows of their own. */
  readonly whole: readonly string[];
  readonly left: {readonly places: number; readonly addresses: number};
}

export interface Places {
  readonly kind: Reach['from']['kind'];
  readonly names: readonly string[];
}

export interface Row {
  /** Addresses that fare alike from everywhere. */
  readonly to: readonly string[];
  /** One a column; null: nothing is said of that place and this address. */
  readonly cells: readonly (Reach | null)[];
}

/** Up to so many places, or addresses, each stands alone. */
const apart = 16;
/** So many are shown, alone or together. */
const most = {columns: 24, rows: 40};

export function gridOf(reach: readonly Reach[]): Grid {
  const places: Place[] = [];
  const known = {Node: new Map<string, Place>(), Pod: new Map<string, Place>()};
  const rows = new Map<string, (Reach | null)[]>();
  for (const each of reach) {
    const {kind, name} = each.from;
    let place = known[kind].get(name);
    if (place === undefined) {
      place = {kind, name, index: places.length};
      places.push(place);
      known[kind].set(name, place);
    }
    const row = rows.get(each.to) ?? [];
    if (row.length === 0) rows.set(each.to, row);
    while (row.length <= place.index) row.push(null);
    const before = row[place.index] ?? null;
    if (before === null || worth(each) < worth(before)) row[place.index] = each;
  }
  const columns = groupsOf(places, [...rows.values()]);
  const sorted = columns.map(group => ({...group, ...fareOf([...rows.values()].map(row => row[group.index] ?? null))})).sort((a, b) => a.worst - b.worst || a.sum - b.sum || (a.names[0]! < b.names[0]! ? -1 : 1));
  const shown = sorted.slice(0, most.columns);
  const tall = [...rows].map(([to, all]) => ({to: [to], cells: sorted.map(({index}) => all[index] ?? null)}));
  const few = tall.length <= apart;
  const faring = (few ? tall : alike(tall.filter(({cells}) => fareOf(cells).worst < 1))).map(row => ({...row, ...fareOf(row.cells)})).sort((a, b) => a.worst - b.worst || a.sum - b.sum || (a.to[0]! < b.to[0]! ? -1 : 1));
  return {
    columns: shown.map(({kind, names}) => ({kind, names})),
    rows: faring.slice(0, most.rows).map(({to, cells}) => ({to, cells: cells.slice(0, most.columns)})),
    whole: few ? [] : tall.filter(({cells}) => fareOf(cells).worst === 1).flatMap(({to}) => to).sort(),
    left: {places: sorted.slice(most.columns).flatMap(({names}) => names).length, addresses: faring.slice(most.rows).flatMap(({to}) => to).length},
  };
}

/** Addresses that everybody reaches as well, or as badly. */
function alike(rows: readonly Row[]): Row[] {
  return [...Map.groupBy(rows, ({cells}) => cells.map(fareText).join(' ')).values()].map(group => ({to: group.flatMap(({to}) => to).sort(), cells: group[0]!.cells}));
}

interface Place {
  readonly kind: Places['kind'];
  readonly name: string;
  readonly index: number;
}

interface Group extends Places {
  readonly index: number;
}

/** Places that fare alike everywhere. Row by row they are told apart, by numbers: keys of all cells of a thousand nodes would be large, and slow. */
function groupsOf(places: readonly Place[], rows: readonly (readonly (Reach | null)[])[]): Group[] {
  if (places.length <= apart) return places.map(({kind, name, index}) => ({kind, names: [name], index}));
  let classes = places.map(({kind}): number => (kind === 'Node' ? 0 : 1));
  const fares = new Map<string | number | null, number>();
  for (const row of rows) {
    const first = row[0] ?? null;
    if (row.length === places.length && first !== null && first.probed === undefined && row.every(cell => cell !== null && cell.predicted === first.predicted && cell.probed === undefined)) continue;
    const next = new Map<number, number>();
    classes = classes.map((own, i) => {
      const cell = row[i] ?? null;
      const fare = fareText(cell);
      let number = fares.get(fare);
      if (number === undefined) fares.set(fare, (number = fares.size));
      const key = number * places.length * 2 + own;
      const found = next.get(key) ?? next.size;
      next.set(key, found);
      return found;
    });
  }
  return [...Map.groupBy(places, ({index}) => classes[index]).values()].map(group => ({kind: group[0]!.kind, names: group.map(({name}) => name).sort(), index: group[0]!.index}));
}

function fareText(cell: Reach | null): string | number | null {
  return cell === null ? 'none' : cell.probed === undefined ? cell.predicted : `${cell.predicted} ${cell.probed.ok}/${cell.probed.tries}`;
}

/** From 0, nothing passes, to 1. What cannot be told comes after what loses, and before what is whole. */
export function worth({predicted, probed}: Reach): number {
  const measured = probed === undefined || probed.tries === 0 ? null : probed.ok / probed.tries;
  if (predicted === null) return measured === null || measured === 1 ? 0.9999 : measured;
  return predicted === 1 && measured !== null ? measured : predicted;
}

function fareOf(cells: readonly (Reach | null)[]): {readonly worst: number; readonly sum: number} {
  let [worst, sum] = [1, 0];
  for (const cell of cells) {
    const own = cell === null ? 1 : worth(cell);
    if (own < worst) worst = own;
    sum += own;
  }
  return {worst, sum};
}
