/** Names that say nothing about whose cluster it is. What has one of them keeps it, whatever kind of thing it is. */
const names: ReadonlySet<string> = new Set([
  'default', 'kube-system', 'kube-public', 'kube-node-lease', 'kube-flannel', 'calico-system', 'calico-apiserver', 'tigera-operator', 'metallb-system', 'cilium',
  'openshift-dns', 'openshift-sdn', 'openshift-ovn-kubernetes', 'local-path-storage', 'kubernetes', 'kube-dns', 'kube-proxy', 'coredns', 'metrics-server',
  'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd', 'konnectivity-agent', 'node-local-dns', 'nodelocaldns', 'kube-router', 'kube-flannel-ds',
  'kindnet', 'kindnet-cni', 'aws-node', 'calico-node', 'calico-kube-controllers', 'calico-typha', 'cilium-operator', 'cilium-agent', 'cilium-envoy', 'canal', 'weave-net',
  'antrea-agent', 'ovnkube-node', 'kube-ovn-cni', 'traefik', 'local-path-provisioner', 'coredns-autoscaler', 'kube-dns-autoscaler', 'metallb', 'speaker', 'controller',
  'rke2-coredns-rke2-coredns', 'kube-dns-upstream', 'kube-proxy-config', 'kube-proxy-ipvs', 'kube-proxy-windows', 'kubeadm-config', 'kubelet-config', 'cilium-config', 'calico-config', 'cni-config', 'kube-flannel-cfg', 'coredns-custom', 'dns-default', 'kube-root-ca.crt',
  'system:coredns',
  'kdiag-no-such-name', // what kdiag asks search domains for (model/dns/questions.ts)
  'control-plane', 'master', 'worker', 'linux', 'windows', 'amd64', 'arm64', 'true', 'false', 'in-cluster',
]);

export function isWellKnown(name: string): boolean {
  return names.has(name);
}

/** Domains whose keys, hosts and API groups belong to Kubernetes and to what commonly runs in it, not to a cluster's owner. */
const publicDomains = /(^|\.)(kubernetes\.io|k8s\.io|projectcalico\.org|flannel\.alpha\.coreos\.com|cilium\.io|ovn\.org|weave\.works|metallb\.io|metallb\.universe\.tf|k3s\.cattle\.io|k3s\.io|openshift\.io|helm\.sh|k8s\.aws|cncf\.io|x-k8s\.io)$/;

export function isPublicDomain(domain: string): boolean {
  return publicDomains.test(domain);
}

/**
 * Words of Kubernetes' and the kernel's own messages. A thing may bear one as its name; in a text it is taken for the word, as
 * replacing it would make the text unreadable, for programs too.
 */
const words: ReadonlySet<string> = new Set(`
  a access active address adding admin agent all and api app application apps as at auth available back backend base bind cache client cluster common config configuration
  connect connection container containers context controller core created data database db debug default deleted demo deployment dev dial dns docker done down duration endpoint endpoints
  err error errors event exec exit failed file for forward frontend from gateway get group health healthy host http https id image in info ingress init internal ip iptables ipvs is
  job kernel kubelet lb level list local log logs lookup main manager message metrics mode monitor monitoring msg name namespace net network nft nftables no node nodes not of off ok on one
  operator or out path ping pod pods policy port post prod production prometheus proxy pull query queue read ready reason refused reload request reset response rest route router rule rules run
  running sandbox scheduler secret server service services set shell site socket source spec staging start started state status stop stopped storage store sync synced system table target tcp test
  tests the time timeout tls to token tool true udp unhealthy up update url user users value version volume waiting warning watch web webhook with worker write zone zones
`.trim().split(/\s+/));

export function isWord(name: string): boolean {
  return name.length < 3 || words.has(name);
}
