/** What ends a kube-proxy, or keeps it from its work, by its own word. */
export type ProxyTrouble = 'configuration-refused' | 'no-api-credentials' | 'mode-unsupported' | 'conntrack-denied' | 'rules-refused' | 'apiserver-unreachable' | 'unauthorized' | 'forbidden' | 'node-unknown' | 'cannot-listen' | 'panic';

/**
 * Every finding code and the arguments that its words are made of: plain JSON, no prose. A code that is listed here without
 * words in words/ does not compile; a test asks for its page in docs/findings/ and for cases that fire it and that do not.
 */
export interface ArgsOf {
  'service-not-found': {service: string; nearest: readonly string[]; elsewhere: readonly string[]};
  'service-port-not-defined': {service: string; asked: string; ports: readonly string[]};
  'service-selector-matches-no-pod': {
    reason: 'label-mismatch' | 'scaled-to-zero' | 'no-pods';
    service: string;
    selector: string;
    /** The pod that comes nearest, and the labels in which it differs. */
    nearest: {readonly pod: string; readonly wrong: readonly {readonly key: string; readonly wanted: string; readonly has: string | null}[]} | null;
    /** `deployment/NAME` scaled to zero. */
    workload: string | null;
  };
  'service-pods-not-running': {
    reason: 'image-pull' | 'crash-loop' | 'pending' | 'container-config' | 'failed' | 'init' | 'node-lost' | 'completed' | 'terminating';
    service: string; pods: readonly string[]; detail: string; usable: number; total: number;
  };
  'service-pods-not-ready': {
    reason: 'readiness-probe' | 'readiness-gate' | 'starting' | 'not-ready';
    service: string; pods: readonly string[]; detail: string; usable: number; total: number;
  };
  'service-target-port-unresolved': {service: string; port: string; targetPort: string; has: readonly string[]; pods: number; total: number};
  'service-protocol-mismatch': {service: string; port: string; protocol: string; targetPort: string; podProtocol: string; seen: 'declared' | 'listening'};
  'endpoints-disagree-with-pods': {
    reason: 'missing' | 'gone-pod' | 'not-ready' | 'wrong-address' | 'foreign' | 'mirrored';
    service: string; endpoints: readonly string[]; slices: readonly string[];
  };
  'endpoints-terminating-only': {service: string; endpoints: readonly string[]};
  'endpoints-wrong-ip-family': {service: string; family: 'IPv4' | 'IPv6'; has: 'IPv4' | 'IPv6'; addresses: readonly string[]};
  'service-without-endpoints': {service: string; reason: 'no-slice' | 'port-name' | 'not-ready' | 'pods-unseen'; ports: readonly string[]};
  'external-policy-without-local-endpoint': {service: string; node: string; ways: readonly string[]; with: readonly string[]; behindHealthCheck: boolean};
  'internal-policy-without-local-endpoint': {service: string; node: string; with: readonly string[]};
  'load-balancer-pending': {service: string; class: string | null};
  'headless-service-has-no-vip': {service: string; addresses: readonly string[]};
  'external-name-is-an-address': {service: string; externalName: string};
  'kube-proxy-missing': {
    reason: 'no-daemonset' | 'taint' | 'node-selector' | 'not-scheduled';
    node: string; daemonSet: string | null; detail: string; rules: 'intact' | 'broken' | 'unread';
  };
  'kube-proxy-not-running': {
    /** What its log says of why. */
    said: {readonly cause: ProxyTrouble; readonly detail: string} | null;
    reason: 'crash-loop' | 'pending' | 'image-pull' | 'container-config' | 'not-ready' | 'failed';
    node: string; pod: string; detail: string; rules: 'intact' | 'broken' | 'unread';
  };
  'kube-proxy-replaced': {by: string; detail: string};
  'kube-proxy-config-not-applied': {node: string; pod: string; fields: readonly {readonly field: string; readonly configured: string; readonly running: string}[]};
  'kube-proxy-wrong-cluster-cidr': {clusterCIDR: string; outside: readonly string[]};
  'kube-proxy-cannot-reach-apiserver': {node: string; pod: string; server: string; failure: string; rules: 'intact' | 'broken' | 'unread'};
  /** `never-synced` since its start, `late` with a change that it heard of, `deaf` to changes, `refused` by iptables-restore or nft; `green`: its /healthz says that all is well. */
  'kube-proxy-wrong-node-name': {node: string; name: string; pod: string};
  'kube-proxy-stale': {reason: 'never-synced' | 'late' | 'deaf' | 'refused' | 'hung'; node: string; pod: string; since: string; green: boolean; rules: 'intact' | 'broken' | 'unread'};
  'kube-proxy-mode-not-as-configured': {node: string; configured: 'iptables' | 'nftables' | 'ipvs'; running: 'iptables' | 'nftables' | 'ipvs'; lacksIpvs: boolean};
  'ipvs-module-missing': {node: string; detail: string};
  'rules-never-synced': RuleArgs;
  'rules-hook-missing': RuleArgs & {hooks: readonly string[]; bypassed: boolean};
  'rules-missing-service': RuleArgs;
  'rules-jump-missing': RuleArgs & {chain: string};
  'rules-missing-endpoint': RuleArgs & {endpoints: readonly string[]; chain: string | null; all: boolean};
  'rules-stale-endpoint': RuleArgs & {endpoints: readonly string[]; share: number};
  'rules-wrong-balance': RuleArgs & {starved: readonly string[]; lost: number; shares: Readonly<Record<string, number>>};
  'rules-reject-despite-endpoints': RuleArgs;
  'rules-missing-masquerade': RuleArgs & {reason: 'not-marked' | 'marked'; outside: Share | null; itself: Share | null; host: Share | null};
  /** `kept`: the sender's own address where the node's should be; `hidden`: the other way round. */
  'rules-masquerade-differs': RuleArgs & {how: 'kept' | 'hidden'; clients: readonly ('pod' | 'host' | 'outside')[]; endpoints: readonly string[]};
  'ipvs-address-not-bound': RuleArgs;
  'ipvs-set-incomplete': RuleArgs & {set: string};
  'ipvs-destination-drained': RuleArgs & {endpoints: readonly string[]; all: boolean};
  'rules-left-over-from-mode': RuleArgs & {mode: string; left: readonly string[]; takes: boolean};
  'rules-in-both-backends': RuleArgs & {harmful: boolean};
  'rules-foreign-drop': RuleArgs & {rule: string; table: string; chain: string; with: 'drop' | 'reject'; share: number};
  'forward-policy-drop': RuleArgs & {share: number};
  'load-balancer-source-ranges-exclude-client': RuleArgs;
  /** `from`, `to`: nodes; `pairs` `node1 → node2` of all that lose connections. */
  'pod-network-broken-between-nodes': {reason: 'timed-out' | 'refused' | 'no-route' | 'other'; pairs: readonly string[]; from: readonly string[]; to: readonly string[]; clients: readonly ('pod' | 'node')[]; failure: string; sameNode: boolean};
  'pod-route-missing': {reason: 'none' | 'refused' | 'default' | 'elsewhere'; node: string; addresses: readonly string[]; blocks: readonly {readonly cidr: string; readonly node: string; readonly via: string}[]; pairs: readonly string[]; seen: 'lost' | 'not-asked'};
  'cni-on-wrong-interface': {reason: 'route' | 'annotation'; nodes: readonly {readonly node: string; readonly uses: string; readonly own: string; readonly ownAddress: string}[]; pairs: readonly string[]; seen: 'lost' | 'not-asked'};
  'pod-network-not-set-up': {reason: 'address' | 'route' | 'link'; pod: string; node: string; detail: string};
  'network-plugin-not-running': {reason: 'not-initialised' | 'pod'; node: string; pod: string | null; detail: string};
  'overlay-blocked': {node: string; device: string; kind: string; port: number; with: 'drop' | 'reject'; rule: string; table: string; chain: string; pairs: readonly string[]};
  'pod-network-next-hop-silent': {node: string; gateway: string; device: string; pairs: readonly string[]};
  'ip-forward-off': {node: string; sysctl: string; pairs: readonly string[]};
  'bridge-netfilter-off': {node: string; sysctl: string; bridge: string; absent: boolean; seen: 'lost' | 'not-asked'};
  'rp-filter-strict': {node: string; device: string; sources: readonly string[]; back: string; pairs: readonly string[]; seen: 'lost' | 'not-asked'};
  'mtu-mismatch': {pairs: readonly string[]; bytes: number; mtus: readonly string[]};
  'hairpin-off': {node: string; bridge: string; ports: number; of: number; endpoints: readonly string[]; share: number};
  'interface-down': {node: string; device: string; state: string; pairs: readonly string[]};
  'node-internal-ip-not-local': {reason: 'shared' | 'not-local' | 'loopback'; address: string; nodes: readonly string[]; has: readonly string[]};
  'pod-cidr-overlap': {reason: 'nodes' | 'node-address' | 'node-network'; cidr: string; other: string; nodes: readonly string[]; passes: boolean};
  'service-cidr-overlap': {cidr: string; other: string; what: 'pods' | 'node-network'; nodes: readonly string[]};
  'cidr-not-private': {what: 'pods' | 'services'; cidrs: readonly string[]};
  'pod-cidr-not-assigned': {nodes: readonly string[]};
  'pod-ip-outside-node-cidr': {pods: readonly {readonly pod: string; readonly address: string; readonly node: string}[]; cidrs: readonly string[]};
  'neighbour-table-full': {node: string; entries: number; most: number};
  'app-listens-on-loopback-only': {service: string; port: string; targetPort: number; pods: readonly string[]; address: string};
  'service-target-port-not-listening': {service: string; port: string; targetPort: number; pods: readonly string[]; all: boolean; listening: readonly string[] | null};
  'service-vip-not-answering': {reason: 'refused' | 'no-route' | 'timed-out' | 'other'; service: string; node: string; address: string; clients: readonly ('pod' | 'node')[]; tries: number; ok: number; predicted: number; failure: string};
  'endpoint-not-answering': {reason: 'refused' | 'no-route' | 'timed-out' | 'other'; service: string; port: string; endpoints: readonly string[]; all: boolean; ownNode: boolean; failure: string};
  'apiserver-service-missing': {service: string};
  'apiserver-service-wrong-vip': {address: string; cidr: string; from: string};
  'apiserver-endpoints-stale': {reason: 'dead' | 'missing' | 'none'; addresses: readonly string[]; alive: readonly string[]; share: number};
  'apiserver-advertise-address-unreachable': {reason: 'some-nodes' | 'local-address'; addresses: readonly string[]; from: readonly string[]; answersAt: readonly string[]; share: number; failure: string};
  'apiserver-not-answering': {reason: 'refused' | 'no-route' | 'timed-out' | 'other'; addresses: readonly string[]; from: readonly string[]; failure: string};
  'apiserver-certificate-lacks-vip': {reason: 'address' | 'name' | 'expired' | 'not-yet-valid' | 'issuer'; issuer: string; address: string; missing: readonly string[]; has: readonly string[]; notAfter: string; servers: readonly string[]};
  'apiserver-vip-not-answering': {reason: 'refused' | 'no-route' | 'timed-out' | 'reset' | 'other'; node: string; address: string; clients: readonly ('pod' | 'node')[]; share: number; expected: number; failure: string};
  'pod-cut-off-from-apiserver': {pod: string; container: string; node: string; detail: string};
  'dns-service-missing': {namespace: string; pods: readonly string[]};
  'dns-service-selector-mismatch': {service: string; selector: string; nearest: {readonly pod: string; readonly wrong: readonly {readonly key: string; readonly wanted: string; readonly has: string | null}[]} | null};
  'dns-service-no-endpoints': {service: string; reason: 'no-slice' | 'not-ready' | 'port-name'};
  /** `indexes`: of `ports` in the Service's list; `target`: where it sends them; `listens`: where CoreDNS serves plain DNS, by its Corefile. */
  'dns-service-target-port-wrong': {service: string; ports: readonly string[]; indexes: readonly number[]; target: number; listens: readonly number[]; configMap: string};
  'dns-service-port-missing': {service: string; protocol: 'UDP' | 'TCP'; ports: readonly string[]};
  'coredns-not-deployed': {reason: 'scaled-to-zero' | 'no-pods'; service: string; workload: string | null};
  'coredns-not-running': {
    reason: 'crash-loop' | 'pending' | 'image-pull' | 'oom' | 'evicted' | 'container-config' | 'failed' | 'init' | 'node-lost';
    pods: readonly string[]; detail: string; usable: number; total: number;
  };
  'coredns-no-ready-pod': {reason: 'readiness-probe' | 'readiness-gate' | 'starting' | 'not-ready'; pods: readonly string[]; detail: string; total: number};
  'coredns-pod-not-ready': {reason: 'readiness-probe' | 'readiness-gate' | 'starting' | 'not-ready'; pods: readonly string[]; detail: string; usable: number; total: number};
  'coredns-forwarding-loop': {reason: 'seen' | 'loopback' | 'own-address'; zone: string; target: string; pods: readonly string[]; via: string | null};
  'coredns-corefile-invalid': {configMap: string | null; line: number | null; detail: string; pods: readonly string[]; running: boolean};
  'coredns-rbac-forbidden': {resources: readonly string[]; user: string; pods: readonly string[]};
  'coredns-cannot-reach-apiserver': {reason: 'refused' | 'no-route' | 'timed-out' | 'certificate' | 'no-answer' | 'other'; address: string; pods: readonly string[]; detail: string};
  'coredns-upstream-unreachable': {reason: 'none' | 'all' | 'some'; upstreams: readonly string[]; alive: readonly string[]; pods: readonly string[]; failure: string};
  'coredns-upstream-slow': {upstreams: readonly string[]; ms: number; pods: readonly string[]};
  'coredns-upstreams-disagree': {name: string; answers: Readonly<Record<string, string>>};
  'coredns-pod-not-answering': {pod: string; node: string; from: readonly string[]; answersAt: readonly string[]; failure: string; share: number};
  /** `sysctl`: one that is off at `node`, and alone would do this. `client`: only these clients, all of `node`, lose their queries; `nodes`: whatever goes between `node` and the `others`. */
  'dns-path-broken': {
    reason: 'client' | 'nodes'; node: string; others: readonly string[]; clients: readonly string[]; servers: readonly {readonly name: string; readonly address: string; readonly node: string}[];
    protocols: readonly ('UDP' | 'TCP')[]; failure: string; share: number; sysctl: string | null;
    /** Of the first exchange that got lost: who sends where, there and back. */
    ways: readonly {readonly on: string; readonly to: string; readonly name: string}[];
  };
  'coredns-answers-wrong': {pod: string; name: string; expected: string; got: string};
  /** `no-server`: no server block is for the domain; `no-kubernetes`: the one that is has no plugin kubernetes for it. */
  'coredns-domain-not-served': {reason: 'no-server' | 'no-kubernetes'; domain: string; configMap: string};
  'coredns-plugin-answers-all': {plugin: 'hosts' | 'template'; zones: readonly string[]; type: string; rcode: string; hides: readonly string[]; line: number; configMap: string};
  'coredns-overloaded': {pods: readonly string[]; detail: string};
  'coredns-single-point-of-failure': {reason: 'one-replica' | 'one-node'; node: string; pods: readonly string[]};
  'dns-vip-not-answering': {node: string; service: string; addresses: readonly string[]; clients: readonly ('pod' | 'node')[]; protocols: readonly ('UDP' | 'TCP')[]; failure: string; share: number; expected: number; sysctl: string | null};
  'dns-udp-only-broken': OneProtocol;
  'dns-tcp-only-broken': OneProtocol;
  'dns-answers-slow': {server: string; ms: number; from: readonly string[]};
  'nodelocaldns-not-answering': {node: string; address: string; failure: string; pod: string | null; clients: readonly string[]};
  /** `answered`: whether the nameservers answer at all; null: they were not asked. */
  'resolv-conf-wrong-nameserver': {reason: 'kubelet' | 'dns-config' | 'file'; who: string; nameservers: readonly string[]; wanted: readonly string[]; answered: boolean | null};
  'resolv-conf-missing-search': {who: string; missing: readonly string[]; search: readonly string[]};
  'resolv-conf-cluster-domain-mismatch': {who: string; domain: string; served: readonly string[]; source: 'kubelet' | 'resolv.conf'};
  'resolv-conf-limits-exceeded': {reason: 'nameservers' | 'search'; who: string; cut: readonly string[]; limit: string; by: string};
  'dns-policy-bypasses-cluster-dns': {reason: 'host-network' | 'default'; pod: string; nameservers: readonly string[]};
  'ndots-query-amplification': {name: string; who: string; queries: number; least: number; ndots: number; libc: string};
  'search-domain-wildcard': {who: string; domain: string; answer: string; hijacks: boolean};
  'search-stopped-early': {name: string; who: string; libc: string; candidate: string; rcode: string};
  'lookup-failed': {name: string; who: string; detail: string};
  'name-does-not-exist': {
    /** Why, by the API's objects (model/coredns/no-record.ts); `unknown`: they do not tell, or it is a name of outside. */
    reason: 'unknown' | 'no-data' | 'outside' | 'no-svc-or-pod' | 'no-namespace' | 'namespace-not-exposed' | 'no-service' | 'no-ready-endpoints' | 'no-such-endpoint' | 'no-such-port' | 'endpoints-not-watched' | 'external-name-is-address'
      | 'external-name-loop' | 'external-name-target' | 'pod-records-disabled' | 'not-an-address' | 'no-pod' | 'no-such-address' | 'only-type' | 'no-ports' | 'no-address-here' | 'swapped';
    name: string; who: string; namespace: string | null; service: string | null;
    /** What may be meant: a name that can be typed instead. */
    meant: string | null;
    has: readonly string[];
    target: string | null;
  };
  'external-name-unresolvable': {service: string; externalName: string; rcode: string};
  'network-policy-denies': {
    /** `denied` by what Kubernetes says of policies; else why implementations differ, and packets were lost (model/network-policy.ts). */
    /** What it is about: the DNS Service as any client asks it, or the Service that was asked about. */
    of: 'dns' | 'service';
    reason: 'denied' | 'block-of-pod' | 'selector-of-host-network' | 'namespace-unknown' | 'not-understood';
    direction: 'egress' | 'ingress'; policies: readonly string[]; clients: readonly string[]; servers: readonly string[];
    protocols: readonly ('UDP' | 'TCP' | 'SCTP')[]; port: number;
    /** All of them; `port` is one. */
    ports: readonly {readonly port: number; readonly protocol: 'UDP' | 'TCP' | 'SCTP'}[];
    /** Whether the first policy has rules for this direction; the rule that comes nearest, and what it lacks. */
    hasRules: boolean; nearest: {readonly policy: string; readonly rule: number; readonly lacks: 'protocol' | 'port' | 'peer'} | null;
    /** Whom a rule for DNS must name: the namespace and labels of the servers; null: an address of a node. */
    peer: {readonly namespace: string; readonly labels: Readonly<Record<string, string>>} | null;
    /** Whether what was sent got lost, or passed all the same, or nothing was sent. */
    seen: 'lost' | 'not-asked' | 'passes';
  };
  'conntrack-entry-stale': {
    reason: 'stale' | 'untranslated'; node: string; service: string; address: string; port: number; leadsTo: readonly string[]; clients: readonly string[]; entries: number;
    tables: readonly ('conntrack' | 'ip_vs')[];
  };
  'conntrack-table-full': {node: string; count: number; most: number};
  'permission-missing': {lacked: readonly string[]};
  'node-not-examined': {node: string; why: string};
  'debug-pod-refused': {why: string};
  'windows-node-not-examined': {node: string};
  /** An entry of the suppressions' file: `codes` and `subjects` as they stand there; `expires` its last day, `over` whether that day is. */
  'suppression-unused': {file: string; line: number; codes: string; subjects: string; reason: string; expires: string; over: boolean; partial: boolean};
}

/** Connections to these endpoints, and which part they are of all from such clients. */
interface Share {
  readonly endpoints: readonly string[];
  readonly share: number;
}

/** A server that answers over one protocol and not over the other. */
interface OneProtocol {
  /** `CoreDNS pod kube-system/coredns-1`, `the DNS Service 10.96.0.10`. */
  readonly what: string;
  readonly failure: string;
  readonly from: readonly string[];
}

export interface RuleArgs {
  /** The first of `services`. */
  service: string;
  /** `NAMESPACE/NAME` of each Service that is affected. */
  services: readonly string[];
  node: string;
  /** `10.96.0.1:443/TCP`, each address of the Service that is affected. */
  addresses: readonly string[];
}

export type Code = keyof ArgsOf;
