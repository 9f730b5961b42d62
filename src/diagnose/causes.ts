import type {Code} from '../findings/codes.ts';
import type {Finding} from '../findings/finding.ts';

/** One kind of finding that causes others. */
interface Cause {
  readonly cause: readonly Code[];
  readonly effects: readonly Code[];
  /** `subject`: only of the same subject (the same node); `node`: on a node that the cause is about; `any`: wherever they are. */
  readonly where: 'subject' | 'node' | 'any';
  /** Of `any`: also in answers to other questions about the same cluster. */
  readonly beyond?: true;
}

const everyRule: readonly Code[] = [
  'rules-never-synced', 'rules-hook-missing', 'rules-missing-service', 'rules-jump-missing', 'rules-missing-endpoint', 'rules-stale-endpoint',
  'rules-wrong-balance', 'rules-reject-despite-endpoints', 'rules-missing-masquerade', 'rules-masquerade-differs', 'ipvs-address-not-bound', 'ipvs-set-incomplete', 'ipvs-destination-drained',
];

/** What is asked and not answered: everything upstream of it explains it. */
const silences: readonly Code[] = ['dns-vip-not-answering', 'dns-udp-only-broken', 'dns-tcp-only-broken', 'dns-answers-slow', 'coredns-answers-wrong', 'lookup-failed', 'name-does-not-exist', 'search-stopped-early', 'external-name-unresolvable'];
const serverless: readonly Code[] = ['dns-service-missing', 'dns-service-selector-mismatch', 'dns-service-no-endpoints', 'coredns-not-deployed', 'coredns-not-running', 'coredns-no-ready-pod'];

/** What one node, or the way between two, does to packets for pods. */
const networkFaults: readonly Code[] = ['pod-network-broken-between-nodes', 'pod-route-missing', 'cni-on-wrong-interface', 'pod-network-next-hop-silent', 'ip-forward-off', 'rp-filter-strict', 'interface-down', 'overlay-blocked'];

