import type {Node, Pod} from '../cluster/objects.ts';
import type {DnsPlace} from '../model/dns/place.ts';
import {isDnsServer, isNodeCache} from '../model/dns/servers.ts';
import {condition, stateOf} from '../model/pods.ts';
import type {Learn} from './facts.ts';
import {queryFor} from './node-rules.ts';
import {isKnown} from '../cluster/answer.ts';

/** CoreDNS pods whose own view of their upstreams is taken, at the most. */
const mostServers = 4;

/**
 * Without --from: each examined node, and one ordinary pod on each: its network and resolv.conf are those of any other. With it, that
 * place, its node, and one more node for comparison.
 */
export const dnsPlaces: Learn<'dnsPlaces'> = async ({cluster, target, need, try: attempt}) => {
  const [examined, nodes, proxies, client, servers] = await Promise.all([need('examinedNodes'), need('nodes'), attempt('proxies'), need('client'), need('dnsPods')]);
  const imagesOf = (node: Node): readonly string[] => queryFor(node, isKnown(proxies) ? proxies.known : null).images;
  const byName = new Map(nodes.map(node => [node.metadata.name, node]));
  const nodePlace = (role: DnsPlace['role'], node: Node): DnsPlace => ({role, pod: null, place: {node: node.metadata.name, pod: null, images: imagesOf(node)}});
  const podPlace = (role: DnsPlace['role'], pod: Pod): DnsPlace[] => {
    const node = byName.get(pod.spec.nodeName ?? '');
    const {namespace = '', name} = pod.metadata;
    return node === undefined ? [] : [{role, pod, place: {node: node.metadata.name, pod: {namespace, name, uid: uidOnNode(pod)}, images: imagesOf(node)}}];
  };
  const clients = client !== null ? [client] : await ordinaryPods(examined);
  const other = target.from === null ? undefined : nodes.find(node => !examined.includes(node) && isReadyLinux(node));
  const running = servers.filter(pod => pod.spec.hostNetwork !== true && ['ready', 'not-ready'].includes(stateOf(pod).state));
  return [
    ...examined.map(node => nodePlace('client', node)),
    ...clients.flatMap(pod => podPlace('client', pod)),
    ...(other === undefined ? [] : [nodePlace('other', other)]),
    ...running.slice(0, mostServers).flatMap(pod => podPlace('server', pod)),
  ];

  /** One a node: of the namespace that was asked from if it has one there, else any. */
  async function ordinaryPods(on: readonly Node[]): Promise<Pod[]> {
    const near = target.kind === 'dns' ? await cluster.list<Pod>({resource: 'pods', namespace: target.namespace}) : null;
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

/** A static pod's processes carry the UID that the kubelet gave it, not that of its mirror in the API (pkg/kubelet/types/pod_update.go). */
function uidOnNode({metadata: {uid = '', annotations}}: Pod): string {
  return annotations?.['kubernetes.io/config.hash'] ?? uid;
}

function ordinary(pods: readonly Pod[], node: string): Pod | undefined {
  // the oldest: it has settled, and the choice does not hang on names, which a pseudonymised recording changes
  return pods.toSorted((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '')).find(pod => pod.spec.nodeName === node && pod.spec.hostNetwork !== true && (pod.spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst' && pod.spec.dnsConfig === undefined
    && ['ready', 'not-ready'].includes(stateOf(pod).state) && !isDnsServer(pod) && !isNodeCache(pod));
}

function isReadyLinux(node: Node): boolean {
  return node.status?.nodeInfo?.operatingSystem !== 'windows' && condition(node, 'Ready')?.status === 'True';
}
