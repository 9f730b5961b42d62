import type {Route} from '../../parse/proc-route.ts';
import {type Address, contains, parseAddress, parseBlock} from '../ip.ts';
import type {NodeNetwork} from './node-network.ts';

/** Where a node sends packets for an address. */
export type Hop =
  | {readonly kind: 'local'}
  | {readonly kind: 'route'; readonly route: Route; readonly isDefault: boolean}
  | {readonly kind: 'refused'; readonly route: Route}
  | {readonly kind: 'none'}
  | {readonly kind: 'undecided'; readonly because: string};

/** Longest prefix first, then the lowest metric (RFC 1812 §5.2.4.3; fib_table_lookup). Addresses in other forms than IPv4 are undecided. */
export function hopTo(network: NodeNetwork, text: string): Hop {
  const address = parseAddress(text);
  if (address === null || address.family !== 4) return {kind: 'undecided', because: 'only IPv4 routes are read'};
  if (network.localAddresses.has(text)) return {kind: 'local'};
  const route = bestOf(network.routes.filter(({to}) => holds(to, address)));
  if (network.otherTables && (route === null || lengthOf(route) === 0)) return {kind: 'undecided', because: 'the node has routing tables beside the main one, which are not read'};
  if (route === null) return {kind: 'none'};
  return route.refuses ? {kind: 'refused', route} : {kind: 'route', route, isDefault: lengthOf(route) === 0};
}

/** The interface on whose own network an address is; null: on none that the routes show. */
export function deviceOf({routes}: NodeNetwork, text: string): string | null {
  const address = parseAddress(text);
  if (address === null) return null;
  return bestOf(routes.filter(({gateway, refuses, to}) => gateway === null && !refuses && to !== '0.0.0.0/0' && holds(to, address)))?.device ?? null;
}

/** As ip-route(8) would say it, and as /proc does. */
export const routeText = ({to, gateway, device, refuses, raw}: Route): string => `${to}${refuses ? ' unreachable' : `${gateway === null ? '' : ` via ${gateway}`} dev ${device}`}   (${raw.split(/\s+/).slice(0, 4).join(' ')} …)`;

export const lengthOf = ({to}: Route): number => Number(to.split('/')[1]);

function holds(cidr: string, address: Address): boolean {
  const block = parseBlock(cidr);
  return block !== null && contains(block, address);
}

function bestOf(routes: readonly Route[]): Route | null {
  return routes.toSorted((a, b) => lengthOf(b) - lengthOf(a) || a.metric - b.metric)[0] ?? null;
}
