import {isKnown} from '../cluster/answer.ts';
import type {EndpointSlice, Pod, Service, ServicePort} from '../cluster/objects.ts';
import type {ArgsOf} from '../findings/codes.ts';
import {evidence} from '../findings/finding.ts';
import {count} from '../model/dns/heard.ts';
import {type Endpoint, endpointsOf} from '../model/endpoints.ts';
import {familyOf, hostPort} from '../model/ip.ts';
import {type NetworkCell, takes, triesOf} from '../model/network/asked.ts';
import {stateOf} from '../model/pods.ts';
import {askedPorts} from '../model/service-ports.ts';
import {targetPortIn} from '../model/target-port.ts';
import {check} from './check.ts';
import {nameOf, noPort, noService, subjectOf} from './service-subject.ts';

type Reason = ArgsOf['endpoints-disagree-with-pods']['reason'];

/** The one that tells most first: a pod with another address is also missing. What somebody added on purpose comes last. */
const telling: readonly Reason[] = ['wrong-address', 'gone-pod', 'mirrored', 'not-ready', 'missing', 'foreign'];

/** How many pods are shown as evidence. */
const most = 12;

const managed = 'endpointslice.kubernetes.io/managed-by';
const controller = 'endpointslice-controller.k8s.io';
const mirroring = 'endpointslicemirroring-controller.k8s.io';

export default check({
  id: 'endpoints-agree-with-pods',
  link: 'Endpoints',
  question: 'The EndpointSlices hold the ready pods, no others',
  needs: ['target', 'service', 'pods', 'slices'],
  hopes: ['dnsAnswers', 'networkAnswers'],
  can: ['endpoints-disagree-with-pods'],
  run: ({target, service, pods, slices, dnsAnswers, networkAnswers}) => {
    if (service === null) return {skipped: noService};
    if (Object.keys(service.spec.selector ?? {}).length === 0) return {skipped: 'the Service has no selector; others make its EndpointSlices'};
    if (pods.length === 0 && slices.every(({endpoints}) => (endpoints ?? []).length === 0)) return {skipped: 'no pod is selected'};
    const ports = askedPorts(service, target.port);
    if (ports.length === 0 && target.port !== null) return {skipped: noPort};
    const found = new Map<Reason, {endpoints: Set<string>; slices: Set<string>}>();
    const add = (reason: Reason, endpoint: string, slice: string | null): void => {
      const entry = found.get(reason) ?? {endpoints: new Set(), slices: new Set()};
      entry.endpoints.add(endpoint);
      if (slice !== null) entry.slices.add(slice);
      found.set(reason, entry);
    };
    for (const port of ports) {
      for (const family of [4, 6] as const) {
        const endpoints = endpointsOf(slices, port, family);
        for (const to of missing(service, pods, port, endpoints, slices, family)) add('missing', to, null);
        for (const endpoint of endpoints.filter(({ready}) => ready)) {
          const reason = wrong(endpoint, pods, service, sliceOf(slices, endpoint));
          if (reason !== null) add(reason, endpoint.to, endpoint.slice);
        }
      }
    }
    const reason = telling.find(each => found.has(each));
    const worst = reason === undefined ? undefined : found.get(reason);
    if (reason === undefined || worst === undefined) return {note: `${slices.length} ${slices.length === 1 ? 'slice' : 'slices'}`};
    // an address that somebody added on purpose is none of ours, unless it takes no connections, or queries to the DNS Service get lost
    const asked = count(isKnown(dnsAnswers) ? dnsAnswers.known.filter(({purpose, server}) => purpose === 'cluster' && server.kind === 'vip') : []);
    const lost = asked.answered < asked.tries || (isKnown(networkAnswers) && [...worst.endpoints].some(to => isDead(to, networkAnswers.known)));
    return {
      findings: [{
        code: 'endpoints-disagree-with-pods', subject: subjectOf(service), level: reason === 'foreign' && !lost ? 'warning' : 'error',
        args: {reason, service: nameOf(service), endpoints: [...worst.endpoints].sort(), slices: [...worst.slices].sort()},
        evidence: [
          ...slices.map(slice => evidence('object', `EndpointSlice ${slice.metadata.namespace}/${slice.metadata.name}`, `managed-by: ${slice.metadata.labels?.[managed] ?? 'nobody'}, endpoints: ${(slice.endpoints ?? []).map(({addresses, conditions}) => `${addresses[0]}${conditions?.ready === false ? ' (not ready)' : ''}`).join(' ')}`)),
          ...pods.slice(0, most).map(pod => evidence('object', `Pod ${pod.metadata.namespace}/${pod.metadata.name}`, `${stateOf(pod).state}, status.podIP: ${pod.status?.podIP ?? 'none'}`)),
        ],
      }],
    };
  },
});

/** Ready pods' addresses that are not among the ready endpoints. Only in families that the Service has slices or addresses of. */
function missing(service: Service, pods: readonly Pod[], port: ServicePort, endpoints: readonly Endpoint[], slices: readonly EndpointSlice[], family: 4 | 6): string[] {
  const families = service.spec.clusterIPs?.filter(ip => ip !== 'None').map(familyOf) ?? [];
  const concerned = families.length > 0 ? families.includes(family) : slices.some(({addressType}) => addressType === `IPv${family}`);
  if (!concerned) return [];
  const have = new Set(endpoints.filter(({ready}) => ready).map(({to}) => to));
  return pods.filter(pod => stateOf(pod).state === 'ready').flatMap(pod => {
    const number = targetPortIn(pod, port);
    const ip = pod.status?.podIPs?.map(each => each.ip).find(each => familyOf(each) === family);
    return number === null || ip === undefined || have.has(hostPort(ip, number)) ? [] : [hostPort(ip, number)];
  });
}

function wrong(endpoint: Endpoint, pods: readonly Pod[], service: Service, slice: EndpointSlice | undefined): Reason | null {
  const own = slice?.metadata.labels?.[managed];
  const atAddress = pods.find(pod => pod.status?.podIPs?.some(({ip}) => ip === endpoint.address) === true);
  const pod = endpoint.pod === null ? atAddress : pods.find(({metadata}) => metadata.name === endpoint.pod);
  if (pod === undefined) return own === controller ? 'gone-pod' : own === mirroring ? 'mirrored' : 'foreign';
  if (pod.status?.podIPs?.some(({ip}) => ip === endpoint.address) === false) return 'wrong-address';
  const {state} = stateOf(pod);
  return state === 'ready' || service.spec.publishNotReadyAddresses === true ? null : 'not-ready';
}

/** Nobody who asked got through to it. */
function isDead(endpoint: string, cells: readonly NetworkCell[]): boolean {
  const tries = triesOf(cells.filter(({target, size}) => target.kind === 'endpoint' && target.endpoint.to === endpoint && size === 'small'));
  return tries.length > 0 && !tries.some(takes);
}

function sliceOf(slices: readonly EndpointSlice[], endpoint: Endpoint): EndpointSlice | undefined {
  return slices.find(({metadata}) => metadata.name === endpoint.slice);
}
