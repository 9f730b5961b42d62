import type {EndpointSlice, Service} from '../../src/cluster/objects.ts';
import {formatAddress, hostPort, parseAddress} from '../../src/model/ip.ts';
import type {Packet} from '../../src/model/packet.ts';
import {nodes} from './drawn.ts';
import {neighbour} from './mutate/iptables.ts';

/** A packet that a node may be sent, and whose business it is. */
export interface Sent {
  readonly packet: Packet;
  /**
   * `service`: it uses the Service as meant. `delivery`: another node has translated it already. `beside`: no port of it, or a
   * sender that nothing brings there.
   */
  readonly use: 'service' | 'delivery' | 'beside';
}

interface From {
  readonly from: Packet['from'];
  readonly source: string;
}

/** Of every kind: anywhere, in reach of any loadBalancerSourceRanges that are drawn, and a pod of another node. */
const outsiders: readonly From[] = ['203.0.113.77', '192.0.2.7', '192.0.2.1', '198.51.100.9', '10.9.9.9', '2001:db8::77', 'fd00::7'].map(source => ({from: 'outside', source}));
const strangers: readonly From[] = ['10.244.9.9', 'fd00:10:244:9::9'].map(source => ({from: 'outside', source}));

/**
 * Everything that may be sent to a Service's addresses at one node, with near misses; independent of src/model/ways.ts.
 * `elsewhere`: what is written on the other nodes, which send here only what they have rules for. Pure.
 */
export function packetsFor({spec, status, metadata}: Service, slices: readonly EndpointSlice[], node: string, elsewhere: string): Sent[] {
  const own = slices.filter(slice => slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name);
  const endpoints = own.flatMap(slice => (slice.endpoints ?? []).flatMap(endpoint => (endpoint.nodeName === node ? (slice.ports ?? []).map(port => ({address: canonical(endpoint.addresses[0] ?? ''), port: port.port ?? 0, protocol: (port.protocol ?? 'TCP').toLowerCase() as Packet['protocol']})) : [])));
  const here = nodes.find(({name}) => name === node);
  const index = nodes.findIndex(({name}) => name === node);
  const pods: From[] = [{from: 'pod', source: `10.244.${index}.254`}, {from: 'pod', source: 'fd00:10:244:9::fe'}, ...[...new Set(endpoints.map(({address}) => address))].map((source): From => ({from: 'pod', source}))];
  const self: From[] = [{from: 'host', source: here?.ip ?? ''}, {from: 'host', source: `fd00::${10 + index}`}];
  const vips = (status?.loadBalancer?.ingress ?? []).filter(({ipMode}) => ipMode !== 'Proxy').flatMap(({ip}) => (ip === undefined ? [] : [ip]));
  const external = [...(spec.externalIPs ?? []), ...vips];
  const sent: Sent[] = [];
  for (const {port, nodePort = 0, protocol: name = 'TCP'} of spec.ports ?? []) {
    const protocol = name.toLowerCase() as Packet['protocol'];
    const other = protocol === 'tcp' ? 'udp' : 'tcp';
    const to = (use: Sent['use'], senders: readonly From[], address: string, number: number, by = protocol): void => {
      const destination = parseAddress(address);
      for (const {from, source} of senders) if (destination !== null && source.includes(':') === address.includes(':')) sent.push({use, packet: {protocol: by, source: parseAddress(source), destination, port: number, from, mark: 0, original: null}});
    };
    const near = (address: string, number: number): void => {
      to('beside', [...pods.slice(0, 2), ...self, ...outsiders.slice(0, 1)], address, number + 1);
      to('beside', [...pods.slice(0, 2), ...self], address, number, other);
      to('beside', [...pods.slice(0, 2), ...self], neighbour(address), number);
    };
    for (const address of spec.clusterIPs ?? []) {
      to('service', [...pods, ...self], address, port);
      to('beside', [...outsiders, ...strangers], address, port);
      near(address, port);
    }
    for (const address of external) {
      to('service', [...pods, ...self, ...outsiders], address, port);
      to('beside', strangers, address, port);
      near(address, port);
    }
    if (nodePort === 0) continue;
    to('service', [...pods, ...self, ...outsiders], here?.ip ?? '', nodePort);
    to('beside', strangers, here?.ip ?? '', nodePort);
    to('beside', [{from: 'host', source: '127.0.0.1'}], '127.0.0.1', nodePort);
    to('service', [...pods, ...self, ...outsiders], `fd00::${10 + index}`, nodePort);
    near(here?.ip ?? '', nodePort);
    for (const {name: elsewhere, ip} of nodes) if (elsewhere !== node) to('beside', [...pods, ...self], ip, nodePort);
  }
  // what other nodes have translated to endpoints here: from their pods, from themselves and masqueraded, from outside
  for (const {address, port, protocol} of endpoints) {
    if (!elsewhere.includes(` ${hostPort(address, port)}\n`) && !elsewhere.includes(`"${address}",${port}]`) && !elsewhere.includes(`"${address}","port":${port}`) && !elsewhere.includes(`"addr": "${address}", "port": ${port}`) && !elsewhere.includes(`["${address}", ${port}]`)) continue;
    const destination = parseAddress(address);
    const senders = [...strangers, ...outsiders.slice(0, 1), ...outsiders.slice(5, 6), ...nodes.filter(({name}) => name !== node).map(({ip}): From => ({from: 'outside', source: ip}))];
    for (const {from, source} of senders) if (destination !== null && source.includes(':') === address.includes(':')) sent.push({use: 'delivery', packet: {protocol, source: parseAddress(source), destination, port, from, mark: 0, original: null}});
  }
  return sent;
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
}
