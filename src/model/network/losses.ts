import {isKnown} from '../../cluster/answer.ts';
import {familyOf} from '../ip.ts';
import {isThrough, type NetworkCell, nodeOf, triesOf} from './asked.ts';
import {type End, type Ground, type Suspect, suspectsBetween} from './suspects.ts';

/** Connections that one node, or a pod on it, lost on their way to endpoints on one node. */
export interface Loss {
  readonly from: string;
  readonly to: string;
  /** Whether a pod asked, or the node itself. */
  readonly isPod: boolean;
  /** Of the tries, those that came through. */
  readonly share: number;
  readonly cells: readonly NetworkCell[];
  /** What may be the cause, by what the nodes say; none: nothing that they say explains it. */
  readonly suspects: readonly Suspect[];
}

/** Of two or three tries one may be lost by chance. */
const fair = 0.5;

/**
 * What did not come through. An endpoint that is silent for its own node as well is no loss of the network's. What is suspected of a loss is
 * cleared if connections of the same kind pass where it is.
 */
export function lossesOf(cells: readonly NetworkCell[], ground: Ground): Loss[] {
  const asked = cells.filter(({heard, size, target}) => isKnown(heard) && size === 'small' && nodeOf(target) !== null);
  const silent = new Set([...Map.groupBy(cells.filter(({size, target, heard}) => size === 'small' && target.kind !== 'vip' && isKnown(heard)), ({target}) => target.address)].filter(([, own]) => isSilentItself(own, asked)).map(([address]) => address));
  const judged = asked.filter(({target}) => !silent.has(target.address)).map(cell => ({cell, share: Math.min(shareOf([cell]), ...fewOf(cell, cells).map(few => shareOf([few]))), suspects: suspectsOf(cell, ground)}));
  const lost = judged.filter(({share}) => share < fair);
  const cleared = new Set(judged.filter(({share}) => share >= fair).flatMap(({cell, suspects}) => suspects.map(each => keyOf(each, cell))));
  return [...Map.groupBy(lost, ({cell}) => `${cell.from.place.node} ${nodeOf(cell.target)} ${cell.from.pod !== null}`).values()].map((own): Loss => {
    const {cell} = own[0]!;
    return {
      from: cell.from.place.node, to: nodeOf(cell.target) ?? '', isPod: cell.from.pod !== null, share: Math.min(...own.map(each => each.share)), cells: own.flatMap(({cell: each}) => [each, ...fewOf(each, cells)]),
      suspects: [...new Map(own.flatMap(each => each.suspects.filter(suspect => !cleared.has(keyOf(suspect, each.cell)))).map(suspect => [JSON.stringify(suspect), suspect])).values()],
    };
  });
}

/** Where nobody asked: what is lost for certain, or likely, by what the nodes say. Another interface, a next hop that does not answer and a default route say too little. */
export function presumedLosses(cells: readonly NetworkCell[], ground: Ground): Loss[] {
  return cells.filter(({size, target, from}) => size === 'small' && target.kind !== 'vip' && target.node !== null && (target.isPod || from.pod !== null)).flatMap((cell): Loss[] => {
    const suspects = suspectsOf(cell, ground).filter(each => ['forwarding-off', 'link-down', 'rp-filter'].includes(each.kind) || (each.kind === 'route-missing' && each.reason !== 'default'));
    return suspects.length === 0 ? [] : [{from: cell.from.place.node, to: nodeOf(cell.target) ?? '', isPod: cell.from.pod !== null, share: 0, cells: [cell], suspects}];
  });
}

/** A connection that stands is through only if what is then sent on it is as well: the first packets may go another way than those behind. */
function fewOf({from, target}: NetworkCell, cells: readonly NetworkCell[]): readonly NetworkCell[] {
  return cells.filter(cell => cell.size === 'few' && cell.from === from && cell.target === target && isKnown(cell.heard));
}

/** Share of tries that came through. */
function shareOf(cells: readonly NetworkCell[]): number {
  const all = cells.flatMap(cell => triesOf([cell]).map(each => isThrough(cell, each)));
  return all.length === 0 ? 0 : all.filter(Boolean).length / all.length;
}

/**
 * Nobody gets through to it, and its own node, which needs no network between nodes for that, was among those who asked; or, where that did
 * not ask, somebody else there answers the same askers.
 */
function isSilentItself(cells: readonly NetworkCell[], all: readonly NetworkCell[]): boolean {
  if (shareOf(cells) > 0) return false;
  const own = cells.filter(({from, target}) => from.place.node === nodeOf(target));
  if (own.some(({from}) => from.pod === null)) return true;
  return own.length === 0 && cells.every(({from, target}) => all.some(other => other.from === from && nodeOf(other.target) === nodeOf(target) && other.target.address !== target.address && shareOf([other]) >= fair));
}

function suspectsOf({from, target}: NetworkCell, ground: Ground): readonly Suspect[] {
  if (target.kind === 'vip' || target.node === null) return [];
  const own = from.pod?.status?.podIPs?.find(({ip}) => familyOf(ip) === familyOf(target.address))?.ip ?? ground.addressesOf(from.place.node).find(address => familyOf(address) === familyOf(target.address)) ?? '';
  const [a, b]: [End, End] = [{node: from.place.node, address: own, isPod: from.pod !== null}, {node: target.node, address: target.address, isPod: target.isPod}];
  return suspectsBetween(a, b, ground);
}

/** Of pods and of nodes themselves, of one node and of two, one says nothing about the other. */
function keyOf(suspect: Suspect, {from, target}: NetworkCell): string {
  const what = suspect.kind === 'wrong-interface' ? {kind: suspect.kind, device: suspect.device} : suspect; // an interface that carries between two nodes is the one that is meant
  return `${from.pod !== null} ${nodeOf(target) === from.place.node} ${JSON.stringify(what)}`;
}
