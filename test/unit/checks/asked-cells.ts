import {known} from '../../../src/cluster/answer.ts';
import type {Node, Pod} from '../../../src/cluster/objects.ts';
import type {TcpTry} from '../../../src/cluster/tcp.ts';
import type {DnsPlace} from '../../../src/model/dns/place.ts';
import type {Endpoint} from '../../../src/model/endpoints.ts';
import {askOf, type NetworkCell, type Target} from '../../../src/model/network/asked.ts';

export const node = (number: number): Node => ({metadata: {name: `node${number}`}, spec: {podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`]}, status: {addresses: [{type: 'InternalIP', address: `172.30.0.1${number}`}]}});

/** On `node1`, with the address `10.244.1.5` and, if asked for, `fd00:1::5`. */
export const pod = (name: string, number: number, last: number, labels: Readonly<Record<string, string>> = {}, ...more: readonly string[]): Pod => ({
  metadata: {namespace: 'default', name, labels, uid: name}, spec: {nodeName: `node${number}`, containers: [{name: 'c'}]},
  status: {phase: 'Running', podIP: `10.244.${number}.${last}`, podIPs: [`10.244.${number}.${last}`, ...more].map(ip => ({ip})), conditions: [{type: 'Ready', status: 'True'}]},
});

/** A node itself, or a pod on it. */
export const place = (number: number, own: Pod | null = null): DnsPlace => ({role: 'client', pod: own, place: {node: `node${number}`, pod: own === null ? null : {namespace: 'default', name: own.metadata.name, uid: own.metadata.name}, images: []}});

/** `10.244.3.7:9376` on node3, of port 80. */
export function endpoint(number: number, last: number): Target {
  const address = `10.244.${number}.${last}`;
  const of: Endpoint = {to: `${address}:9376`, address, port: 9376, ready: true, serving: true, terminating: false, node: `node${number}`, forZones: [], forNodes: [], slice: 's', pod: `web-${number}-${last}`};
  return {kind: 'endpoint', address, port: 9376, servicePort: '80/TCP', node: `node${number}`, isPod: true, endpoint: of};
}

const outcomes = {stands: {outcome: 'connected', connectMicros: 150}, lost: {outcome: 'timed-out', connectMicros: null}, 'lost-later': {outcome: 'timed-out', connectMicros: 150}, refused: {outcome: 'refused', connectMicros: null}} as const;

/** What came of each try; one for all. */
export function cell(from: DnsPlace, target: Target, size: NetworkCell['size'], ...ended: readonly (keyof typeof outcomes)[]): NetworkCell {
  const ask = askOf({target, size});
  const tries = Array.from({length: ask.tries}, (_, i): TcpTry => ({...outcomes[ended[i] ?? ended.at(-1) ?? 'stands'], detail: null, micros: 150, icmp: null, http: null, tls: null}));
  return {from, target, size, heard: known({ask, via: 'probe', tries})};
}
