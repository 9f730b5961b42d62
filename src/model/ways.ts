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
  /** externalTrafficPolicy Local: endpoints should see who sent it. */
  readonly keepsClient: boolean;
  readonly packet: Packet;
}

/** Stands for a client outside the cluster where any address will do (RFC 5737, RFC 3849). */
const outsiders = {4: '203.0.113.77', 6: '2001:db8::77'} as const;

/**
 * Every way in to these ports on this node: from pods, from the node itself and, for addresses that are for outsiders (NodePort,
 * externalIPs, a load balancer's VIP), from outside. What the cluster itself sends to such an address goes past its policy, as if
 * it had gone out and come back in (writeServiceToEndpointRules' callers in kube-proxy's pkg/proxy/iptables/proxier.go, 1.36).
 * Not handled: the loopback address of a NodePort; outsiders that send to a ClusterIP.
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
      const policy = kind === 'cluster-ip' ? service.spec.internalTrafficPolicy : from === 'outside' ? service.spec.externalTrafficPolicy : 'Cluster';
      const expected = (policy === 'Local' ? localEndpoints : clusterEndpoints)(endpoints, node);
      const source = kind === 'load-balancer' && from === 'outside' ? balanced(destination.family, node, service) : sourceOf(from, destination.family, node, client);
      if (source === 'inside' || (kind === 'load-balancer' && !isLetIn(source, destination.family, service))) return [];
      const keepsClient = kind !== 'cluster-ip' && service.spec.externalTrafficPolicy === 'Local';
      if (keepsClient && source === null) return []; // it decides which endpoints there are
      const packet: Packet = {protocol: base.protocol.toLowerCase() as Packet['protocol'], source, destination, port: number, from, mark: 0, original: null};
      return [{...base, kind, client: from, address: formatAddress(destination), port: number, expected, keepsClient, packet}];
    };
    const fromAll = (kind: WayKind, address: string, number: number): Way[] => (['outside', 'pod', 'host'] as const).flatMap(from => way(kind, from, address, number));
    const vips = (service.status?.loadBalancer?.ingress ?? []).filter(({ipMode}) => ipMode !== 'Proxy').flatMap(({ip}) => (ip === undefined ? [] : [ip]));
    return [
      ...clusterIPs(service).flatMap(ip => [...way('cluster-ip', 'pod', ip, port.port), ...way('cluster-ip', 'host', ip, port.port)]),
      ...(port.nodePort === undefined ? [] : internalIPs(node).flatMap(ip => fromAll('node-port', ip, port.nodePort ?? 0))),
      ...(service.spec.externalIPs ?? []).flatMap(ip => fromAll('external-ip', ip, port.port)),
      ...vips.flatMap(ip => fromAll('load-balancer', ip, port.port)),
    ];
  });
}

/**
 * A client that loadBalancerSourceRanges lets in (they hold for a load balancer's addresses only); `inside`: they let in none
 * but the cluster's own, for which kube-proxy has other rules.
 */
function balanced(family: 4 | 6, node: Node, service: Service): Address | null | 'inside' {
  const ranges = rangesOf(service, family);
  const stranger = parseAddress(outsiders[family]);
  if (ranges.length === 0 || ranges.some(range => stranger !== null && contains(range, stranger))) return stranger;
  // How far the pods' network reaches is not said anywhere: all that begins like this node's addresses may belong to it.
  const near = [...internalIPs(node).map(parseAddress), ...podBlocks(node).map(lastHost)].filter(address => address !== null).map(address => blockAround(address, {4: 16, 6: 48}[address.family]));
  return ranges.map(lastHost).find(client => !near.some(block => contains(block, client))) ?? 'inside';
}

function isLetIn(sender: Address | null, family: 4 | 6, service: Service): boolean {
  const ranges = rangesOf(service, family);
  return ranges.length === 0 || (sender !== null && ranges.some(range => contains(range, sender)));
}

function rangesOf({spec}: Service, family: 4 | 6): Block[] {
  return (spec.loadBalancerSourceRanges ?? []).map(text => parseBlock(text.trim())).filter(block => block?.family === family).filter(block => block !== null);
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
