import {formatAddress, parseAddress} from '../ip.ts';
import {askedOf, type Asked, type RecordObjects, type RecordOptions} from './asked.ts';
import {endpointLabel} from './endpoint-label.ts';
import {isAddress} from './go-values.ts';
import {type Found, serviceRecords} from './service-records.ts';
import {within, zoneOf} from './zones.ts';
import {type NoRecord, whyNoNamespace} from './no-record.ts';

/** What the plugin kubernetes should answer. */
export interface RecordAnswer {
  readonly asked: Asked;
  /** `undecided`: an object that it depends on could not be read, or an option is not understood. `next`: the question goes to the next plugin. */
  readonly result: 'records' | 'no-data' | 'no-such-name' | 'next' | 'undecided';
  /** Names without their final dot, as in the probe's answers: `0 100 80 name` of SRV. In any order. */
  readonly records: readonly {readonly name: string; readonly type: string; readonly data: string}[];
  /** A name outside the cluster that the answer goes on with: the upstream is asked for it. If it has none, the answer is the CNAME alone. */
  readonly follow: string | null;
  /** Why there are no records; null: there are. */
  readonly why: NoRecord | null;
}

/** `name` absolute; `type` such as `A`. Follows plugin/kubernetes/kubernetes.go and plugin/backend_lookup.go. */
export function recordsOf(name: string, type: string, objects: RecordObjects, options: RecordOptions): RecordAnswer {
  return answer(zoneOf(name), type, objects, options, 0);
}

function answer(name: string, type: string, objects: RecordObjects, options: RecordOptions, depth: number): RecordAnswer {
  const asked = askedOf(name, options.zones);
  const none = (result: RecordAnswer['result'], why: NoRecord): RecordAnswer => ({asked, records: [], follow: null, why, result: result === 'no-such-name' && options.fallthrough.some(zone => within(zone, name)) ? 'next' : result});
  const found = (records: RecordAnswer['records']): RecordAnswer => ({asked, result: 'records', records, follow: null, why: null});
  if (asked.kind === 'outside') return none('next', {why: 'outside', meant: asked.meant});
  if (asked.kind === 'reverse') return reverse(name, type, asked, objects, options, none, found);
  if (asked.kind === 'version') return type === 'TXT' ? found([{name, type, data: '"1.1.0"'}]) : none('no-such-name', {why: 'only-type', types: ['TXT']});
  if (asked.kind === 'name-server') return none('undecided', {why: 'own-service'});
  const bare = type === 'TXT' ? 'no-such-name' : 'no-data'; // there is no text but dns-version's
  if (asked.kind === 'apex') return none(bare, {why: 'no-address-here'});
  if (asked.kind === 'invalid') return none('no-such-name', {why: asked.why, meant: asked.meant});
  const namespace = namespaceFault(asked.namespace, objects, options);
  if (namespace !== null) return none(namespace.why === 'unread' ? 'undecided' : 'no-such-name', namespace);
  if (asked.kind === 'namespace' && asked.of === 'pod' && options.pods === 'disabled') return none('no-such-name', {why: 'pod-records-disabled'});
  if (asked.kind === 'namespace') return none(bare, {why: 'no-address-here'});
  const items = asked.kind === 'pod' ? podItems(asked, objects, options) : serviceRecords(asked, objects, options);
  if ('undecided' in items) return none('undecided', items.undecided);
  if ('nothing' in items) return none('no-such-name', items.nothing);
  return typed(name, type, asked, items.found, objects, options, depth, none, found);
}

type None = (result: RecordAnswer['result'], why: NoRecord) => RecordAnswer;
type Some = (records: RecordAnswer['records']) => RecordAnswer;

/** Of what belongs to the name, that which has the type. */
function typed(name: string, type: string, asked: Asked, items: readonly Found[], objects: RecordObjects, options: RecordOptions, depth: number, none: None, found: Some): RecordAnswer {
  const external = items.find(({host}) => !isAddress(host));
  if (external !== undefined) return externalName(name, type, asked, zoneOf(external.host), objects, options, depth, none, found);
  const families = [...new Set(items.map(({host}) => (host.includes(':') ? 'AAAA' : 'A')))];
  if (type === 'SRV') {
    const weight = Math.max(1, Math.floor(100 / items.length));
    const records = [...new Set(items.filter(({port}) => port !== -1).map(({port, target}) => `0 ${weight} ${port} ${target}`))];
    return records.length === 0 ? none('no-data', {why: 'no-ports'}) : found(records.map(data => ({name, type, data})));
  }
  const addresses = [...new Set(items.map(({host}) => host).filter(host => type === (host.includes(':') ? 'AAAA' : 'A')))];
  if (addresses.length > 0) return found(addresses.map(host => ({name, type, data: formatAddress(parseAddress(host)!)})));
  return none('no-data', {why: 'only-type', types: [...families, ...(asked.kind === 'service' ? ['SRV'] : [])]});
}

