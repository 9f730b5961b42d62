import type {EndpointSlice, Pod, Service} from '../../cluster/objects.ts';
import {formatAddress, parseAddress} from '../ip.ts';
import {nearestOf} from './directives.ts';
import {isAddress} from './go-values.ts';
import type {KubernetesOptions} from './setup/kubernetes.ts';
import {longestZone, zoneOf} from './zones.ts';

/**
 * What a name asks the plugin kubernetes for: the DNS specification for Kubernetes (schema 1.1.0) as plugin/kubernetes/parse.go reads
 * it. All parts are in lower case.
 */
export type Asked =
  /** None of the plugin's zones. `meant`: a name within one, of which this may be a slip; null: a name of somewhere else. */
  | {readonly kind: 'outside'; readonly meant: string | null}
  /** The zone itself, `svc` or `pod` below it: exists, and has no addresses. */
  | {readonly kind: 'apex'; readonly zone: string}
  | {readonly kind: 'version'; readonly zone: string}
  /** `ns.dns.ZONE`: CoreDNS's own Service. */
  | {readonly kind: 'name-server'; readonly zone: string}
  | {readonly kind: 'namespace'; readonly zone: string; readonly namespace: string; readonly of: 'svc' | 'pod'}
  /** `endpoint` of `ENDPOINT.SERVICE…`, or port and protocol of `_PORT._PROTOCOL.SERVICE…`, without underscores. */
  | {readonly kind: 'service'; readonly zone: string; readonly namespace: string; readonly service: string; readonly endpoint: string | null; readonly port: string | null; readonly protocol: string | null}
  /** `address` that the first label stands for: `10-244-1-3`; null: for none. */
  | {readonly kind: 'pod'; readonly zone: string; readonly namespace: string; readonly label: string; readonly address: string | null}
  | {readonly kind: 'reverse'; readonly zone: string; readonly address: string | null}
  /** `no-svc-or-pod`: what stands before the zone; `meant`: with `svc` put in, or its slip mended. `too-long`: more labels than any record has. */
  | {readonly kind: 'invalid'; readonly zone: string; readonly why: 'no-svc-or-pod' | 'too-long'; readonly meant: string | null};

/** What of the API is needed to tell the answer; nothing else is looked at. */
export interface RecordPlan {
  readonly asked: Asked;
  readonly namespace: string | null;
  readonly service: {readonly namespace: string; readonly name: string} | null;
  /** EndpointSlices of that Service, by their label. */
  readonly slices: boolean;
  /** All Services, and EndpointSlices, that may have this address. */
  readonly byAddress: string | null;
  /** Pods of the namespace: the plugin's `pods verified`. */
  readonly pods: boolean;
}

/** The API's objects that a plan asked for; null: they could not be read. More Services, and names of namespaces, serve to say what may be meant. */
export interface RecordObjects {
  readonly namespaces: readonly {readonly name: string}[] | null;
  readonly services: readonly Service[] | null;
  readonly slices: readonly EndpointSlice[] | null;
  readonly pods: readonly Pod[] | null;
}

export type RecordOptions = Pick<KubernetesOptions, 'zones' | 'pods' | 'endpointPodNames' | 'namespaces' | 'namespaceLabels' | 'labels' | 'noEndpoints' | 'ignoreEmptyService' | 'fallthrough'>;

/** As kubeadm's Corefile has them. */
export function usualOptions(clusterDomain: string): RecordOptions {
  const reverse = ['in-addr.arpa', 'ip6.arpa'];
  return {zones: [zoneOf(clusterDomain), ...reverse], pods: 'insecure', endpointPodNames: false, namespaces: [], namespaceLabels: null, labels: null, noEndpoints: false, ignoreEmptyService: false, fallthrough: reverse};
}

/** `name` is absolute, with or without its final dot. */
export function planRecord(name: string, options: RecordOptions): RecordPlan {
  const asked = askedOf(zoneOf(name), options.zones);
  const inNamespace = asked.kind === 'service' || asked.kind === 'pod' || asked.kind === 'namespace';
  return {
    asked,
    namespace: inNamespace ? asked.namespace : null,
    service: asked.kind === 'service' ? {namespace: asked.namespace, name: asked.service} : null,
    slices: asked.kind === 'service',
    byAddress: asked.kind === 'reverse' ? asked.address : null,
    pods: asked.kind === 'pod' && options.pods === 'verified',
  };
}

