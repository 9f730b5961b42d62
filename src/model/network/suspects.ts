import {parseAddress} from '../ip.ts';
import {forwards, linkNamed, isTunnel, type NodeNetwork} from './node-network.ts';
import {deviceOf, hopTo, routeText} from './routing.ts';

/** One end of a way through the pod network. */
export interface End {
  readonly node: string;
  /** The address that it sends from, or takes packets at. */
  readonly address: string;
  /** It has a network of its own behind the node's; false: it is in the node's. */
  readonly isPod: boolean;
}

/** Something on the way that loses packets, or may, as the nodes themselves say. `node` is where it is. */
export type Suspect =
  | {readonly kind: 'forwarding-off'; readonly node: string; readonly sysctl: string}
  | {readonly kind: 'route-missing'; readonly node: string; readonly address: string; readonly reason: 'none' | 'refused' | 'default'; readonly raw: string}
  | {readonly kind: 'wrong-interface'; readonly node: string; readonly address: string; readonly device: string; readonly own: string; readonly ownAddress: string; readonly raw: string}
  | {readonly kind: 'overlay-address'; readonly node: string; readonly plugin: string; readonly address: string; readonly own: string; readonly ownAddress: string; readonly raw: string}
  | {readonly kind: 'next-hop-silent'; readonly node: string; readonly address: string; readonly gateway: string; readonly device: string}
  | {readonly kind: 'route-elsewhere'; readonly node: string; readonly address: string; readonly gateway: string; readonly target: string; readonly raw: string}
  | {readonly kind: 'rp-filter'; readonly node: string; readonly device: string; readonly source: string; readonly back: string}
  | {readonly kind: 'link-down'; readonly node: string; readonly device: string; readonly state: string};

export interface Ground {
  networkOf(node: string): NodeNetwork | null;
  /** InternalIPs of a node, as the API has them. */
  addressesOf(node: string): readonly string[];
  /** Where its network plug-in says that the node's end of the overlay is; null: it says nothing. */
  overlayOf(node: string): {readonly plugin: string; readonly address: string; readonly raw: string} | null;
}

/**
 * What may lose a connection from one end to the other: forwarding, routes there and back, the filter of reverse paths (RFC 3704), neighbours that
 * do not answer. What carries on the way is not judged twice: of two nodes, each is asked for its own part. Not handled: policy routing, IPv6,
 * whatever is between the nodes.
 */
export function suspectsBetween(from: End, to: End, ground: Ground): Suspect[] {
  const client = from.isPod ? from : {...from, address: sourceTo(ground.networkOf(from.node), to.address) ?? from.address};
  return unique([...oneWay(client, to, ground), ...oneWay(to, client, ground)]);
}

function oneWay(from: End, to: End, ground: Ground): Suspect[] {
  const own = ground.networkOf(from.node);
  const other = ground.networkOf(to.node);
  return [
    ...(from.node === to.node ? [] : [...overlay(from.node, ground), ...overlay(to.node, ground)]),
    // a node reaches its own pods without forwarding; pods of one node reach each other so, unless a bridge does it
    ...(own !== null && from.isPod && (to.isPod || from.node !== to.node) ? forwarding(own) : []),
    ...(other !== null && to.isPod && from.node !== to.node ? forwarding(other) : []),
    ...(own !== null && from.node !== to.node ? leaving(own, to, ground) : []),
    ...(own !== null && other !== null && from.node !== to.node ? arriving(own, other, from, to) : []),
  ];
}

/** A plug-in that took another address than the node's own joins the nodes over another network, if over any. */
function overlay(node: string, ground: Ground): Suspect[] {
  const said = ground.overlayOf(node);
  const addresses = ground.addressesOf(node);
  if (said === null || addresses.length === 0 || addresses.includes(said.address)) return [];
  const network = ground.networkOf(node);
  const ownAddress = addresses[0] ?? '';
  return [{kind: 'overlay-address', node, plugin: said.plugin, address: said.address, own: (network === null ? null : deviceOf(network, ownAddress)) ?? 'another interface', ownAddress, raw: said.raw}];
}

