/**
 * The parts of Kubernetes objects that kdiag reads, as they stand in the API's JSON (timestamps are RFC 3339 strings).
 * Anything may be absent: an API server leaves out what is empty. Fields not named here survive in recordings.
 */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Metadata;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly ownerReferences?: readonly {readonly kind: string; readonly name: string; readonly controller?: boolean}[];
}

export type Labels = Readonly<Record<string, string>>;
export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type TrafficPolicy = 'Cluster' | 'Local';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Service extends KubeObject {
  readonly spec: {
    readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly externalIPs?: readonly string[];
    readonly externalName?: string;
    readonly externalTrafficPolicy?: TrafficPolicy;
    readonly internalTrafficPolicy?: TrafficPolicy;
    readonly trafficDistribution?: string;
    readonly healthCheckNodePort?: number;
    readonly loadBalancerClass?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly allocateLoadBalancerNodePorts?: boolean;
    readonly ports?: readonly ServicePort[];
    readonly publishNotReadyAddresses?: boolean;
    readonly selector?: Labels;
    readonly sessionAffinity?: 'None' | 'ClientIP';
  };
  readonly status?: {readonly loadBalancer?: {readonly ingress?: readonly {readonly ip?: string; readonly hostname?: string; readonly ipMode?: 'VIP' | 'Proxy'}[]}};
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: Protocol;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly appProtocol?: string;
}

export interface EndpointSlice extends KubeObject {
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints?: readonly SliceEndpoint[] | null;
  readonly ports?: readonly {readonly name?: string | null; readonly port?: number | null; readonly protocol?: Protocol}[] | null;
}

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  readonly conditions?: {readonly ready?: boolean | null; readonly serving?: boolean | null; readonly terminating?: boolean | null};
  readonly nodeName?: string;
  readonly hostname?: string; // what this endpoint's name begins with
  readonly zone?: string;
  readonly hints?: {readonly forZones?: readonly {readonly name: string}[]; readonly forNodes?: readonly {readonly name: string}[]};
  readonly targetRef?: {readonly kind?: string; readonly namespace?: string; readonly name?: string; readonly uid?: string};
}

export interface Pod extends KubeObject {
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    readonly reason?: string;
    readonly message?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly {readonly ip: string}[];
    readonly hostIP?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly hostNetwork?: boolean;
  readonly dnsPolicy?: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None';
  readonly dnsConfig?: {readonly nameservers?: readonly string[]; readonly searches?: readonly string[]; readonly options?: readonly {readonly name?: string; readonly value?: string}[]};
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly volumes?: readonly {readonly name: string; readonly configMap?: {readonly name?: string; readonly items?: readonly {readonly key: string; readonly path: string}[]}}[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly nodeSelector?: Labels;
  readonly affinity?: {readonly nodeAffinity?: {readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector}};
  readonly tolerations?: readonly Toleration[];
  readonly readinessGates?: readonly {readonly conditionType: string}[];
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  /** Only of the cluster's own components: see sanitise.ts. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports?: readonly {readonly name?: string; readonly containerPort: number; readonly protocol?: Protocol}[];
  readonly readinessProbe?: Probe;
  /** `Always` on an init container makes it a sidecar (KEP-753). */
  readonly restartPolicy?: string;
}

export interface Probe {
  readonly httpGet?: {readonly path?: string; readonly port: number | string; readonly scheme?: string; readonly host?: string};
  readonly tcpSocket?: {readonly port: number | string; readonly host?: string};
  readonly grpc?: {readonly port: number; readonly service?: string};
  readonly exec?: {readonly command?: readonly string[]};
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount?: number;
  readonly image?: string;
  readonly imageID?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerState {
  readonly running?: {readonly startedAt?: string};
  readonly waiting?: {readonly reason?: string; readonly message?: string};
  readonly terminated?: {readonly exitCode: number; readonly signal?: number; readonly reason?: string; readonly message?: string; readonly startedAt?: string; readonly finishedAt?: string};
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: 'Exists' | 'Equal' | 'Lt' | 'Gt';
  readonly value?: string;
  readonly effect?: string;
}

export interface NodeSelector {
  readonly nodeSelectorTerms: readonly NodeSelectorTerm[];
}
export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeSelectorRequirement[];
  readonly matchFields?: readonly NodeSelectorRequirement[];
}
export interface NodeSelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values?: readonly string[];
}

export interface Node extends KubeObject {
  readonly spec?: {readonly podCIDR?: string; readonly podCIDRs?: readonly string[]; readonly taints?: readonly Taint[]; readonly unschedulable?: boolean; readonly providerID?: string};
  readonly status?: {
    readonly addresses?: readonly {readonly type: string; readonly address: string}[];
    readonly conditions?: readonly Condition[]; readonly images?: readonly {readonly names?: readonly string[] | null}[] | null;
    readonly nodeInfo?: {readonly kubeletVersion?: string; readonly operatingSystem?: string; readonly architecture?: string; readonly kernelVersion?: string; readonly containerRuntimeVersion?: string; readonly osImage?: string};
  };
}

/** A Deployment, StatefulSet or DaemonSet: what makes pods from a template. */
export interface Workload extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: {readonly matchLabels?: Labels};
    readonly template: {readonly metadata?: {readonly labels?: Labels}; readonly spec: PodSpec};
  };
  readonly status?: {
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly currentNumberScheduled?: number;
    readonly numberReady?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** networking.k8s.io/v1. Peers, ports and rules may be absent or empty, which mean different things at different places: see model/network-policy.ts. */
export interface NetworkPolicy extends KubeObject {
  readonly spec?: {
    readonly podSelector?: LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly {readonly ports?: readonly PolicyPort[]; readonly from?: readonly PolicyPeer[]}[];
    readonly egress?: readonly {readonly ports?: readonly PolicyPort[]; readonly to?: readonly PolicyPeer[]}[];
  };
}

export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {readonly key: string; readonly operator: string; readonly values?: readonly string[]}[];
}

export interface PolicyPort {
  readonly protocol?: Protocol;
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface PolicyPeer {
  readonly podSelector?: LabelSelector; readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: {readonly cidr: string; readonly except?: readonly string[]};
}

/** networking.k8s.io/v1 (KEP-1880): where ClusterIPs come from. */
export type ServiceCIDR = KubeObject & {readonly spec?: {readonly cidrs?: readonly string[]}};

export interface ClusterRole extends KubeObject {
  readonly rules?: readonly {readonly apiGroups?: readonly string[]; readonly resources?: readonly string[]; readonly verbs?: readonly string[]}[] | null;
}

export interface ConfigMap extends KubeObject {
  readonly data?: Labels;
}

export interface Event extends KubeObject {
  readonly involvedObject: {readonly kind?: string; readonly name?: string; readonly namespace?: string};
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null; readonly lastTimestamp?: string | null; readonly eventTime?: string | null;
}