/** What follows from what. A finding that another one causes is folded under it and is no root cause. */
const causes: readonly Cause[] = [
  {cause: ['ipvs-module-missing'], effects: ['kube-proxy-not-running', ...everyRule], where: 'subject'},
  {cause: ['ipvs-set-incomplete'], effects: ['rules-missing-masquerade'], where: 'subject'},
  {cause: ['rules-left-over-from-mode'], effects: ['rules-stale-endpoint', 'rules-missing-endpoint', 'rules-wrong-balance'], where: 'subject'},
  {cause: ['kube-proxy-missing', 'kube-proxy-not-running'], effects: [...everyRule, 'kube-proxy-cannot-reach-apiserver', 'kube-proxy-stale'], where: 'subject'},
  {cause: ['kube-proxy-cannot-reach-apiserver', 'kube-proxy-stale', 'kube-proxy-wrong-node-name'], effects: everyRule, where: 'subject'},
  {cause: ['kube-proxy-cannot-reach-apiserver'], effects: ['kube-proxy-stale'], where: 'subject'},
  {cause: ['kube-proxy-config-not-applied'], effects: ['kube-proxy-mode-not-as-configured'], where: 'subject'},
  {cause: ['kube-proxy-cannot-reach-apiserver'], effects: ['kube-proxy-config-not-applied'], where: 'any'}, // one ConfigMap: who was started since reads what is wrong in it
  {cause: ['kube-proxy-wrong-cluster-cidr'], effects: ['rules-masquerade-differs', 'rules-missing-masquerade'], where: 'any'},
  {cause: ['rules-never-synced', 'rules-hook-missing'], effects: everyRule.filter(code => code !== 'rules-never-synced' && code !== 'rules-hook-missing'), where: 'subject'},
  {cause: ['rules-in-both-backends'], effects: ['rules-stale-endpoint', 'rules-missing-endpoint', 'rules-wrong-balance'], where: 'subject'},
  {cause: ['rules-reject-despite-endpoints'], effects: ['rules-missing-service'], where: 'subject'},
  {cause: ['rules-stale-endpoint'], effects: ['rules-missing-endpoint'], where: 'subject'},
  {cause: ['service-target-port-unresolved', 'service-protocol-mismatch', 'service-pods-not-running', 'service-pods-not-ready'], effects: ['endpoints-disagree-with-pods', 'endpoints-terminating-only'], where: 'any'},
  {cause: ['service-pods-not-running'], effects: ['service-pods-not-ready'], where: 'any'},
  {cause: everyRule, effects: ['dns-vip-not-answering', 'dns-udp-only-broken', 'dns-tcp-only-broken'], where: 'subject'},
  {cause: ['kube-proxy-missing', 'kube-proxy-not-running', 'rules-in-both-backends', 'rules-left-over-from-mode'], effects: silences, where: 'subject'},
  {cause: ['rules-foreign-drop', 'forward-policy-drop', 'internal-policy-without-local-endpoint'], effects: [...silences, 'coredns-pod-not-answering', 'dns-path-broken'], where: 'any'},
  {cause: ['coredns-plugin-answers-all', 'coredns-domain-not-served', 'coredns-forwarding-loop', 'coredns-corefile-invalid', 'coredns-rbac-forbidden', 'coredns-cannot-reach-apiserver'], effects: ['coredns-not-running', 'coredns-no-ready-pod', 'coredns-pod-not-ready', 'coredns-answers-wrong', 'dns-service-no-endpoints', ...silences], where: 'any'},
  {cause: ['coredns-not-running', 'coredns-no-ready-pod', 'coredns-not-deployed', 'dns-service-selector-mismatch', 'dns-service-missing', 'service-target-port-unresolved'], effects: ['dns-service-no-endpoints', 'coredns-upstream-unreachable', 'endpoints-disagree-with-pods', ...silences], where: 'any'},
  {cause: ['dns-service-no-endpoints'], effects: ['endpoints-disagree-with-pods'], where: 'any'},
  {cause: ['resolv-conf-limits-exceeded'], effects: ['lookup-failed', 'name-does-not-exist', 'search-stopped-early'], where: 'subject'},
  {cause: ['dns-service-port-missing', 'dns-service-target-port-wrong', ...serverless, 'coredns-pod-not-answering', 'dns-path-broken'], effects: silences, where: 'any'},
  {cause: ['resolv-conf-cluster-domain-mismatch', 'resolv-conf-wrong-nameserver', 'dns-policy-bypasses-cluster-dns', 'resolv-conf-missing-search', 'nodelocaldns-not-answering'], effects: ['lookup-failed', 'name-does-not-exist', 'search-stopped-early'], where: 'any'},
  {cause: ['coredns-upstream-unreachable', 'coredns-upstream-slow'], effects: ['lookup-failed', 'name-does-not-exist', 'search-stopped-early', 'external-name-unresolvable'], where: 'any'},
  {cause: ['dns-vip-not-answering', 'dns-udp-only-broken', 'dns-tcp-only-broken', 'coredns-answers-wrong'], effects: ['lookup-failed', 'name-does-not-exist', 'search-stopped-early'], where: 'any'},
  {cause: ['search-domain-wildcard'], effects: ['lookup-failed', 'name-does-not-exist', 'search-stopped-early'], where: 'any'},
  {cause: ['endpoints-disagree-with-pods'], effects: silences, where: 'any'},
  {cause: ['dns-path-broken'], effects: ['coredns-upstream-unreachable'], where: 'any'},
  {cause: ['network-policy-denies'], effects: [...silences, 'coredns-pod-not-answering', 'dns-path-broken', 'nodelocaldns-not-answering'], where: 'any'},
  {cause: ['conntrack-entry-stale', 'conntrack-table-full'], effects: [...silences, 'coredns-pod-not-answering', 'dns-path-broken'], where: 'subject'},
  {cause: ['kube-proxy-missing', 'kube-proxy-not-running', 'ipvs-module-missing', ...everyRule], effects: ['conntrack-entry-stale'], where: 'subject'},
  {cause: [...serverless, 'dns-service-port-missing', 'dns-service-target-port-wrong', 'coredns-corefile-invalid', 'coredns-forwarding-loop'], effects: ['conntrack-entry-stale'], where: 'any'},
  {cause: [...everyRule, 'kube-proxy-missing', 'kube-proxy-not-running', 'rules-in-both-backends', 'rules-left-over-from-mode'], effects: ['apiserver-vip-not-answering'], where: 'subject'},
  {cause: ['rules-foreign-drop', 'forward-policy-drop', 'apiserver-service-missing', 'apiserver-endpoints-stale', 'apiserver-not-answering', 'apiserver-advertise-address-unreachable'], effects: ['apiserver-vip-not-answering'], where: 'any'},
  {cause: ['apiserver-not-answering', 'apiserver-advertise-address-unreachable'], effects: ['kube-proxy-cannot-reach-apiserver'], where: 'any'},
  {cause: [...everyRule, 'kube-proxy-missing', 'kube-proxy-not-running', 'rules-in-both-backends', 'rules-left-over-from-mode', 'rules-foreign-drop', 'forward-policy-drop', 'apiserver-vip-not-answering'], effects: ['pod-cut-off-from-apiserver', 'coredns-cannot-reach-apiserver'], where: 'node'},
  {cause: [...everyRule, 'kube-proxy-missing', 'kube-proxy-not-running', 'rules-in-both-backends', 'rules-left-over-from-mode', 'bridge-netfilter-off', 'hairpin-off', 'conntrack-table-full', 'neighbour-table-full'], effects: ['service-vip-not-answering'], where: 'subject'},
  {cause: [...networkFaults, 'node-internal-ip-not-local', 'pod-cidr-overlap', 'pod-ip-outside-node-cidr', 'mtu-mismatch'], effects: [...silences, 'coredns-pod-not-answering', 'dns-path-broken', 'coredns-upstream-unreachable', 'coredns-cannot-reach-apiserver', 'apiserver-vip-not-answering', 'pod-cut-off-from-apiserver'], where: 'any'},
  {cause: networkFaults.filter(code => code !== 'pod-network-broken-between-nodes'), effects: ['apiserver-advertise-address-unreachable'], where: 'any'},
  {cause: ['apiserver-advertise-address-unreachable', 'apiserver-not-answering', 'apiserver-endpoints-stale'], effects: ['pod-network-broken-between-nodes', 'mtu-mismatch'], where: 'any'},
  {cause: ['bridge-netfilter-off'], effects: ['dns-vip-not-answering', 'dns-udp-only-broken', 'dns-tcp-only-broken', 'dns-path-broken', 'lookup-failed'], where: 'any'},
  {cause: ['network-plugin-not-running'], effects: [...networkFaults, 'pod-ip-outside-node-cidr'], where: 'node'},
  {cause: ['network-plugin-not-running'], effects: ['coredns-not-running', 'coredns-no-ready-pod', 'service-pods-not-running'], where: 'any', beyond: true},
  {cause: ['pod-cidr-not-assigned'], effects: ['network-plugin-not-running'], where: 'any'},
  {cause: ['overlay-blocked'], effects: ['pod-network-broken-between-nodes', 'pod-network-next-hop-silent', 'endpoint-not-answering', 'service-vip-not-answering', 'mtu-mismatch'], where: 'node'},
  {cause: ['rules-foreign-drop', 'forward-policy-drop'], effects: ['pod-network-broken-between-nodes', 'pod-network-next-hop-silent', 'endpoint-not-answering', 'service-vip-not-answering', 'mtu-mismatch'], where: 'node'},
  {cause: ['network-policy-denies', 'internal-policy-without-local-endpoint'], effects: ['service-vip-not-answering'], where: 'any'}, // what endpoints lose is in the prediction
  {cause: ['node-internal-ip-not-local', 'pod-cidr-overlap', 'pod-cidr-not-assigned', 'pod-ip-outside-node-cidr'], effects: [...networkFaults, 'endpoint-not-answering', 'service-vip-not-answering'], where: 'node'},
  {cause: ['conntrack-table-full', 'neighbour-table-full'], effects: ['pod-network-broken-between-nodes', 'pod-network-next-hop-silent', 'endpoint-not-answering'], where: 'node'},
  {cause: ['network-policy-denies'], effects: ['pod-network-broken-between-nodes', 'endpoint-not-answering'], where: 'any'},
  {cause: ['endpoints-disagree-with-pods', 'service-pods-not-running', 'service-pods-not-ready', 'endpoints-terminating-only', 'service-protocol-mismatch', 'service-target-port-unresolved'], effects: ['endpoint-not-answering', 'service-target-port-not-listening', 'service-vip-not-answering'], where: 'any'},
  {cause: ['ip-forward-off', 'pod-route-missing', 'cni-on-wrong-interface', 'rp-filter-strict', 'interface-down', 'overlay-blocked'], effects: ['pod-network-broken-between-nodes', 'pod-network-next-hop-silent', 'mtu-mismatch'], where: 'any'},
  {cause: ['debug-pod-refused', 'permission-missing'], effects: ['node-not-examined'], where: 'any', beyond: true},
];

/** Whether two findings are about the same matter. */
export type Together = (a: Finding, b: Finding) => boolean;

/** Finding → the findings that it causes directly. A lesser finding never explains an error away. */
export function effectsOf(finding: Finding, all: readonly Finding[], level: (finding: Finding) => number, together: Together = () => true): Finding[] {
  const rules = causes.filter(({cause}) => cause.includes(finding.code));
  if (rules.length === 0) return [];
  return all.filter(other => other !== finding && level(other) >= level(finding) && rules.some(({effects, where, beyond = false}) => effects.includes(other.code)
    && ((where === 'any' && (beyond || together(finding, other))) || sameSubject(finding, other) || (where === 'node' && isOn(finding, other)))));
}

/** Of a cause that is about several nodes, one of them. */
function isOn({subject, nodes: several = []}: Finding, {subject: other, nodes = []}: Finding): boolean {
  const where = subject.kind === 'Node' ? [subject.name] : several;
  return [...nodes, ...(other.kind === 'Node' ? [other.name] : [])].some(node => where.includes(node));
}

function sameSubject(a: Finding, b: Finding): boolean {
  return a.subject.kind === b.subject.kind && a.subject.namespace === b.subject.namespace && a.subject.name === b.subject.name;
}
