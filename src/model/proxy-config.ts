import type {ConfigMap} from '../cluster/objects.ts';

/** Of kubeadm's ConfigMap kube-proxy: `config.conf` and the server of `kubeconfig.conf`; null: it does not say. */
export interface ProxyConfig {
  readonly mode: string | null;
  readonly clusterCIDR: string | null;
  readonly detectLocalMode: string | null;
  /** URL of the API server that kube-proxy asks. */
  readonly server: string | null;
}

export function proxyConfigOf(config: ConfigMap | null): ProxyConfig {
  const field = (key: string, name: string): string | null => new RegExp(`^\\s*${name}:\\s*(["']?)([^"'#\\n]*?)\\1\\s*(?:#.*)?$`, 'm').exec(config?.data?.[key] ?? '')?.[2] ?? null;
  return {mode: field('config.conf', 'mode'), clusterCIDR: field('config.conf', 'clusterCIDR'), detectLocalMode: field('config.conf', 'detectLocalMode'), server: field('kubeconfig.conf', 'server')};
}
