import type {NodeReading} from '../../../src/cluster/cluster.ts';
import type {KubeObject, Pod} from '../../../src/cluster/objects.ts';
import type {Resource} from '../../../src/cluster/resources.ts';
import {sectionNames} from '../../../src/cluster/reading.ts';

/** What there is in a cluster, for tests of adapters. Objects stand in no order; each has apiVersion and kind. */
export interface World {
  readonly version: string;
  readonly objects: Readonly<Partial<Record<Resource, readonly KubeObject[]>>>;
  readonly readings: readonly NodeReading[];
  readonly logs: readonly {readonly namespace: string; readonly pod: string; readonly container: string; readonly previous: boolean; readonly text: string}[];
  /** Namespaces of which nothing may be listed or got. */
  readonly forbidden: readonly string[];
}

export function pod(namespace: string, name: string, labels: Readonly<Record<string, string>> = {}, nodeName = 'n1'): Pod {
  return {apiVersion: 'v1', kind: 'Pod', metadata: {name, namespace, labels}, spec: {nodeName, containers: [{name: 'app', image: 'app:1'}]}};
}

export function service(namespace: string, name: string, more: object = {}): KubeObject {
  return {apiVersion: 'v1', kind: 'Service', metadata: {name, namespace}, spec: {clusterIP: '10.96.0.7', ports: [{name: 'http', port: 80}], selector: {app: name}, ...more}} as KubeObject;
}

export function event(namespace: string, name: string, about: {readonly kind: string; readonly name: string}): KubeObject {
  return {apiVersion: 'v1', kind: 'Event', metadata: {name, namespace}, involvedObject: {...about, namespace}, reason: 'BackOff', message: 'again', type: 'Warning'} as KubeObject;
}

export function reading(node: string, sections: Readonly<Record<string, string>> = {}): NodeReading {
  const tools = '/usr/sbin/iptables-nft-save';
  const rows = sectionNames.map(name => [name, {command: name, stdout: sections[name] ?? (name === 'tools' ? tools : ''), stderr: '', exit: 0}]);
  return {node, via: 'kube-proxy', sections: Object.fromEntries(rows)};
}

/** More pods than a page of the API server holds, some namespaces, two nodes. */
export const world: World = {
  version: 'v1.36.3',
  objects: {
    pods: [
      pod('shop', 'cart-2', {app: 'cart', tier: 'web'}, 'n2'), pod('shop', 'cart-1', {app: 'cart', tier: 'db'}), pod('shop', 'Zebra', {app: 'zoo'}), pod('bank', 'till', {app: 'cart'}),
      ...Array.from({length: 1203}, (_, index) => pod('many', `p-${(index * 7) % 1203}`, {app: 'many', odd: String(index % 2)}, `n${1 + (index % 3)}`)),
    ],
    services: [service('shop', 'cart'), service('bank', 'cart')],
    namespaces: ['shop', 'many', 'bank', 'closed'].map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})),
    events: [event('shop', 'e1', {kind: 'Pod', name: 'cart-1'}), event('shop', 'e2', {kind: 'Service', name: 'cart-1'}), event('shop', 'e3', {kind: 'Pod', name: 'cart-2'})],
  },
  readings: [reading('n1', {'iptables-nft-save': '*nat\n-A PREROUTING -j KUBE-SERVICES\nCOMMIT\n', ip_vs: 'no newline at the end'}), reading('n2')],
  logs: [
    {namespace: 'shop', pod: 'cart-1', container: 'app', previous: false, text: 'one\ntwo\nthree\n'},
    {namespace: 'shop', pod: 'cart-1', container: 'app', previous: true, text: 'crashed: 1 µs too late\n'},
  ],
  forbidden: ['closed'],
};
