/**
 * What `kdiag check` says of a cluster with three faults that have nothing to do with each other: the jump to kube-proxy's rules gone on
 * node1, a Service whose target port nobody listens on, one that selects nothing. Root causes with the Services that each breaks, in this order.
 */
export const threeFaults: readonly (readonly [string, readonly string[]])[] = [
  ['rules-hook-missing', ['default/badport', 'default/hostnames', 'default/kubernetes', 'kube-system/kube-dns']],
  ['service-selector-matches-no-pod', ['default/nosuch']],
  ['service-target-port-not-listening', ['default/badport']],
];
