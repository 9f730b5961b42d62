import type {EndpointSlice, Service} from '../../cluster/objects.ts';
import type {Asked, RecordObjects, RecordOptions} from './asked.ts';
import {endpointLabel} from './endpoint-label.ts';
import {isAddress} from './go-values.ts';
import {type NoRecord, whyNoService} from './no-record.ts';

/** An address, or ExternalName's target, that a name leads to. */
export interface Found {
  readonly host: string;
  /** -1: no port is declared. */
  readonly port: number;
  /** What SRV points to. */
  readonly target: string;
}

type AskedService = Asked & {kind: 'service'};

/** plugin/kubernetes, findServices. */
export function serviceRecords(asked: AskedService, objects: RecordObjects, options: RecordOptions): {readonly found: readonly Found[]} | {readonly nothing: NoRecord} | {readonly undecided: NoRecord} {
  const {namespace, service: name, endpoint, port, protocol, zone} = asked;
  if (objects.services === null) return {undecided: {why: 'unread', what: 'services'}};
  const service = objects.services.find(({metadata}) => metadata.namespace === namespace && metadata.name === name);
  if (service === undefined) return {nothing: whyNoService(asked, objects)};
  if (options.labels !== null) return {undecided: {why: 'unread', what: 'labels'}};
  const {type, externalName = '', clusterIP, clusterIPs = [clusterIP ?? '']} = service.spec;
  const headless = clusterIPs[0] === 'None';
  const target = `${name}.${namespace}.svc.${zone}`;
  if (type === 'ExternalName') {
    if (endpoint !== null || port !== null) return {nothing: {why: 'no-endpoints-of-external-name'}};
    return isAddress(externalName) ? {nothing: {why: 'external-name-is-address', target: externalName}} : {found: [{host: externalName, port: 0, target}]};
  }
  const slices = objects.slices?.filter(({metadata}) => metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name) ?? null;
  if (headless || endpoint !== null || options.ignoreEmptyService) {
    if (options.noEndpoints) return {nothing: {why: 'endpoints-not-watched'}};
    if (slices === null) return {undecided: {why: 'unread', what: 'endpointslices'}};
  }
  if (headless || endpoint !== null) return ofEndpoints(asked, service, slices ?? [], options);
  if (options.ignoreEmptyService && ready(slices ?? []).length === 0) return {nothing: {why: 'no-ready-endpoints', headless: false, ...counts(slices ?? [])}};
  const ports = (service.spec.ports ?? []).length === 0 ? [{port: -1}] : (service.spec.ports ?? []);
  const matching = ports.filter(each => matches(each, port, protocol));
  if (matching.length === 0) return {nothing: noPort(service, port, protocol)};
  return {found: matching.flatMap(each => clusterIPs.map(host => ({host, port: each.port, target})))};
}

/** A headless Service's addresses, or those of one endpoint of any Service. */
function ofEndpoints({namespace, service: name, endpoint, port, protocol, zone}: AskedService, service: Service, slices: readonly EndpointSlice[], options: RecordOptions): {readonly found: readonly Found[]} | {readonly nothing: NoRecord} {
  const all = ready(slices).map(each => ({...each, label: endpointLabel(each.address, each.endpoint, options.endpointPodNames)}));
  const those = all.filter(({label}) => endpoint === null || label.toLowerCase() === endpoint);
  const found = those.flatMap(({address, label, slice}) => {
    const ports = (slice.ports ?? []).length === 0 ? [{port: -1}] : (slice.ports ?? []);
    return ports.filter(each => matches(each, port, protocol)).map(each => ({host: address, port: each.port ?? -1, target: `${label}.${name}.${namespace}.svc.${zone}`}));
  });
  if (found.length > 0) return {found};
  if (all.length === 0) return {nothing: {why: 'no-ready-endpoints', headless: service.spec.clusterIP === 'None', ...counts(slices)}};
  return {nothing: those.length === 0 ? {why: 'no-such-endpoint', endpoint: endpoint ?? '', has: all.map(({label}) => label).sort()} : noPort(service, port, protocol)};
}

interface Ready {
  readonly address: string;
  readonly endpoint: NonNullable<EndpointSlice['endpoints']>[number];
  readonly slice: EndpointSlice;
}

/** Every address of ready endpoints (publishNotReadyAddresses makes them all ready in the slice); unset is ready. */
function ready(slices: readonly EndpointSlice[]): Ready[] {
  return slices.flatMap(slice => (slice.endpoints ?? []).filter(({conditions}) => conditions?.ready !== false).flatMap(endpoint => endpoint.addresses.map(address => ({address, endpoint, slice}))));
}

function counts(slices: readonly EndpointSlice[]): {readonly notReady: number} {
  return {notReady: slices.reduce((sum, {endpoints}) => sum + (endpoints ?? []).filter(({conditions}) => conditions?.ready === false).length, 0)};
}

function matches(has: {readonly name?: string | null; readonly protocol?: string}, port: string | null, protocol: string | null): boolean {
  const equal = (asked: string | null, own: string): boolean => asked === null || asked === '' || asked === own.toLowerCase();
  return equal(port, has.name ?? '') && equal(protocol, has.protocol ?? ('port' in has && has.port === -1 ? '' : 'TCP'));
}

function noPort({spec}: Service, port: string | null, protocol: string | null): NoRecord {
  return {why: 'no-such-port', port: port ?? '', protocol: protocol ?? '', has: (spec.ports ?? []).map(each => `_${each.name ?? ''}._${(each.protocol ?? 'TCP').toLowerCase()}`)};
}
