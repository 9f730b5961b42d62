import type {EndpointSlice, Node, Pod, Service, ServicePort} from '../cluster/objects.ts';
import {type Expected, clusterEndpoints, clusterIPs, endpointsOf, localEndpoints, portName, protocolOf, unproxied} from './endpoints.ts';
import {type Address, familyOf, formatAddress, lastHost, parseAddress, parseBlock} from './ip.ts';
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
  return ports.flatMap(port => {
    const base = {node: node.metadata.name, portName: portName(service, port), protocol: protocolOf(port)};
    const way = (kind: WayKind, from: Packet['from'], address: string, number: number): Way[] => {
      const destination = parseAddress(address);
      if (destination === null) return [];
      const endpoints = endpointsOf(slices, port, destination.family);
      const policy = from === 'outside' ? service.spec.externalTrafficPolicy : service.spec.internalTrafficPolicy;
      const expected = (policy === 'Local' ? localEndpoints : clusterEndpoints)(endpoints, node);
      const source = sourceOf(from, destination.family, node, service, client);
      const packet: Packet = {protocol: base.protocol.toLowerCase() as Packet['protocol'], source, destination, port: number, from, mark: 0, original: null};
      return [{...base, kind, client: from, address: formatAddress(destination), port: number, expected, packet}];
    };
    const vips = (service.status?.loadBalancer?.ingress ?? []).filter(({ipMode}) => ipMode !== 'Proxy').flatMap(({ip}) => (ip === undefined ? [] : [ip]));
    return [
      ...clusterIPs(service).flatMap(ip => [...way('cluster-ip', 'pod', ip, port.port), ...way('cluster-ip', 'host', ip, port.port)]),
      ...(port.nodePort === undefined ? [] : internalIPs(node).filter(ip => clusterIPs(service).some(vip => familyOf(vip) === familyOf(ip)))
        .flatMap(ip => way('node-port', 'outside', ip, port.nodePort ?? 0))),
      ...(service.spec.externalIPs ?? []).flatMap(ip => way('external-ip', 'outside', ip, port.port)),
      ...vips.flatMap(ip => way('load-balancer', 'outside', ip, port.port)),
    ];
  });
}

/** Null where the address that a client would have is not known. */
function sourceOf(from: Packet['from'], family: 4 | 6, node: Node, service: Service, client: Pod | null): Address | null {
  if (from === 'outside') {
    const range = service.spec.loadBalancerSourceRanges?.map(parseBlock).find(block => block?.family === family);
    return range ? lastHost(range) : parseAddress(outsiders[family]);
  }
  if (from === 'host') return internalIPs(node).map(parseAddress).find(address => address?.family === family) ?? null;
  const own = client?.status?.podIPs?.map(({ip}) => parseAddress(ip)).find(address => address?.family === family);
  if (own) return own;
  const cidrs = node.spec?.podCIDRs ?? (node.spec?.podCIDR === undefined ? [] : [node.spec.podCIDR]);
  const block = cidrs.map(parseBlock).find(each => each?.family === family);
  return block ? lastHost(block) : null;
}

function internalIPs(node: Node): string[] {
  return (node.status?.addresses ?? []).filter(({type}) => type === 'InternalIP').map(({address}) => address);
}
