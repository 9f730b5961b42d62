import type {ConfigMap, Pod} from '../cluster/objects.ts';
import type {Mode} from './node-rules.ts';
import type {Proxies} from './proxy.ts';

/** What a kube-proxy is given as files; null: they do not say. Keys as kubeadm (`config.conf`, `kubeconfig.conf`) or EKS (`config`, `kubeconfig`) names them. */
export interface ProxyConfig {
  /** Of kube-system: the first says the settings. */
  readonly configMaps: readonly string[];
  /** As written: `''` is the platform's default. */
  readonly mode: string | null;
  readonly clusterCIDR: string | null;
  readonly detectLocalMode: string | null;
  /** URL of the API server that kube-proxy asks. */
  readonly server: string | null;
}

/** kubeadm's. */
export const usualConfigMap = 'kube-proxy';

/** What the kube-proxy of a node is given; null: nothing that was read. */
export function configOf({pods, configs}: Proxies, node: string): ProxyConfig | null {
  const own = pods.get(node)?.[0]?.pod;
  const found = configMapsOf(own).flatMap(name => configs.get(name) ?? []);
  return found.length === 0 ? null : proxyConfigOf(found);
}

export function proxyConfigOf(configMaps: readonly ConfigMap[]): ProxyConfig {
  const field = (keys: readonly string[], name: string): string | null => {
    const pattern = new RegExp(`^\\s*${name}:\\s*(["']?)([^"'#\\n]*?)\\1\\s*(?:#.*)?$`, 'm');
    return configMaps.flatMap(({data}) => keys.map(key => pattern.exec(data?.[key] ?? '')?.[2])).find(value => value !== undefined) ?? null;
  };
  const [settings, access] = [['config.conf', 'config'], ['kubeconfig.conf', 'kubeconfig']];
  const sorted = configMaps.toSorted((a, b) => Number(settings.some(key => key in (b.data ?? {}))) - Number(settings.some(key => key in (a.data ?? {}))));
  return {configMaps: sorted.map(({metadata}) => metadata.name), mode: field(settings, 'mode'), clusterCIDR: field(settings, 'clusterCIDR'), detectLocalMode: field(settings, 'detectLocalMode'), server: field(access, 'server')};
}

/** Those that a kube-proxy's pod mounts. Without a pod, and of one whose volumes are not told, kubeadm's; none: it has its settings from elsewhere. */
export function configMapsOf(pod: Pod | undefined): readonly string[] {
  if (pod === undefined) return [usualConfigMap];
  const mounted = (pod.spec.volumes ?? []).flatMap(({configMap}) => configMap?.name ?? []);
  if (mounted.length > 0) return mounted;
  const owner = pod.metadata.ownerReferences?.find(({controller}) => controller === true)?.name;
  return owner === undefined || owner === usualConfigMap ? [usualConfigMap] : [];
}

/** What the kube-proxy of a node is told: a flag counts before the file; `iptables` when it is empty (the default on Linux); null: not known. */
export function configuredOn(proxies: Proxies, node: string): Mode | null {
  const [own] = proxies.pods.get(node) ?? [];
  const containers = own === undefined ? [...[...proxies.pods.values()].flat().map(({container}) => container), ...proxies.daemonSets.flatMap(({spec}) => spec.template.spec.containers)] : [own.container];
  const flag = containers.flatMap(({command = [], args = []}) => [...command, ...args]).map(word => /^--proxy-mode=(.*)$/.exec(word)?.[1]).find(value => value !== undefined);
  const mode = flag ?? configOf(proxies, node)?.mode ?? null;
  return mode === '' ? 'iptables' : mode === 'nftables' || mode === 'ipvs' || mode === 'iptables' ? mode : null;
}
