import {isKnown} from '../cluster/answer.ts';
import type {Node} from '../cluster/objects.ts';
import type {DnsPlace} from '../model/dns/place.ts';
import {clusterIPs, type Endpoint, endpointsOf, familiesOf, portText, protocolOf, unproxied, usable} from '../model/endpoints.ts';
import {familyOf} from '../model/ip.ts';
import {denialsOf, flowTo} from '../model/network/allowed.ts';
import {askOf, type NetworkCell, type Target} from '../model/network/asked.ts';
import type {AskedService, Learn} from './facts.ts';
import {sent} from './sent.ts';

/** Endpoints of one port that are asked at most; those of different nodes come first. */
const mostEndpoints = 8;
/** RFC 863's port: hardly anything listens there, and what does takes connections. */
const discard = 9;

/**
 * Each place asks. About a Service over TCP: its ClusterIP, and each of its endpoints; of every other node one endpoint with few bytes, and with more
 * than a packet takes (but no API server, which would log what is no TLS). About nodes: a pod on each other node.
 */
export const networkAnswers: Learn<'networkAnswers'> = async ({cluster, target, need, try: attempt}) => {
  // on a slow machine questions at the same time would cost each other answers: what was really asked about comes first
  if (target.kind === 'dns') await attempt('dnsAnswers');
  if (target.kind === 'apiserver') await attempt('apiAnswers');
  const [places, nodes, pods, policies] = await Promise.all([need('clientPlaces'), need('nodes'), attempt('pods'), attempt('servicePolicies')]);
  const targets = target.kind === 'nodes' ? podTargets(places) : (await need('services')).flatMap(asked => serviceTargets(asked, nodes));
  const isApiServer = target.kind === 'apiserver' || (target.kind === 'service' && target.namespace === 'default' && target.service === 'kubernetes');
  const cells = await Promise.all(places.map(async from => {
    const near = targets.filter(each => (each.kind !== 'pod' || each.node !== from.place.node) && (isClient(from) || !isKept(from, each)));
    const asked = [...near.map(each => ({target: each, size: 'small' as const})), ...(isApiServer ? [] : onePerNode(near, from.place.node)).flatMap(each => (['few', 'large'] as const).map(size => ({target: each, size})))];
    const heard = sent(await cluster.askTcp(from.place, asked.map(askOf)));
    return asked.map((each, i): NetworkCell => ({...each, from, heard: heard[i] ?? {unknown: {why: 'lost', detail: 'no answer for this question'}}}));
  }));
  return cells.flat();

  /** Whom policies keep out is not asked to show that they do, unless the question is about this client. */
  function isKept(from: DnsPlace, each: Target): boolean {
    if (!isKnown(policies)) return false;
    if (each.kind === 'vip') return targets.some(other => other.kind === 'endpoint' && isKept(from, other));
    const pod = each.kind === 'endpoint' ? (isKnown(pods) ? pods.known : []).find(({metadata}) => metadata.name === each.endpoint.pod) : places.find(other => other.pod?.status?.podIP === each.address)?.pod;
    return pod !== undefined && pod !== null && denialsOf(flowTo(from, pod, {address: each.address, port: each.port, protocol: 'TCP'}, nodes), policies.known).length > 0;
  }

  function isClient({pod}: DnsPlace): boolean {
    return pod !== null && target.from?.kind === 'pod';
  }
};

/** What is asked about one Service over TCP: its ClusterIPs, and its endpoints, a few of each port. */
export function serviceTargets({service, ports, slices}: AskedService, nodes: readonly Node[]): Target[] {
  const kind = unproxied(service);
  if (kind === 'external-name') return [];
  const addresses = new Map(nodes.flatMap(node => (node.status?.addresses ?? []).map(({address}) => [address, node.metadata.name] as const)));
  return ports.filter(port => protocolOf(port) === 'TCP').flatMap(port => {
    const families = kind === 'headless' ? [4, 6] as const : familiesOf(service);
    const vips = kind === null ? clusterIPs(service).map((address): Target => ({kind: 'vip', address, port: port.port, servicePort: portText(port)})) : [];
    const endpoints = families.flatMap(family => spread(usable(endpointsOf(slices, port, family)))).map((endpoint): Target => {
      const node = addresses.get(endpoint.address);
      return {kind: 'endpoint', address: endpoint.address, port: endpoint.port, servicePort: portText(port), node: endpoint.node ?? node ?? null, isPod: node === undefined, endpoint};
    });
    return endpoints.length === 0 ? [] : [...vips, ...endpoints];
  });
}

/** One of each node before a second of any. */
function spread(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const seen = new Map<string | null, number>();
  const ranked = endpoints.map(endpoint => {
    const rank = seen.get(endpoint.node) ?? 0;
    seen.set(endpoint.node, rank + 1);
    return {endpoint, rank};
  });
  return ranked.sort((a, b) => a.rank - b.rank).slice(0, mostEndpoints).map(({endpoint}) => endpoint);
}

function onePerNode(targets: readonly Target[], own: string): Target[] {
  return [...new Map(targets.flatMap(target => (target.kind === 'endpoint' && target.node !== null && target.node !== own ? [[`${target.node} ${familyOf(target.address)}`, target] as const] : [])).toReversed()).values()];
}

function podTargets(places: readonly DnsPlace[]): Target[] {
  return places.flatMap(({pod, place}): Target[] => (pod?.status?.podIP === undefined ? [] : [{kind: 'pod', address: pod.status.podIP, port: discard, node: place.node, isPod: true, pod: `${pod.metadata.namespace}/${pod.metadata.name}`}]));
}
