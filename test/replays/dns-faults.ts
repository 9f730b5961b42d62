import type {SaidFault} from './said.ts';

const coredns = {kind: 'Deployment', name: 'coredns'};
const kubeDns = {kind: 'Service', name: 'kube-dns'};
const fromPod = ['--from', 'pod/dns-test'];
const testPod = {kind: 'Pod', name: 'dns-test'};

/** What `kdiag dns` says. test/live/dns breaks the cluster so. */
export const dnsFaults: readonly SaidFault[] = [
  {name: 'CoreDNS scaled to 0', expect: {status: 'broken', code: 'coredns-not-deployed', subject: coredns, reason: 'scaled-to-zero'}},
  {name: 'one of two replicas drops packets', expect: {status: 'broken', code: 'coredns-pod-not-answering', subject: {kind: 'Pod', name: /^coredns-/}}},
  {name: 'one replica unready', expect: {status: 'degraded', code: 'coredns-pod-not-ready', subject: coredns}},
  {name: 'Corefile with an unknown directive', expect: {status: 'broken', code: 'coredns-corefile-invalid', subject: coredns, says: /redy/}},
  {name: 'CoreDNS forwards to itself', expect: {status: 'broken', code: 'coredns-forwarding-loop', subject: coredns}},
  {name: 'upstream dead', expect: {status: 'broken', code: 'coredns-upstream-unreachable', subject: coredns, reason: 'all', says: /172\.30\.0\.99/}},
  {name: 'one of two upstreams dead', expect: {status: 'degraded', code: 'coredns-upstream-unreachable', subject: coredns, reason: 'some'}},
  {name: 'upstream slow', expect: {status: 'degraded', code: 'coredns-upstream-slow', subject: coredns}},
  {name: "CoreDNS is where the API server's address is dead", expect: {status: 'broken', code: 'kube-proxy-missing', subject: {kind: 'Node', name: 'node2'}, reason: 'node-selector', explains: ['coredns-cannot-reach-apiserver']}},
  {name: 'CoreDNS may not list EndpointSlices', expect: {status: 'broken', code: 'coredns-rbac-forbidden', subject: coredns, says: /endpointslices/}},
  {name: "the DNS Service's selector wrong", expect: {status: 'broken', code: 'dns-service-selector-mismatch', subject: kubeDns}},
  {name: 'UDP port removed', expect: {status: 'broken', code: 'dns-service-port-missing', subject: kubeDns, says: /53\/UDP/}},
  {name: 'TCP port removed', expect: {status: 'broken', code: 'dns-service-port-missing', subject: kubeDns, says: /53\/TCP/}},
  {name: "the DNS address's rules gone on node1", expect: {status: 'broken', code: 'rules-jump-missing', subject: {kind: 'Node', name: 'node1'}}},
  {name: 'UDP to CoreDNS dropped by a firewall on node1', expect: {status: 'broken', code: 'rules-foreign-drop', subject: {kind: 'Node', name: 'node1'}}},
  {name: 'a connection of UDP is remembered to a pod that is gone', expect: {status: 'broken', code: 'conntrack-entry-stale', subject: {kind: 'Node', name: 'node1'}}},
  {name: 'pod with a wrong nameserver', args: fromPod, expect: {status: 'broken', code: 'resolv-conf-wrong-nameserver', subject: testPod, reason: 'dns-config'}},
  {name: 'pod without search domains', args: fromPod, expect: {status: 'broken', code: 'resolv-conf-missing-search', subject: testPod}},
  {name: 'pod with dnsPolicy Default', args: fromPod, expect: {status: 'broken', code: 'dns-policy-bypasses-cluster-dns', subject: testPod, reason: 'default'}},
  {name: 'pod on the host network with ClusterFirst', args: fromPod, expect: {status: 'broken', code: 'dns-policy-bypasses-cluster-dns', subject: testPod, reason: 'host-network'}},
  {name: 'search list too long', args: fromPod, expect: {status: 'degraded', code: 'resolv-conf-limits-exceeded', subject: testPod, reason: 'search'}},
  {name: 'CoreDNS serves another cluster domain', expect: {status: 'broken', code: 'resolv-conf-cluster-domain-mismatch', says: /other\.local/}},
  {name: 'a search domain that answers everything', args: ['example.com', ...fromPod], expect: {status: 'broken', code: 'search-domain-wildcard', subject: testPod, says: /wild\.example/}},
  {name: 'ndots makes a lookup dear', args: ['example.com', ...fromPod], expect: {status: 'healthy', code: 'ndots-query-amplification', subject: testPod}},
  {name: 'a name of another namespace', args: ['hostnames', '--from', 'pod/dns-other/dns-test'], expect: {status: 'broken', code: 'name-does-not-exist', says: /hostnames\.default|default\/hostnames/}},
  {name: 'a headless Service without ready pods', args: ['nobody', '--from', 'pod/dns-test'], expect: {status: 'broken', code: 'name-does-not-exist', says: /headless/}},
  {name: 'an ExternalName that does not exist', args: ['elsewhere', '--from', 'pod/dns-test'], expect: {status: 'broken', code: 'external-name-unresolvable', says: /nobody\.example\.com/}},
  {name: "a node's own cache is bound and dead", args: fromPod, expect: {status: 'broken', code: 'nodelocaldns-not-answering', subject: {kind: 'Node', name: 'node1'}}},
  {name: "the route to node2's pods gone on node1", expect: {status: 'broken', code: 'pod-route-missing', subject: {kind: 'Node', name: 'node1'}, reason: 'default', explains: ['dns-path-broken']}},
  {name: 'answers between pods of one node do not pass its rules', expect: {status: 'broken', code: 'bridge-netfilter-off', subject: {kind: 'Node'}, explains: ['dns-vip-not-answering']}},
  {name: 'a pod whose own firewall drops UDP to port 53', args: fromPod, expect: {status: 'broken', code: 'dns-path-broken', subject: testPod, reason: 'client', says: /over UDP/}},
  {name: 'the DNS Service sends to a port where CoreDNS does not listen', expect: {status: 'broken', code: 'dns-service-target-port-wrong', subject: kubeDns, says: /5353/}},
  {name: 'a NetworkPolicy keeps a pod from asking', args: fromPod, expect: {status: 'broken', code: 'network-policy-denies'}},
];
