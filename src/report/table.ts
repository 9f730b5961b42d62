import Table from 'cli-table3';
import {plain} from './plain.ts';

const bare = {top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  '};

/** Columns as kubectl draws them. cli-table3's own colours are off: they would go into pipes. Cells are made harmless here. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const drawn = new Table({head: [...head], chars: bare, style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0}});
  drawn.push(...rows.map(row => row.map(cell => plain(cell))));
  return drawn.toString().split('\n').map(line => line.trimEnd());
}
