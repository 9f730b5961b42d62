import {isKnown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {EndpointSlice, Node, Pod, Service} from '../cluster/objects.ts';
import {endpointsOf} from '../model/endpoints.ts';
import {contains, parseAddress, parseBlock} from '../model/ip.ts';
import type {Place} from './legs.ts';

/** Address → where it is, by a Service's endpoints. Of an endpoint without a pod its node is all there is to know. */
export function endpointPlaces(service: Service, slices: readonly EndpointSlice[]): Map<string, Place> {
  const namespace = service.metadata.namespace ?? null;
  return new Map((service.spec.ports ?? []).flatMap(port => ([4, 6] as const).flatMap(family => endpointsOf(slices, port, family))).map(({address, node, pod}) =>
    [address, {node, target: pod === null ? null : {kind: 'Pod', namespace, name: pod, node}}]));
}

/** Address → where it is, by the nodes' own addresses. */
export function nodePlaces(nodes: readonly Node[]): Map<string, Place> {
  return new Map(nodes.flatMap(({metadata: {name}, status}) => (status?.addresses ?? []).filter(({type}) => type === 'InternalIP' || type === 'ExternalIP')
    .map(({address}): [string, Place] => [address, {node: name, target: {kind: 'Node', namespace: null, name, node: name}}])));
}

/** Beyond so many nodes not every pod of the cluster is listed to find one by its address. */
const mostNodes = 100;

/**
 * Finds any address: endpoints and nodes first, then the pods of the node whose podCIDR it is in, then, in a cluster of moderate
 * size, all pods. What is nowhere, or may not be asked for, is null, or a node alone.
 */
export function finder(cluster: Cluster, nodes: readonly Node[], known: ReadonlyMap<string, Place>): (address: string) => Promise<Place | null> {
  const lists = new Map<string, Promise<readonly Pod[]>>();
  const podsOf = (node: string | null): Promise<readonly Pod[]> => {
    const key = node ?? '';
    const asked = lists.get(key) ?? cluster.list<Pod>({resource: 'pods', ...(node === null ? {} : {fieldSelector: `spec.nodeName=${node}`})}).then(answer => (isKnown(answer) ? answer.known : []));
    lists.set(key, asked);
    return asked;
  };
  const own = nodePlaces(nodes);
  return async text => {
    const named = known.get(text);
    const found = named === undefined || named.node === null ? own.get(text) ?? named : named; // the API server's own endpoints name no node
    const address = parseAddress(text);
    if (found !== undefined || address === null) return found ?? null;
    const home = nodes.find(({spec}) => (spec?.podCIDRs ?? [spec?.podCIDR ?? '']).map(parseBlock).some(block => block !== null && contains(block, address)));
    if (home === undefined && nodes.length > mostNodes) return null;
    const has = ({spec, status}: Pod): boolean => spec.hostNetwork !== true && (status?.podIPs ?? []).some(({ip}) => ip === text) && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
    const pod = (await podsOf(home?.metadata.name ?? null)).find(has);
    if (pod === undefined) return home === undefined ? null : {node: home.metadata.name, target: null};
    const node = pod.spec.nodeName ?? null;
    return {node, target: {kind: 'Pod', namespace: pod.metadata.namespace ?? null, name: pod.metadata.name, node}};
  };
}
