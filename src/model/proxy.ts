import type {ConfigMap, Container, KubeObject, Node, Pod, Workload} from '../cluster/objects.ts';

/** Who handles Services in this cluster, found by what runs there and not by names of objects. */
export interface Proxies {
  /** kube-proxy's pods, by node. */
  readonly pods: ReadonlyMap<string, readonly ProxyPod[]>;
  readonly daemonSets: readonly Workload[];
  /** Something else that does the work, for the whole cluster. */
  readonly replacement: Replacement | null;
  /** Of kube-system, by name: kubeadm's, and those that a kube-proxy's pod mounts; without those that could not be read. */
  readonly configs: ReadonlyMap<string, ConfigMap>;
}

export interface ProxyPod {
  readonly pod: Pod;
  readonly container: Container;
}

export interface Replacement {
  readonly by: string;
  readonly detail: string;
  /** Whether it writes kube-proxy's rules all the same (k3s and the like run kube-proxy inside their own process). */
  readonly sameRules: boolean;
}

export function proxiesOf(systemPods: readonly Pod[], daemonSets: readonly Workload[], nodes: readonly Node[], configs: readonly ConfigMap[], cilium: ConfigMap | null): Proxies {
  const found = systemPods.filter(pod => !isOfKdiag(pod)).flatMap(pod => pod.spec.containers.filter(isKubeProxy).map(container => ({pod, container})));
  const pods = new Map<string, ProxyPod[]>();
  for (const each of found) {
    const node = each.pod.spec.nodeName ?? wantedNode(each.pod);
    if (node !== null) pods.set(node, [...(pods.get(node) ?? []), each]);
  }
  const sets = daemonSets.filter(set => !isOfKdiag(set) && set.spec.template.spec.containers.some(isKubeProxy));
  return {
    pods, daemonSets: sets,
    replacement: found.length > 0 || sets.length > 0 ? null : replacementOf(systemPods, nodes, cilium),
    configs: new Map(configs.map(config => [config.metadata.name, config])),
  };
}

/** What kdiag puts into a cluster to look from, perhaps in another run: it has kube-proxy's image and is none, and is gone soon. */
export function isOfKdiag({metadata}: KubeObject): boolean {
  return metadata.labels?.['app.kubernetes.io/managed-by'] === 'kdiag';
}

/** By program or image: its name in labels and metadata differs between distributions. */
export function isKubeProxy(container: Container): boolean {
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const program = words[0]?.split('/').at(-1);
  if (program === 'kube-proxy' || (program === 'hyperkube' && words.includes('kube-proxy'))) return true;
  const image = (container.image ?? '').replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return /(^|\/)kube-proxy(-amd64|-arm64)?$/.test(image) && (program === undefined || program === 'kube-proxy' || program === 'sh');
}

/** A DaemonSet's pod that waits for the scheduler names its node in its affinity. */
function wantedNode(pod: Pod): string | null {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap(({matchFields = []}) => matchFields).find(({key}) => key === 'metadata.name')?.values?.[0] ?? null;
}

function replacementOf(systemPods: readonly Pod[], nodes: readonly Node[], cilium: ConfigMap | null): Replacement | null {
  const labelled = (key: string, value: string): Pod | undefined => systemPods.find(pod => pod.metadata.labels?.[key] === value);
  const agent = labelled('k8s-app', 'cilium');
  const setting = cilium?.data?.['kube-proxy-replacement'];
  if (agent !== undefined && (setting === 'true' || setting === 'strict')) return {by: 'Cilium', detail: `ConfigMap kube-system/cilium-config says kube-proxy-replacement: ${setting}`, sameRules: false};
  const router = systemPods.find(pod => pod.spec.containers.some(({image, args}) => /(^|\/)kube-router[:@]?/.test(image ?? '') && args?.includes('--run-service-proxy=true')));
  if (router !== undefined) return {by: 'kube-router', detail: `pod ${router.metadata.name} runs with --run-service-proxy=true`, sameRules: false};
  const version = nodes.map(node => node.status?.nodeInfo?.kubeletVersion ?? '').find(each => /\+(k3s|k0s)/.test(each) || each.includes('microk8s'));
  if (version?.includes('+k3s') === true) return {by: 'k3s', detail: `the nodes run ${version}, which has kube-proxy inside its own process`, sameRules: true};
  if (nodes.some(node => node.metadata.labels?.['microk8s.io/cluster'] === 'true')) return {by: 'MicroK8s', detail: 'its kubelite process has kube-proxy inside', sameRules: true};
  return null;
}
