import type {ConfigMap, KubeObject} from '../objects.ts';

/**
 * The ConfigMaps that a recording may hold: the configuration of the cluster's own network and DNS. Any other may hold anything,
 * and is left out. docs/recording-format.md has the same list.
 */
export const recordedConfigMaps: ReadonlySet<string> = new Set([
  'calico-system/cni-config',
  'default/kube-root-ca.crt',
  'kube-flannel/kube-flannel-cfg',
  'kube-system/calico-config',
  'kube-system/cilium-config',
  'kube-system/coredns',
  'kube-system/coredns-custom',
  'kube-system/kube-dns',
  'kube-system/kube-proxy',
  'kube-system/kube-proxy-config',
  'kube-system/kube-proxy-ipvs',
  'kube-system/kube-proxy-windows',
  'kube-system/kubeadm-config',
  'kube-system/kubelet-config',
  'kube-system/node-local-dns',
  'kube-system/rke2-coredns-rke2-coredns',
  'openshift-dns/dns-default',
]);

/** Credentials that a kubeconfig or a Corefile plug-in may carry in the midst of a configuration: the value goes, the key stays. */
const credentials = /^(\s*(?:-\s+)?"?(?:token|password|client-key-data|credentials|aws_access_key|secret|client_secret|auth-token)"?[ \t]*:?[ \t]+)\S.*$/gim;

export function withoutCredentials<T extends KubeObject>(object: T): T {
  const {data} = object as ConfigMap;
  if (data === undefined || data === null) return object;
  return {...object, data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, String(text).replace(credentials, '$1REDACTED')]))};
}
