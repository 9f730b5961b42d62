import type {Answer, Unknown} from '../cluster/answer.ts';
import type {Cluster, NodeReading} from '../cluster/cluster.ts';
import type {ClusterRole, EndpointSlice, Event, Node, Pod, Service, ServicePort, Workload} from '../cluster/objects.ts';
import type {Comparison} from '../model/comparison.ts';
import type {World} from '../model/network-policy.ts';
import type {NodeFlows} from '../model/node-flows.ts';
import type {NetworkCell} from '../model/network/asked.ts';
import type {Loss} from '../model/network/losses.ts';
import type {NodeNetwork} from '../model/network/node-network.ts';
import type {PodView} from '../model/network/pod-view.ts';
import type {NodeRules} from '../model/node-rules.ts';
import type {CoreDnsConfig} from '../model/coredns/config.ts';
import type {RecordAnswer} from '../model/coredns/records.ts';
import type {Cell} from '../model/dns/heard.ts';
import type {ServerLog} from '../model/dns/server-logs.ts';
import type {DnsPlace} from '../model/dns/place.ts';
import type {Resolver} from '../model/dns/resolver.ts';
import type {Upstream} from '../model/dns/upstreams.ts';
import type {Listener} from '../parse/proc-sockets.ts';
import type {ApiServer} from '../model/apiserver/api-servers.ts';
import type {ApiCell} from '../model/apiserver/questions.ts';
import type {ProxyReport} from '../model/proxy-report.ts';
import type {TcpAsked, TlsCertificate} from '../cluster/tcp.ts';
import type {Proxies} from '../model/proxy.ts';

/** Everything that checks can know, by name. A fact that is not here cannot be needed; one file of this folder learns each. */
export interface Facts {
  /** What was asked, as the command line said it; unknown when no single Service was asked about. */
  target: ServiceTarget;
  /** The instant that ages are measured against. */
  now: Date;
  /** Null: the Service does not exist. */
  service: Service | null;
  /** When the Service does not exist: those of its namespace, and those of its name elsewhere. Else empty. */
  similarServices: readonly Service[];
  /** The Services that the question is about, by namespace and name, with what the API says of each; none: it does not exist. */
  services: readonly AskedService[];
  /** The Service's EndpointSlices. */
  slices: readonly EndpointSlice[];
  /** The pods that the Service selects; none for a Service without selector. */
  pods: readonly Pod[];
  /** When the selector matches nothing: the namespace's pods, to find what was meant. Else empty. */
  namespacePods: readonly Pod[];
  /** When the selector matches nothing: workloads whose pods it would match. Else empty. */
  workloads: readonly Workload[];
  /** Events of the selected pods that are not ready, newest last. */
  podEvents: readonly Event[];
  /** The last log lines of selected pods that crash, by pod. */
  podLogs: Readonly<Record<string, string>>;
  nodes: readonly Node[];
  /** Those whose rules count for this question: all that run Linux, or the one of --from. */
  examinedNodes: readonly Node[];
  /** Nodes that the question is about as well, and that kdiag cannot examine. */
  windowsNodes: readonly Node[];
  /** The pod of --from; null when none was named. */
  client: Pod | null;
  /** The pods of kube-system. */
  systemPods: readonly Pod[];
  proxies: Proxies;
  /** The last log lines of each kube-proxy that does not run, by node. */
  proxyLogs: Readonly<Record<string, string>>;
  /** What each examined node said of itself, or why it could not be read. */
  nodeReadings: ReadonlyMap<string, Answer<NodeReading>>;
  /** Each examined node's own rules, or why they could not be read. */
  nodeRules: ReadonlyMap<string, Answer<NodeRules>>;
  /** Each examined node's rules against what the API asks of them; unknown where they were not read or not understood. */
  comparisons: ReadonlyMap<string, Answer<readonly Comparison[]>>;
  /** Of questions about DNS only, as all that follow. Null: there is none. */
  dnsService: Service | null;
  /** What was asked. */
  dnsTarget: DnsTarget;
  /** The pods that answer DNS. */
  dnsPods: readonly Pod[];
  dnsLogs: readonly ServerLog[];
  /** CoreDNS's role, under its usual name; null: there is none of that name. */
  dnsRole: ClusterRole | null;
  /** default/kubernetes, whose name always exists. */
  apiService: Service | null;
  /** What each running kube-proxy says of itself. */
  proxyReports: ReadonlyMap<string, Answer<ProxyReport>>;
  /** Whether each node reaches the API server that its kube-proxy's ConfigMap names. */
  proxyServers: ReadonlyMap<string, Answer<TcpAsked>>;
  /** The pods of network plug-ins that kdiag knows by name. */
  pluginPods: readonly Pod[];
  /** The network of the pod of --from. */
  podView: PodView;
  /** Each examined node's interfaces, routes and settings. */
  networks: ReadonlyMap<string, Answer<NodeNetwork>>;
  /** What each place heard from the Service's ClusterIP and its endpoints, or from pods on the other nodes. */
  networkAnswers: readonly NetworkCell[];
  /** What of that was lost, from which node to which, and what the nodes say that may be the cause. */
  networkLosses: readonly Loss[];
  /** Of all Services that are asked about, by `NAMESPACE/NAME`: what a node heard from the endpoints on it. */
  endpointAnswers: ReadonlyMap<string, readonly NetworkCell[]>;
  /** Of pods whose port nobody could connect to: what listens in their network, or why that is not known. By `NAMESPACE/NAME`. */
  endpointSockets: ReadonlyMap<string, Answer<readonly Listener[]>>;
  /** Each examined node, or of a Service some of them, and an ordinary pod on each: where clients ask from. */
  clientPlaces: readonly DnsPlace[];
  /** API servers that run as pods. */
  apiServers: readonly ApiServer[];
  /** The certificates that pods trust when they ask the API server: ConfigMap kube-root-ca.crt. */
  clusterCa: readonly TlsCertificate[];
  /** Where ClusterIPs come from, and what says so; none: nothing does. */
  serviceCidrs: {readonly cidrs: readonly string[]; readonly from: string};
  /** What each place heard from the API server's addresses. */
  apiAnswers: readonly ApiCell[];
  /** Pods that are in trouble on nodes where the API server's Service address does not answer, with the lines of their logs that say so. */
  cutOffPods: readonly {readonly pod: Pod; readonly node: string; readonly container: string; readonly complaints: readonly string[]; readonly lacking: Unknown | null}[];
  /** Where DNS is asked from. */
  dnsPlaces: readonly DnsPlace[];
  /** How names are resolved at each place of a client. */
  resolvers: readonly Resolver[];
  /** `text` null: the ConfigMap, or its key, does not exist. */
  corefile: {readonly configMap: string; readonly text: string | null; readonly config: CoreDnsConfig | null};
  /** The domain that CoreDNS serves; `cluster.local` where nothing says. */
  clusterDomain: string;
  /** Where each CoreDNS pod forwards to, as addresses. */
  upstreams: readonly Upstream[];
  /** Each examined node's DNS flows, as it remembers them; empty where something else than kube-proxy handles Services. */
  conntrack: ReadonlyMap<string, Answer<NodeFlows>>;
  /** The network policies of the namespaces of the clients and of the DNS pods, and these namespaces' labels. */
  policies: World;
  /** The network policies of the namespaces of the Service's pods and of those who ask, and these namespaces' labels. */
  servicePolicies: World;
  /** Of a name that was asked for and not found: what each of its candidates should have been answered, by the API. */
  nameRecords: readonly {readonly name: string; readonly answer: RecordAnswer}[];
  /** What each place heard from each server. */
  dnsAnswers: readonly Cell[];
}

