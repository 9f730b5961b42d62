/** A Service of any kind that kube-proxy handles, and EndpointSlices with all that may stand in them. */
export interface RandomService {
  readonly service: object;
  readonly slices: readonly object[];
  readonly dual: boolean;
}

type Draw = <T>(items: readonly T[]) => T;

interface Port {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
  readonly nodePort?: number;
}

const good = {ready: true, serving: true, terminating: false};
const conditions: readonly (readonly object[])[] = [
  [good], [good],
  [good, {ready: false, serving: false, terminating: false}, {ready: false, serving: true, terminating: true}, {}, {ready: false, terminating: true}, {ready: true, serving: true, terminating: true}],
  [{ready: false, serving: true, terminating: true}, {ready: false, serving: false, terminating: true}, {ready: false, serving: false, terminating: false}],
  [{ready: false, serving: false, terminating: false}],
];
const portSets: readonly (readonly Port[])[] = [
  [{port: 80, protocol: 'TCP'}], [{name: 'http', port: 80, protocol: 'TCP'}],
  [{name: 'dns', port: 53, protocol: 'UDP'}, {name: 'dns-tcp', port: 53, protocol: 'TCP'}],
  [{name: 'a', port: 80, protocol: 'TCP'}, {name: 'b', port: 81, protocol: 'SCTP'}, {name: 'c', port: 443, protocol: 'TCP'}],
];
const ranges = [['192.0.2.0/24'], ['10.0.0.0/8', '192.0.2.7/32'], ['192.0.2.7/32'], [' 192.0.2.0/24 '], ['0.0.0.0/0'], ['fd00::/8'], ['10.244.0.0/16'], ['172.30.0.11/32'], ['192.0.2.0/31'], ['fd00::7/128', '198.51.100.0/24']];

/** The `index`th of a world has a name and addresses of its own; endpoints may be those of others. */
export function randomService(chance: () => number, index = 0): RandomService {
  const draw: Draw = items => items[Math.floor(chance() * items.length)] as (typeof items)[number];
  const maybe = (share: number): boolean => chance() < share;
  const name = index === 0 ? 'drawn' : `drawn-${index}`;
  const type = draw(['ClusterIP', 'NodePort', 'LoadBalancer']);
  const dual = maybe(0.3);
  const outside = type !== 'ClusterIP' || maybe(0.3);
  const ports = draw(portSets).map((port, i) => ({...port, ...(type !== 'ClusterIP' && maybe(0.9) ? {nodePort: (port.port === 53 ? 30053 : 30000 + port.port + i) + 500 * index} : {})}));
  const spec = {
    type, ports, clusterIP: `10.96.77.${7 + index}`, clusterIPs: [`10.96.77.${7 + index}`, ...(dual ? [`fd00:10:96::${77 + index}`] : [])], ipFamilies: ['IPv4', ...(dual ? ['IPv6'] : [])],
    internalTrafficPolicy: maybe(0.3) ? 'Local' : 'Cluster',
    ...(outside ? {externalTrafficPolicy: maybe(0.5) ? 'Local' : 'Cluster'} : {}),
    ...(outside && maybe(0.4) ? {externalIPs: [`80.11.12.${10 + index}`, ...(maybe(0.5) ? [`2001:db8:80::${10 + index}`] : [])]} : {}),
    ...(maybe(0.3) ? {sessionAffinity: 'ClientIP', sessionAffinityConfig: {clientIP: {timeoutSeconds: 10800}}} : {sessionAffinity: 'None'}),
    ...(type === 'LoadBalancer' && maybe(0.5) ? {loadBalancerSourceRanges: draw(ranges)} : {}),
    ...(type === 'LoadBalancer' && maybe(0.5) ? {healthCheckNodePort: 32000 + index} : {}),
  };
  const ingress = [{ip: `198.18.0.${1 + index}`, ipMode: maybe(0.8) ? 'VIP' : 'Proxy'}, ...(maybe(0.3) ? [{ip: `2001:db8:18::${1 + index}`}] : []), ...(maybe(0.2) ? [{hostname: 'lb.example'}] : [])];
  return {
    dual,
    service: {apiVersion: 'v1', kind: 'Service', metadata: {name, namespace: 'default'}, spec, status: {loadBalancer: type === 'LoadBalancer' && maybe(0.8) ? {ingress} : {}}},
    slices: [4, ...(dual ? [6] : [])].flatMap(family => slicesOf(name, family as 4 | 6, ports, draw, maybe)),
  };
}

/** An address has one node, one state and one hint, wherever it stands: what kube-proxy makes of anything else is not defined. */
function slicesOf(service: string, family: 4 | 6, ports: readonly Port[], draw: Draw, maybe: (share: number) => boolean): object[] {
  const states = draw(conditions);
  const hints = draw(['none', 'none', 'zones', 'nodes', 'both', 'some']);
  const stateOf = new Map<number, object>();
  const endpoint = (n: number): object => {
    const own = stateOf.get(n) ?? draw(states);
    stateOf.set(n, own);
    const hinted = hints !== 'none' && !(hints === 'some' && n % 4 === 0);
    return {
      // as a hand may spell them, and with further addresses that do not count
      addresses: [family === 4 ? `10.244.${1 + n % 2}.${100 + n}` : draw([`fd00:10:244:${n.toString(16)}::5`, `fd00:10:244:000${n.toString(16)}:0:0:0:5`]), ...(maybe(0.1) ? [family === 4 ? '10.244.1.250' : 'fd00::250'] : [])],
      conditions: !('terminating' in own && own.terminating === true) && maybe(0.15) ? {ready: false, serving: maybe(0.5), terminating: true} : own,
      ...(n % 7 === 3 ? {} : {nodeName: ['cp', 'node1', 'node1', 'node2', 'gone'][n % 5]}),
      ...(hinted ? {hints: {...(hints === 'nodes' ? {} : {forZones: [{name: ['a', 'b', 'c'][n % 3]}]}), ...(hints === 'nodes' || hints === 'both' ? {forNodes: [{name: ['cp', 'node1', 'node2'][(n >> 1) % 3]}]} : {})}} : {}),
    };
  };
  const some = (most: number): undefined[] => Array.from({length: draw(Array.from({length: most}, (_, i) => i))});
  return some(4).map((_, i) => ({
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: `IPv${family}`,
    metadata: {name: `${service}-${family}-${i}`, namespace: 'default', labels: {'kubernetes.io/service-name': service}},
    ports: ports.filter(() => maybe(0.9)).map(({name = '', port, protocol}) => ({name, port: port === 53 ? 53 : 8080 + (maybe(0.1) ? 1 : 0), protocol})),
    endpoints: some(5).map(() => endpoint(1 + draw([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]))),
  }));
}
