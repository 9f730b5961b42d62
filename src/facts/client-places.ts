import {isKnown} from '../cluster/answer.ts';
import type {Node, Pod} from '../cluster/objects.ts';
import type {DnsPlace} from '../model/dns/place.ts';
import {isDnsServer, isNodeCache} from '../model/dns/servers.ts';
import {stateOf} from '../model/pods.ts';
import {isOfKdiag, type Proxies} from '../model/proxy.ts';
import type {Learn} from './facts.ts';
import {queryFor} from './node-rules.ts';

/** Nodes that are asked from, of a question about one Service, and about all nodes. */
const [mostForService, mostNodes] = [5, 20];

/** Each examined node, and one ordinary pod on each: its network and resolv.conf are those of any other. With --from pod/…, that pod and its node. */
export const clientPlaces: Learn<'clientPlaces'> = async ({cluster, target, need, try: attempt}) => {
  const [all, nodes, known, client] = await Promise.all([need('examinedNodes'), need('nodes'), attempt('proxies'), need('client')]);
  const examined = await askedFrom(all);
  const proxies = isKnown(known) ? known.known : null;
  const clients = client !== null ? [client] : await ordinaryPods(examined);
  return [...examined.map(node => nodePlace('client', node, proxies)), ...clients.flatMap(pod => podPlace('client', pod, nodes, proxies))];

  /** Each takes a debug pod. Of a Service: nodes that have endpoints, and others; of nodes: so many. */
  async function askedFrom(all: readonly Node[]): Promise<readonly Node[]> {
    if (target.kind !== 'service') return target.kind === 'nodes' ? all.slice(0, mostNodes) : all;
    const slices = await attempt('slices');
    const hosts = new Set(isKnown(slices) ? slices.known.flatMap(({endpoints}) => (endpoints ?? []).flatMap(({nodeName}) => nodeName ?? [])) : []);
    const [having, lacking] = [all.filter(({metadata}) => hosts.has(metadata.name)), all.filter(({metadata}) => !hosts.has(metadata.name))];
    const some = having.slice(0, Math.max(3, mostForService - lacking.length));
    return all.filter(node => [...some, ...lacking.slice(0, mostForService - some.length)].includes(node));
  }

  /** One a node: of the namespace that was asked from if it has one there, else any. */
  async function ordinaryPods(on: readonly Node[]): Promise<Pod[]> {
    const near = target.kind === 'dns' || target.kind === 'apiserver' || target.kind === 'service' ? await cluster.list<Pod>({resource: 'pods', namespace: target.namespace}) : null;
    const found = await Promise.all(on.map(async ({metadata: {name}}) => {
      const own = near !== null && isKnown(near) ? ordinary(near.known, name) : undefined;
      if (own !== undefined) return [own];
      const all = await cluster.list<Pod>({resource: 'pods', fieldSelector: `spec.nodeName=${name}`});
      const any = isKnown(all) ? ordinary(all.known, name) : undefined;
      return any === undefined ? [] : [any];
    }));
    return found.flat();
  }
};

export function nodePlace(role: DnsPlace['role'], node: Node, proxies: Proxies | null): DnsPlace {
  return {role, pod: null, place: {node: node.metadata.name, pod: null, images: queryFor(node, proxies).images}};
}

/** None: the pod is on no node. */
export function podPlace(role: DnsPlace['role'], pod: Pod, nodes: readonly Node[], proxies: Proxies | null): DnsPlace[] {
  const node = nodes.find(({metadata}) => metadata.name === pod.spec.nodeName);
  const {namespace = '', name} = pod.metadata;
  return node === undefined ? [] : [{role, pod, place: {node: node.metadata.name, pod: {namespace, name, uid: uidOnNode(pod)}, images: queryFor(node, proxies).images}}];
}

/** A static pod's processes carry the UID that the kubelet gave it, not that of its mirror in the API (pkg/kubelet/types/pod_update.go). */
function uidOnNode({metadata: {uid = '', annotations}}: Pod): string {
  return annotations?.['kubernetes.io/config.hash'] ?? uid;
}

function ordinary(pods: readonly Pod[], node: string): Pod | undefined {
  // the oldest: it has settled, and the choice does not hang on names, which a pseudonymised recording changes
  return pods.toSorted((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '')).find(pod => pod.spec.nodeName === node && pod.spec.hostNetwork !== true && (pod.spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst' && pod.spec.dnsConfig === undefined
    && ['ready', 'not-ready'].includes(stateOf(pod).state) && !isOfKdiag(pod) && !isDnsServer(pod) && !isNodeCache(pod));
}