/** `name` as zoneOf gives it. */
export function askedOf(name: string, zones: readonly string[]): Asked {
  const zone = longestZone(zones, name);
  if (zone === null) return {kind: 'outside', meant: meantZone(name, zones)};
  const base = name === zone ? '' : zone === '.' ? name : name.slice(0, -zone.length - 1);
  if (zone.endsWith('in-addr.arpa') || zone.endsWith('ip6.arpa')) return {kind: 'reverse', zone, address: addressOf(name)};
  if (base === '' || base === 'svc' || base === 'pod') return {kind: 'apex', zone};
  if (base === 'dns-version') return {kind: 'version', zone};
  if (base === 'ns.dns') return {kind: 'name-server', zone};
  return withinZone(base.split('.'), zone);
}

function withinZone(labels: readonly string[], zone: string): Asked {
  const [of, namespace, first, second, third, ...more] = [...labels].reverse();
  if (of !== 'svc' && of !== 'pod') return {kind: 'invalid', zone, why: 'no-svc-or-pod', meant: meantService(labels, zone)};
  if (namespace === undefined) return {kind: 'apex', zone};
  if (first === undefined) return {kind: 'namespace', zone, namespace, of};
  if (more.length > 0) return {kind: 'invalid', zone, why: 'too-long', meant: null};
  if (of === 'pod') return {kind: 'pod', zone, namespace, label: first, address: podAddress(first)};
  const bare = (label: string): string => label.replace(/^_/, '');
  return {kind: 'service', zone, namespace, service: first, endpoint: third === undefined ? (second ?? null) : null, port: third === undefined ? null : bare(third), protocol: third === undefined || second === undefined ? null : bare(second)};
}

/** `10-244-1-3` and `fd00--1`, as the specification has them. */
function podAddress(label: string): string | null {
  const text = /^[^-]*(-[^-]+){3}$/.test(label) ? label.replaceAll('-', '.') : label.replaceAll('-', ':');
  const address = isAddress(text) ? parseAddress(text) : null;
  return address === null ? null : formatAddress(address);
}

function addressOf(name: string): string | null {
  const four = /^((?:\d{1,3}\.){4})in-addr\.arpa$/.exec(name)?.[1];
  const six = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(name)?.[1];
  const text = four !== undefined ? four.split('.').slice(0, -1).reverse().join('.') : six !== undefined ? (six.replaceAll('.', '').split('').reverse().join('').match(/.{4}/g) ?? []).join(':') : '';
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
}

/** A name whose end is a slip of a zone: `a.b.svc.cluster.loca`, `a.b.svc.clusterlocal`, `a.b.svc` without any. */
function meantZone(name: string, zones: readonly string[]): string | null {
  const labels = name.split('.');
  for (const zone of zones.filter(each => !each.endsWith('arpa') && each !== '.')) {
    const at = labels.findIndex((label, i) => i >= 2 && (label === 'svc' || label === 'pod'));
    const [before, end] = at === -1 ? [[], ''] : [labels.slice(0, at + 1), labels.slice(at + 1).join('.')];
    if (before.length > 0 && (end === '' || nearestOf(end, [zone]) !== null || zone.startsWith(`${end}.`))) return [...before, zone].join('.');
    for (const count of [1, 0, 2, -1].map(more => zone.split('.').length - 1 + more).filter(count => count > 0 && count <= labels.length)) {
      if (nearestOf(labels.slice(-count).join('.'), [zone]) !== null) return [...labels.slice(0, -count), zone].join('.');
    }
  }
  return null;
}

/** `a.b.cluster.local` and `a.b.scv.cluster.local`: a Service's name with `svc` missing or misspelt. */
function meantService(labels: readonly string[], zone: string): string | null {
  const last = labels.at(-1) ?? '';
  const slip = ['service', 'services', 'svcs'].includes(last) || (last.length === 3 && [...last].sort().join('') === 'csv') || nearestOf(last, ['svc']) !== null;
  if (slip && labels.length >= 3) return [...labels.slice(0, -1), 'svc', zone].join('.');
  return labels.length === 2 ? [...labels, 'svc', zone].join('.') : null;
}