export type FactName = keyof Facts;

/** What was learned, by name. */
export type Learned = {readonly [N in FactName]?: Answer<Facts[N]>};

/** One Service, from everywhere or from one place; or all Services, as one node serves them. */
export type Target = ServiceTarget | NodeTarget | PodTarget | DnsTarget | ApiServerTarget | NodesTarget;

export interface ServiceTarget {
  readonly kind: 'service';
  readonly namespace: string;
  readonly service: string;
  /** The port's number or name, as asked; null: all of them. */
  readonly port: string | null;
  readonly from: {readonly kind: 'node'; readonly name: string} | {readonly kind: 'pod'; readonly namespace: string; readonly name: string} | null;
}

export interface NodeTarget {
  readonly kind: 'node';
  readonly from: {readonly kind: 'node'; readonly name: string};
}

/** One pod's own network. */
export interface PodTarget {
  readonly kind: 'pod';
  readonly from: {readonly kind: 'pod'; readonly namespace: string; readonly name: string};
}

/** All Services, as each node serves them. */
export interface NodesTarget {
  readonly kind: 'nodes';
  readonly from: null;
  /** Names of the nodes that are examined; absent: all. */
  readonly among?: readonly string[];
  /** Absent: all Services. */
  readonly within?: ServiceScope;
}

/** Some Services of a cluster. */
export interface ServiceScope {
  /** Empty: all. */
  readonly namespaces: readonly string[];
  readonly labelSelector: string | null;
}

/** The way from nodes and pods to the API server, by its Service. */
export interface ApiServerTarget {
  readonly kind: 'apiserver';
  /** Of pods that are looked from, if there are any. */
  readonly namespace: string;
  readonly from: ServiceTarget['from'];
  /** Names of the nodes that are examined; absent: all. */
  readonly among?: readonly string[];
}

/** The way from a client to the answer for a name. */
export interface DnsTarget {
  readonly kind: 'dns';
  /** Where a name without a place of its own is looked up from: the namespace of `from`, or the context's. */
  readonly namespace: string;
  /** As a program would write it: it goes through the client's search list. Null: the cluster's own usual names. */
  readonly name: string | null;
  /** Null: addresses, both families. */
  readonly type: string | null;
  readonly from: ServiceTarget['from'];
  /** How often each server is asked. */
  readonly tries: number;
  /** Names of the nodes that are asked from; absent: all. */
  readonly among?: readonly string[];
}

export interface AskedService {
  readonly service: Service;
  /** Those of its ports that were asked for. */
  readonly ports: readonly ServicePort[];
  readonly slices: readonly EndpointSlice[];
}

/** What a fact is learned with. `need` gives another fact, or ends this one with the same reason if that is unknown. */
export interface Learning {
  readonly cluster: Cluster;
  readonly target: Target;
  need<N extends FactName>(name: N): Promise<Facts[N]>;
  /** The one Service that was asked about; ends this fact as not asked for when it was not one. */
  one(): Promise<ServiceTarget>;
  /** The value of an answer, or the end of this fact with its reason. */
  take<T>(answer: Promise<Answer<T>> | Answer<T>): Promise<T>;
  /** Another fact that this one can do without. */
  try<N extends FactName>(name: N): Promise<Answer<Facts[N]>>;
}

export type Learn<N extends FactName> = (learning: Learning) => Promise<Facts[N]>;
