import {isKnown} from '../cluster/answer.ts';
import {isThrough, type NetworkCell, triesOf} from '../model/network/asked.ts';

/** From one node, or a pod on it, to a pod on another: whether packets get there and back, as `kdiag nodes` asked. */
export interface PairLine {
  readonly from: string;
  readonly to: string;
  readonly client: 'pod' | 'node';
  /** Connections tried, and those that came through; 0 of 0: it could not be asked. */
  readonly tries: number;
  readonly ok: number;
}

export function pairLines(cells: readonly NetworkCell[]): PairLine[] {
  return cells.flatMap((cell): PairLine[] => {
    const {from, target, heard} = cell;
    if (target.kind !== 'pod') return [];
    const tries = isKnown(heard) ? triesOf([cell]) : [];
    return [{from: from.place.node, to: target.node, client: from.pod === null ? 'node' : 'pod', tries: tries.length, ok: tries.filter(each => isThrough(cell, each)).length}];
  }).sort((a, b) => (`${a.from}\0${a.to}\0${a.client}` < `${b.from}\0${b.to}\0${b.client}` ? -1 : 1));
}
