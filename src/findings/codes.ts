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
  'service-protocol-mismatch': {service: string; port: string; protocol: string; targetPort: string; podProtocol: string};
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
    reason: 'crash-loop' | 'pending' | 'image-pull' | 'container-config' | 'not-ready' | 'failed';
    node: string; pod: string; detail: string; rules: 'intact' | 'broken' | 'unread';
  };
  'kube-proxy-replaced': {by: string; detail: string};
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
  'permission-missing': {lacked: readonly string[]};
  'node-not-examined': {node: string; why: string};
  'debug-pod-refused': {why: string};
  'windows-node-not-examined': {node: string};
}

/** Connections to these endpoints, and which part they are of all from such clients. */
interface Share {
  readonly endpoints: readonly string[];
  readonly share: number;
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
