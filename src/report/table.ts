import Table from 'cli-table3';
import {plain} from './plain.ts';

const bare = {top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  '};

/** Every character takes one column, and none is a colour or the end of a line. */
const isPrintable = (text: string): boolean => /^[ -~]*$/.test(text);

/** Columns as kubectl draws them. cli-table3's own colours are off: they would go into pipes. Cells are made harmless here. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows.map(row => row.map(cell => plain(cell)))];
  const isSimple = cells.every(row => row.length === head.length && row.every(isPrintable));
  return (isSimple ? aligned(cells) : drawn(cells)).map(line => line.trimEnd());
}

/** Of what nearly all tables hold. cli-table3 looks at every row for each row: of a thousand nodes it takes seconds. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, i) => rows.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), 1)) ?? [];
  return rows.map(row => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
}

/** cli-table3 knows how wide each character is. */
function drawn([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const made = new Table({head: [...head], chars: bare, style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0}});
  made.push(...rows.map(row => [...row]));
  return made.toString().split('\n');
}
