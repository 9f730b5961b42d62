import type {ConfigMap, Container, Pod} from '../cluster/objects.ts';
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
  const own = pods.get(node)?.[0];
  const found = configMapsOf(own?.pod).flatMap(name => configs.get(name) ?? []);
  if (found.length === 0) return null;
  const config = proxyConfigOf(found);
  return own === undefined ? config : {...config, server: flagOf([own.container], 'master') ?? config.server};
}

function proxyConfigOf(configMaps: readonly ConfigMap[]): ProxyConfig {
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
  const mode = flagOf(containers, 'proxy-mode') ?? configOf(proxies, node)?.mode ?? null;
  return mode === '' ? 'iptables' : mode === 'nftables' || mode === 'ipvs' || mode === 'iptables' ? mode : null;
}

function flagOf(containers: readonly Container[], name: string): string | undefined {
  const prefix = `--${name}=`;
  return containers.flatMap(({command = [], args = []}) => [...command, ...args]).find(word => word.startsWith(prefix))?.slice(prefix.length);
}

/** `172.30.0.10:6443` of a server's URL, as client-go's metrics name it: without a port that is https's own. Null: it is no URL. */
export function hostOf(server: string): string | null {
  return URL.parse(server)?.host ?? null;
}
