import {type Cell, count, wasTried} from './heard.ts';
import {type DnsPlace, placeText} from './place.ts';

/** One place and one CoreDNS pod, over both protocols. */
export interface Pair {
  readonly from: DnsPlace;
  /** The pod's name, and the node that it runs on. */
  readonly server: {readonly name: string; readonly address: string; readonly node: string};
  readonly cells: readonly Cell[];
}

/**
 * Queries that got lost, by what they have in common. `server`: a CoreDNS pod that answers nobody, or that nothing else explains;
 * `client`: places of one node that reach no CoreDNS pod, while others reach the same ones; `nodes`: all that is lost goes from `node`
 * to `others` or back, while CoreDNS answers within them.
 */
export type Loss = {readonly pairs: readonly Pair[]} & (
  | {readonly kind: 'server'; readonly server: string}
  | {readonly kind: 'client'; readonly node: string; readonly wholeNode: boolean}
  | {readonly kind: 'nodes'; readonly node: string; readonly others: readonly string[]}
);

export function lossesOf(cells: readonly Cell[], nodeOf: ReadonlyMap<string, string>): Loss[] {
  const pairs = [...Map.groupBy(cells.filter(cell => wasTried([cell])), ({from, server}) => `${placeText(from)}\n${server.name}`).values()].flatMap((own): Pair[] => {
    const [first] = own;
    return first === undefined ? [] : [{from: first.from, server: {name: first.server.name, address: first.server.address, node: nodeOf.get(first.server.name) ?? ''}, cells: own}];
  });
  const bad = new Set(pairs.filter(isBad));
  const dead = [...Map.groupBy(pairs, ({server}) => server.name)].filter(([, own]) => own.every(pair => bad.has(pair)));
  const gone = new Set(dead.map(([name]) => name));
  const living = pairs.filter(({server}) => !gone.has(server.name));
  const lost = living.filter(pair => bad.has(pair));
  return [...dead.map(([server, own]): Loss => ({kind: 'server', server, pairs: own})), ...waysOf(lost, living)];
}

function isBad({cells}: Pair): boolean {
  const {tries, answered} = count(cells);
  return answered < tries;
}

/** Of pods that answer somebody. */
function waysOf(lost: readonly Pair[], all: readonly Pair[]): Loss[] {
  if (lost.length === 0) return [];
  const between = isOneClient(lost, all) ? null : betweenNodes(lost);
  if (between !== null) return [between];
  const clients = [...Map.groupBy(lost, ({from}) => from.place.node)].flatMap(([node, own]): (Loss & {readonly kind: 'client'})[] => {
    const ofNode = all.filter(({from}) => from.place.node === node);
    if (ofNode.every(pair => own.includes(pair))) return [{kind: 'client', node, wholeNode: true, pairs: own}];
    const places = [...Map.groupBy(ofNode, ({from}) => placeText(from)).values()].filter(pairs => pairs.every(pair => own.includes(pair)));
    return places.map(pairs => ({kind: 'client', node, wholeNode: false, pairs}));
  });
  // Pods of many nodes, and not the nodes: that is done to CoreDNS, as by a policy, and to no client.
  if (new Set(clients.map(({node}) => node)).size === 1) return [...clients, ...waysOf(lost.filter(pair => !clients.some(({pairs}) => pairs.includes(pair))), all)];
  const near = new Set(lost.flatMap(({from, server}) => (from.place.node === server.node ? [server.name] : []))); // lose queries on their own node
  const [couple] = Map.groupBy((clients.length > 0 ? [] : lost.filter(({from, server}) => from.place.node !== server.node && !near.has(server.name))), ({from, server}) => [from.place.node, server.node].sort().join('\n')).values();
  const loss = couple === undefined ? null : betweenNodes(couple);
  if (loss !== null) return [loss, ...waysOf(lost.filter(pair => !loss.pairs.includes(pair)), all)];
  return [...Map.groupBy(lost, ({server}) => server.name)].map(([server, pairs]) => ({kind: 'server', server, pairs}));
}

/** A pod that loses whatever it sends is no witness of the way between nodes: it may be lost at the pod itself. */
function isOneClient(lost: readonly Pair[], all: readonly Pair[]): boolean {
  const [first] = lost;
  return first !== undefined && first.from.pod !== null && lost.every(({from}) => from === first.from) && all.every(pair => pair.from !== first.from || lost.includes(pair));
}

function betweenNodes(lost: readonly Pair[]): Loss | null {
  const ends = lost.map(({from, server}) => [from.place.node, server.node]);
  if (ends.some(([a, b]) => a === b || b === '')) return null;
  const common = [...new Set(ends.flat())].filter(node => ends.every(pair => pair.includes(node))).sort();
  // of two nodes that which itself loses what it sends: its own routes are the first to be looked at
  const node = common.find(each => lost.some(({from}) => from.pod === null && from.place.node === each)) ?? common[0];
  return node === undefined ? null : {kind: 'nodes', node, others: [...new Set(ends.flat())].filter(each => each !== node).sort(), pairs: lost};
}
