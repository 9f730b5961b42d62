import type {EndpointSlice, Node, Protocol, Service, ServicePort, SliceEndpoint} from '../cluster/objects.ts';
import {familyOf, formatAddress, hostPort, parseAddress} from './ip.ts';

/** One address and port behind a Service port, as kube-proxy sees it. */
export interface Endpoint {
  /** `ADDRESS:PORT` */
  readonly to: string;
  readonly address: string;
  readonly port: number;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly node: string | null;
  readonly forZones: readonly string[];
  readonly forNodes: readonly string[];
  readonly slice: string;
  readonly pod: string | null;
}

export const protocolOf = (port: {readonly protocol?: Protocol}): Protocol => port.protocol ?? 'TCP';

/**
 * The endpoints of one Service port in one family: slices are joined by port name and protocol, only the first address of an
 * endpoint counts, the same address and port counts once. `ready` and `serving` that are unset mean true (addEndpoints in
 * kube-proxy's pkg/proxy/endpointslicecache.go, 1.36).
 */
export function endpointsOf(slices: readonly EndpointSlice[], port: ServicePort, family: 4 | 6): readonly Endpoint[] {
  const ports = made.get(slices) ?? new WeakMap<ServicePort, Partial<Record<4 | 6, readonly Endpoint[]>>>();
  made.set(slices, ports);
  const families = ports.get(port) ?? {};
  ports.set(port, families);
  return families[family] ??= makeEndpoints(slices, port, family);
}

/** Every node asks for the same endpoints. */
const made = new WeakMap<readonly EndpointSlice[], WeakMap<ServicePort, Partial<Record<4 | 6, readonly Endpoint[]>>>>();

function makeEndpoints(slices: readonly EndpointSlice[], port: ServicePort, family: 4 | 6): readonly Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const slice of slices) {
    if (slice.addressType !== `IPv${family}`) continue;
    for (const slicePort of slice.ports ?? []) {
      if ((slicePort.name ?? '') !== (port.name ?? '') || protocolOf(slicePort) !== protocolOf(port) || !slicePort.port) continue;
      for (const endpoint of slice.endpoints ?? []) {
        const made = endpointOf(slice, endpoint, slicePort.port);
        if (made === null) continue;
        const other = found.get(made.to);
        if (other === undefined || rank(made) > rank(other) || (rank(made) === rank(other) && made.slice < other.slice)) found.set(made.to, made);
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.to < b.to ? -1 : 1));
}

/** A pod network may give a terminating pod's address to a new pod: what does not terminate counts. */
function rank({ready, serving, terminating}: Endpoint): number {
  return (terminating ? 0 : 4) + (ready ? 2 : 0) + (serving ? 1 : 0);
}

function endpointOf(slice: EndpointSlice, endpoint: SliceEndpoint, port: number): Endpoint | null {
  const [first] = endpoint.addresses;
  if (first === undefined) return null;
  const parsed = parseAddress(first);
  const address = parsed === null ? first : formatAddress(parsed); // a slice made by hand may spell IPv6 in any way
  const ready = endpoint.conditions?.ready ?? true;
  return {
    to: hostPort(address, port), address, port, ready,
    serving: endpoint.conditions?.serving ?? true,
    terminating: endpoint.conditions?.terminating ?? false,
    node: endpoint.nodeName ?? null,
    forZones: endpoint.hints?.forZones?.map(({name}) => name) ?? [],
    forNodes: endpoint.hints?.forNodes?.map(({name}) => name) ?? [],
    slice: slice.metadata.name,
    pod: endpoint.targetRef?.kind === 'Pod' ? (endpoint.targetRef.name ?? null) : null,
  };
}

/** Whether anything at all would answer: ready endpoints or, when there are none, ones that still serve while they terminate. */
export function usable(endpoints: readonly Endpoint[]): Endpoint[] {
  const ready = endpoints.filter(endpoint => endpoint.ready);
  return ready.length > 0 ? ready : endpoints.filter(endpoint => endpoint.serving && endpoint.terminating);
}

export interface Expected {
  readonly endpoints: readonly Endpoint[];
  /** Why this node should have fewer than all. */
  readonly because: 'all' | 'local' | 'zone-hints' | 'node-hints' | 'terminating';
  /** Of policy Local: what kube-proxy in ipvs mode uses where there is no local one (syncEndpoint in pkg/proxy/ipvs/proxier.go). */
  readonly instead?: readonly Endpoint[];
}

/** What `policy: Cluster` traffic on this node should reach (CategorizeEndpoints in kube-proxy's pkg/proxy/topology.go, 1.36). */
export function clusterEndpoints(endpoints: readonly Endpoint[], node: Node): Expected {
  const ready = endpoints.filter(endpoint => endpoint.ready);
  if (ready.length === 0) return {endpoints: usable(endpoints), because: 'terminating'};
  const name = node.metadata.name;
  const zone = node.metadata.labels?.['topology.kubernetes.io/zone'] ?? '';
  if (ready.every(({forNodes}) => forNodes.length > 0)) {
    const here = ready.filter(({forNodes}) => forNodes.includes(name));
    if (here.length > 0) return {endpoints: here, because: here.length === ready.length ? 'all' : 'node-hints'};
  }
  if (ready.every(({forZones}) => forZones.length > 0)) {
    const here = ready.filter(({forZones}) => forZones.includes(zone));
    if (here.length > 0) return {endpoints: here, because: here.length === ready.length ? 'all' : 'zone-hints'};
  }
  return {endpoints: ready, because: 'all'};
}

/** What `policy: Local` traffic on this node should reach: its own endpoints only. */
export function localEndpoints(endpoints: readonly Endpoint[], node: Node): Expected {
  return {endpoints: usable(endpoints.filter(endpoint => endpoint.node === node.metadata.name)), because: 'local', instead: clusterEndpoints(endpoints, node).endpoints};
}

/**
 * Kinds of Services that no node has rules for; null when rules are expected. Of the labels kube-proxy 1.36 heeds only the first on
 * Services; older ones both.
 */
export function unproxied(service: Service): 'headless' | 'external-name' | 'other-proxy' | null {
  if (service.spec.type === 'ExternalName') return 'external-name';
  if (service.spec.clusterIP === 'None' || !service.spec.clusterIP) return 'headless';
  return leftOut(service) === null ? null : 'other-proxy';
}

/** The label, with its value, that tells kube-proxy to leave a Service to others. */
export function leftOut({metadata}: Service): string | null {
  const label = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'].find(key => metadata.labels?.[key] !== undefined);
  return label === undefined ? null : `${label}: ${metadata.labels?.[label]}`;
}

export function clusterIPs(service: Service): string[] {
  const all = service.spec.clusterIPs ?? (service.spec.clusterIP ? [service.spec.clusterIP] : []);
  return all.filter(ip => ip !== 'None' && ip !== '');
}

/** Families that kube-proxy has rules for: those of the ClusterIPs. */
export function familiesOf(service: Service): (4 | 6)[] {
  return [...new Set(clusterIPs(service).map(familyOf))];
}

/** `default/hostnames:default`, or without a port name `default/hostnames`: how kube-proxy names a Service port. */
export function portName(service: Service, port: ServicePort): string {
  const name = `${service.metadata.namespace}/${service.metadata.name}`;
  return port.name === undefined || port.name === '' ? name : `${name}:${port.name}`;
}

/** `80/TCP` */
export function portText(port: ServicePort): string {
  return `${port.port}/${protocolOf(port)}`;
}