function forwarding(network: NodeNetwork): Suspect[] {
  return forwards(network) ? [] : [{kind: 'forwarding-off', node: network.node, sysctl: 'net.ipv4.ip_forward'}];
}

function leaving(network: NodeNetwork, to: End, ground: Ground): Suspect[] {
  const {node} = network;
  const {address} = to;
  const hop = hopTo(network, address);
  if (hop.kind === 'none') return [{kind: 'route-missing', node, address, reason: 'none', raw: ''}];
  if (hop.kind === 'refused') return [{kind: 'route-missing', node, address, reason: 'refused', raw: routeText(hop.route)}];
  if (hop.kind !== 'route') return [];
  const {route} = hop;
  const {device, gateway} = route;
  const raw = routeText(route);
  const found: Suspect[] = [];
  const link = linkNamed(network, device);
  if (link !== undefined && link.state === 'down') found.push({kind: 'link-down', node, device, state: link.state});
  const [ownAddress = ''] = ground.addressesOf(node);
  const own = deviceOf(network, ownAddress);
  const targets = ground.addressesOf(to.node);
  const onOwn = own !== null && targets.some(target => deviceOf(network, target) === own);
  const onBridge = gateway === null && linkNamed(network, device)?.kind === 'bridge'; // another node's pods, on the bridge of its own
  const wrong = !onBridge && to.isPod && !hop.isDefault && own !== null && onOwn && device !== own && !isTunnel(network, device);
  if (wrong) found.push({kind: 'wrong-interface', node, address, device, own, ownAddress, raw});
  else if (onBridge && to.isPod) found.push({kind: 'route-elsewhere', node, address, gateway: device, target: targets[0] ?? to.node, raw});
  else if (hop.isDefault && to.isPod) found.push({kind: 'route-missing', node, address, reason: 'default', raw});
  else if (to.isPod && gateway !== null && !isTunnel(network, device) && !targets.includes(gateway)) {
    const there = ground.networkOf(to.node);
    if (there !== null && !there.localAddresses.has(gateway)) found.push({kind: 'route-elsewhere', node, address, gateway, target: targets[0] ?? to.node, raw});
  }
  const next = gateway ?? address;
  if (network.neighbours.some(each => each.address === next && each.device === device && each.incomplete)) found.push({kind: 'next-hop-silent', node, address, gateway: next, device});
  return found;
}

/** A packet comes in by the interface that has the next hop's address; it is dropped there if the way back to its sender is by another. */
function arriving(own: NodeNetwork, other: NodeNetwork, from: End, to: End): Suspect[] {
  const hop = hopTo(own, to.address);
  // what comes out of a tunnel comes in by the tunnel's other end, wherever its outer packet did
  if (hop.kind !== 'route' || isTunnel(own, hop.route.device)) return [];
  const next = hop.route.gateway ?? to.address;
  if (!other.localAddresses.has(next)) return [];
  const device = deviceOf(other, next);
  if (device === null || filterOf(other, device) !== 1) return [];
  const back = hopTo(other, from.address);
  if (back.kind !== 'route' || back.route.device === device || parseAddress(from.address) === null) return [];
  return [{kind: 'rp-filter', node: other.node, device, source: from.address, back: back.route.device}];
}

/** What a node itself sends has its address on the network of the interface that it leaves by. */
function sourceTo(network: NodeNetwork | null, address: string): string | null {
  const hop = network === null ? null : hopTo(network, address);
  if (network === null || hop?.kind !== 'route') return null;
  return [...network.localAddresses].find(own => !own.startsWith('127.') && !own.includes(':') && deviceOf(network, own) === hop.route.device) ?? null;
}

/** The stricter of the interface's own value and that of `all` (Documentation/networking/ip-sysctl.rst). */
function filterOf({conf}: NodeNetwork, device: string): number {
  return Math.max(...['all', device].map(name => Number(conf.get(name)?.['rp_filter'] ?? 0)));
}

function unique(suspects: readonly Suspect[]): Suspect[] {
  return [...new Map(suspects.map(each => [JSON.stringify(each), each])).values()];
}
