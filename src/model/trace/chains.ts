/** Whose chain it is, by its name, for people who meet it for the first time; null: nobody's that kdiag knows. */
export function chainNote(name: string): string | null {
  return notes.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/**
 * Names that the programs themselves give their chains: kube-proxy's pkg/proxy, the kubelet's utiliptables, Docker's
 * libnetwork, firewalld's and ufw's back ends, flannel's and Calico's agents, libvirt. Anybody may use such a name: it is a hint.
 */
const notes: readonly (readonly [RegExp, string])[] = [
  [/^KUBE-SERVICES$/, 'kube-proxy: all Services'],
  [/^KUBE-NODEPORTS$/, 'kube-proxy: NodePorts'],
  [/^KUBE-EXTERNAL-SERVICES$/, 'kube-proxy: addresses for outsiders'],
  [/^KUBE-POSTROUTING$/, 'kube-proxy: masquerading'],
  [/^KUBE-FORWARD$/, 'kube-proxy: forwarding'],
  [/^KUBE-PROXY-FIREWALL$|^KUBE-FW-/, 'kube-proxy: loadBalancerSourceRanges'],
  [/^KUBE-FIREWALL$/, "the kubelet's firewall"],
  [/^KUBE-SVC-/, 'kube-proxy: a Service port, all its endpoints'],
  [/^KUBE-SVL-/, "kube-proxy: a Service port, this node's endpoints"],
  [/^KUBE-EXT-/, 'kube-proxy: a Service port, for outsiders'],
  [/^KUBE-SEP-/, 'kube-proxy: one endpoint'],
  [/^KUBE-/, 'kube-proxy'],
  [/^DOCKER/, 'Docker'],
  [/^(FLANNEL-|flannel)/, 'flannel'],
  [/^cali-/, 'Calico'],
  [/^CILIUM_/, 'Cilium'],
  [/^CNI-/, 'the portmap plugin of CNI'],
  [/^ufw6?-/, 'ufw'],
  [/^LIBVIRT_/, 'libvirt'],
  [/^(IN|FWDI|FWDO|FWD|PRE|POST)_|^(filter|nat|mangle|raw)_(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING|PRE|IN|FWD|POST|FWDI|FWDO)_?/, 'firewalld'],
];