/** A CNAME; its target is followed within the cluster, and outside it is the upstream's (plugin/backend_lookup.go, A). */
function externalName(name: string, type: string, asked: Asked, target: string, objects: RecordObjects, options: RecordOptions, depth: number, none: None, found: Some): RecordAnswer {
  const cname = {name, type: 'CNAME', data: target};
  if (type === 'CNAME') return found([cname]);
  if (type !== 'A' && type !== 'AAAA') return none('no-data', {why: 'only-type', types: ['CNAME', 'A', 'AAAA']});
  if (within(name, target) || depth > 7) return none('no-data', {why: 'external-name-loop', target});
  if ('zone' in asked && !within(asked.zone, target)) return {asked, result: 'records', records: [cname], follow: target, why: null};
  const next = answer(target, type, objects, options, depth + 1);
  if (next.result === 'records') return {asked, result: 'records', records: [cname, ...next.records], follow: next.follow, why: null};
  return none(next.result === 'undecided' ? 'undecided' : 'no-data', {why: 'external-name-target', target, because: next.why});
}

function namespaceFault(namespace: string, {namespaces}: RecordObjects, options: RecordOptions): NoRecord | null {
  if (options.namespaces.length > 0 && !options.namespaces.includes(namespace)) return {why: 'namespace-not-exposed', namespace};
  if (namespaces === null) return {why: 'unread', what: 'namespaces'};
  if (!namespaces.some(({name}) => name === namespace)) return whyNoNamespace(namespace, namespaces);
  return options.namespaceLabels === null ? null : {why: 'unread', what: 'namespace_labels'};
}

function podItems(asked: Asked & {kind: 'pod'}, {pods}: RecordObjects, options: RecordOptions): {found: readonly Found[]} | {nothing: NoRecord} | {undecided: NoRecord} {
  const {address, namespace, label, zone} = asked;
  const target = `${label}.${namespace}.pod.${zone}`;
  if (options.pods === 'disabled') return {nothing: {why: 'pod-records-disabled'}};
  if (address === null) return {nothing: {why: 'not-an-address', label}};
  if (options.pods === 'insecure') return {found: [{host: address, port: 0, target}]};
  if (pods === null) return {undecided: {why: 'unread', what: 'pods'}};
  const those = pods.filter(({metadata, status}) => metadata.namespace === namespace && status?.podIP !== undefined && same(status.podIP, address) && status.phase !== 'Succeeded' && status.phase !== 'Failed');
  return those.length > 0 ? {found: those.map(() => ({host: address, port: 0, target}))} : {nothing: {why: 'no-pod', namespace, address}};
}

function same(a: string, b: string): boolean {
  const [x, y] = [parseAddress(a), parseAddress(b)];
  return x !== null && y !== null && x.family === y.family && x.bits === y.bits;
}

/** The Service that has the address, else the endpoints that have it: plugin/kubernetes/reverse.go. */
function reverse(name: string, type: string, asked: Asked & {kind: 'reverse'}, {services, slices}: RecordObjects, options: RecordOptions, none: None, found: Some): RecordAnswer {
  const {address, zone: own} = asked;
  if (address === null) return none(name === own && type !== 'TXT' ? 'no-data' : 'no-such-name', {why: 'no-address-here'});
  if (type !== 'PTR') return none('no-such-name', {why: 'only-type', types: ['PTR']});
  if (services === null) return none('undecided', {why: 'unread', what: 'services'});
  const zone = options.zones.find(each => !each.endsWith('arpa')) ?? '';
  const exposed = (namespace: string | undefined): boolean => options.namespaces.length === 0 || options.namespaces.includes(namespace ?? '');
  const service = services.find(({spec, metadata}) => exposed(metadata.namespace) && (spec.clusterIPs ?? [spec.clusterIP ?? '']).some(each => same(each, address)));
  if (service !== undefined) return found([{name, type, data: `${service.metadata.name}.${service.metadata.namespace}.svc.${zone}`}]);
  if (slices === null) return none('undecided', {why: 'unread', what: 'endpointslices'});
  const all = slices.filter(({metadata}) => exposed(metadata.namespace)).flatMap(slice => (slice.endpoints ?? []).filter(({conditions, addresses}) => conditions?.ready !== false && addresses.some(each => same(each, address)))
    .map(endpoint => `${endpointLabel(address, endpoint, options.endpointPodNames)}.${slice.metadata.labels?.['kubernetes.io/service-name']}.${slice.metadata.namespace}.svc.${zone}`));
  const names = [...new Set(all)];
  return names.length === 0 ? none('no-such-name', {why: 'no-such-address', address}) : found(names.map(data => ({name, type, data})));
}
