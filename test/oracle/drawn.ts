import type {Recording} from '../../src/cluster/recording/recording.ts';
import type {EndpointSlice, Service} from '../../src/cluster/objects.ts';
import {random} from '../cases/shuffled.ts';
import {type Change, recordingOf} from '../cases/world.ts';
import type {KubeProxy, ProxyMode} from './kube-proxy.ts';
import {randomService} from './random-service.ts';

/** Services with their slices, and what kube-proxy writes for them on each node of the healthy world. */
export interface Drawn {
  readonly seed: number;
  readonly mode: ProxyMode;
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  /** Node → section of its reading → text. */
  readonly rules: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const nodes = [{name: 'cp', ip: '172.30.0.10', zone: 'a'}, {name: 'node1', ip: '172.30.0.11', zone: 'a'}, {name: 'node2', ip: '172.30.0.12', zone: 'b'}];
const zoned = (zone: string) => ({'topology.kubernetes.io/zone': zone});

/** So that a node has rules at all. */
const kubernetes = {
  service: {apiVersion: 'v1', kind: 'Service', metadata: {name: 'kubernetes', namespace: 'default'}, spec: {type: 'ClusterIP', clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1', 'fd00:10:96::1'], ports: [{name: 'https', port: 443, protocol: 'TCP'}]}},
  slices: [{family: 4, address: '172.30.0.10'}, {family: 6, address: 'fd00::10'}].map(({family, address}) => ({apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: {name: `kubernetes-${family}`, namespace: 'default', labels: {'kubernetes.io/service-name': 'kubernetes'}}, addressType: `IPv${family}`, ports: [{name: 'https', port: 6443, protocol: 'TCP'}], endpoints: [{addresses: [address]}]})),
};

/** `count` Services of a seed's drawing: `drawn`, `drawn-1`, … */
export async function draw(proxy: KubeProxy, seed: number, mode: ProxyMode, count = 1): Promise<Drawn> {
  const chance = random(seed);
  const drawn = Array.from({length: count}, (_, i) => randomService(chance, i));
  const services = drawn.map(({service}) => service);
  const slices = drawn.flatMap(each => each.slices);
  const rules: Record<string, Readonly<Record<string, string>>> = {};
  for (const {name, ip, zone} of nodes) {
    rules[name] = await proxy.rules({mode, node: {name, ip, labels: zoned(zone), clusterCIDRs: ['10.244.0.0/16', 'fd00:10:244::/48']}, services: [...services, kubernetes.service], slices: [...slices, ...kubernetes.slices]});
  }
  return {seed, mode, services: services as Service[], slices: slices as EndpointSlice[], rules};
}

export function changesOf({mode, services, slices, rules}: Drawn): Change[] {
  return [
    {set: {kind: 'ConfigMap', namespace: 'kube-system', name: 'kube-proxy'}, to: {data: {'config.conf': `mode: ${mode}\nclusterCIDR: 10.244.0.0/16,fd00:10:244::/48\n`}}},
    ...[...services, ...slices].map((add): Change => ({add})),
    ...nodes.flatMap(({name, zone}, i): Change[] => [
      {set: {kind: 'Node', name}, to: {metadata: {labels: zoned(zone)}, status: {addresses: [`172.30.0.${10 + i}`, `fd00::${10 + i}`].map(address => ({type: 'InternalIP', address}))}, spec: {podCIDRs: [`10.244.${i}.0/24`, `fd00:10:244:${100 + i}::/64`]}}},
      {node: name, section: 'if_inet6', stdout: `00000000000000000000000000000001 01 80 10 80       lo\nfd0000000000000000000000000000${10 + i} 02 40 00 80     eth0\n`},
      ...(mode === 'iptables' ? [] : ['iptables-nft-save', 'ip6tables-nft-save'].map((section): Change => ({node: name, section, stdout: ''}))),
      ...Object.entries(rules[name] ?? {}).map(([section, stdout]): Change => ({node: name, section, stdout})),
    ]),
  ];
}

export const recordingOfDrawn = (drawn: Drawn): Recording => recordingOf(changesOf(drawn));
