import type {Node, Service} from '../cluster/objects.ts';
import {clusterIPs, portName, protocolOf} from '../model/endpoints.ts';
import {formatAddress, parseAddress} from '../model/ip.ts';
import type {WayKind} from '../model/ways.ts';

export interface Owner {
  readonly service: Service;
  /** kube-proxy's name of the Service port. */
  readonly name: string;
  readonly kind: WayKind;
}

/** The Service whose address this is, by the API; null: no Service's. */
export function ownerOf(services: readonly Service[], nodes: readonly Node[], address: string, port: number, protocol: string): Owner | null {
  const isNode = nodes.some(({status}) => (status?.addresses ?? []).some(each => same(each.address, address)));
  for (const service of services) {
    for (const each of service.spec.ports ?? []) {
      if (protocolOf(each) !== protocol) continue;
      const kind = each.port === port ? kindOf(service, address) : null;
      if (kind !== null) return {service, name: portName(service, each), kind};
      if (isNode && each.nodePort === port) return {service, name: portName(service, each), kind: 'node-port'};
    }
  }
  return null;
}

function kindOf(service: Service, address: string): WayKind | null {
  if (clusterIPs(service).some(ip => same(ip, address))) return 'cluster-ip';
  if ((service.spec.externalIPs ?? []).some(ip => same(ip, address))) return 'external-ip';
  return (service.status?.loadBalancer?.ingress ?? []).some(({ip}) => ip !== undefined && same(ip, address)) ? 'load-balancer' : null;
}

function same(text: string, address: string): boolean {
  const parsed = parseAddress(text);
  return parsed !== null && formatAddress(parsed) === address;
}
