import type {EndpointSlice, Node, Pod, Service, ServicePort} from '../cluster/objects.ts';
import {type Expected, clusterEndpoints, clusterIPs, endpointsOf, familiesOf, localEndpoints, portName, protocolOf, unproxied} from './endpoints.ts';
import {type Address, type Block, blockAround, contains, formatAddress, lastHost, parseAddress, parseBlock} from './ip.ts';
import type {Packet} from './packet.ts';

export type WayKind = 'cluster-ip' | 'node-port' | 'external-ip' | 'load-balancer';

/** One way in to a Service on one node: who sends to which address there, and which endpoints should answer. */
export interface Way {
  readonly node: string;
  readonly kind: WayKind;
  readonly client: Packet['from'];
  /** kube-proxy's name of the Service port. */
  readonly portName: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly expected: Expected;
  readonly packet: Packet;
}

/** Stands for a client outside the cluster where any address will do (RFC 5737, RFC 3849). */
const outsiders = {4: '203.0.113.77', 6: '2001:db8::77'} as const;

/**
 * Every way in to these ports on this node. From pods and from the node itself for a ClusterIP; for addresses that outsiders
 * use (NodePort, externalIPs, a load balancer's VIP), from outside.
 * Not handled: pods and the node itself going to such an address (kube-proxy sends them past the external policy).
 */
export function waysIn(service: Service, ports: readonly ServicePort[], slices: readonly EndpointSlice[], node: Node, client: Pod | null): Way[] {
  if (unproxied(service) !== null) return [];
  const families = familiesOf(service);
  return ports.flatMap(port => {
    const base = {node: node.metadata.name, portName: portName(service, port), protocol: protocolOf(port)};
    const way = (kind: WayKind, from: Packet['from'], address: string, number: number): Way[] => {
      const destination = parseAddress(address);
      if (destination === null || !families.includes(destination.family)) return []; // kube-proxy leaves out what it has no ClusterIP for
      const endpoints = endpointsOf(slices, port, destination.family);
      const policy = from === 'outside' ? service.spec.externalTrafficPolicy : service.spec.internalTrafficPolicy;
      const expected = (policy === 'Local' ? localEndpoints : clusterEndpoints)(endpoints, node);
      const source = kind === 'load-balancer' ? balanced(destination.family, node, service) : sourceOf(from, destination.family, node, client);
      if (source === 'inside') return [];
      const packet: Packet = {protocol: base.protocol.toLowerCase() as Packet['protocol'], source, destination, port: number, from, mark: 0, original: null};
      return [{...base, kind, client: from, address: formatAddress(destination), port: number, expected, packet}];
    };
    const vips = (service.status?.loadBalancer?.ingress ?? []).filter(({ipMode}) => ipMode !== 'Proxy').flatMap(({ip}) => (ip === undefined ? [] : [ip]));
    return [
      ...clusterIPs(service).flatMap(ip => [...way('cluster-ip', 'pod', ip, port.port), ...way('cluster-ip', 'host', ip, port.port)]),
      ...(port.nodePort === undefined ? [] : internalIPs(node).flatMap(ip => way('node-port', 'outside', ip, port.nodePort ?? 0))),
      ...(service.spec.externalIPs ?? []).flatMap(ip => way('external-ip', 'outside', ip, port.port)),
      ...vips.flatMap(ip => way('load-balancer', 'outside', ip, port.port)),
    ];
  });
}

/**
 * A client that loadBalancerSourceRanges lets in (they hold for a load balancer's addresses only); `inside`: they let in none
 * but the cluster's own, for which kube-proxy has other rules.
 */
function balanced(family: 4 | 6, node: Node, service: Service): Address | null | 'inside' {
  const ranges = (service.spec.loadBalancerSourceRanges ?? []).map(text => parseBlock(text.trim())).filter(block => block?.family === family).filter(block => block !== null);
  const stranger = parseAddress(outsiders[family]);
  if (ranges.length === 0 || ranges.some(range => stranger !== null && contains(range, stranger))) return stranger;
  // How far the pods' network reaches is not said anywhere: all that begins like this node's addresses may belong to it.
  const near = [...internalIPs(node).map(parseAddress), ...podBlocks(node).map(lastHost)].filter(address => address !== null).map(address => blockAround(address, {4: 16, 6: 48}[address.family]));
  return ranges.map(lastHost).find(client => !near.some(block => contains(block, client))) ?? 'inside';
}

/** Null where the address that a client would have is not known. */
export function sourceOf(from: Packet['from'], family: 4 | 6, node: Node, client: Pod | null): Address | null {
  if (from === 'outside') return parseAddress(outsiders[family]);
  if (from === 'host') return internalIPs(node).map(parseAddress).find(address => address?.family === family) ?? null;
  const own = client?.status?.podIPs?.map(({ip}) => parseAddress(ip)).find(address => address?.family === family);
  if (own) return own;
  const block = podBlocks(node).find(each => each.family === family);
  return block ? lastHost(block) : null;
}

function podBlocks(node: Node): Block[] {
  const cidrs = node.spec?.podCIDRs ?? (node.spec?.podCIDR === undefined ? [] : [node.spec.podCIDR]);
  return cidrs.map(parseBlock).filter(block => block !== null);
}

function internalIPs(node: Node): string[] {
  return (node.status?.addresses ?? []).filter(({type}) => type === 'InternalIP').map(({address}) => address);
}
