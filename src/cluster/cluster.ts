import type {Answer} from './answer.ts';
import type {DnsAnswers, DnsAsk, Place} from './dns.ts';
import type {KubeObject} from './objects.ts';
import type {Resource} from './resources.ts';
import type {TcpAnswers, TcpAsk} from './tcp.ts';

/**
 * The one port through which everything is learned from a cluster. Two adapters: live/ and recording/.
 * Nothing here throws for what a cluster may do: each answer is known, or says why it is not.
 * Objects arrive sanitised (sanitise.ts) and lists sorted by namespace and name, so that the same cluster gives the same bytes.
 */
export interface Cluster {
  /** The instant that ages are measured against: the start of the live run, also when it is replayed. */
  readonly now: Date;
  readonly source: Source;
  /** The server's gitVersion, such as `v1.36.3`. */
  version(): Promise<Answer<string>>;
  /** One object; `known: null` says that it does not exist (404). `namespace` is null for cluster-scoped resources. */
  get<T extends KubeObject>(resource: Resource, namespace: string | null, name: string): Promise<Answer<T | null>>;
  list<T extends KubeObject>(query: ListQuery): Promise<Answer<readonly T[]>>;
  /** The last lines of a container's log. */
  log(query: LogQuery): Promise<Answer<string>>;
  /** The raw state of a node's network, gathered in one go (reading.ts). */
  readNode(query: NodeQuery): Promise<Answer<NodeReading>>;
  /** The files at a place that tell how names are resolved there (place-reading.ts). */
  readPlace(place: Place): Promise<Answer<PlaceReading>>;
  /** Asks DNS servers from a place, all at the same time. */
  askDns(place: Place, asks: readonly DnsAsk[]): Promise<DnsAnswers>;
  /** Asks TCP ports from a place, all at the same time: connections, HTTP, TLS certificates. */
  askTcp(place: Place, asks: readonly TcpAsk[]): Promise<TcpAnswers>;
  /** Puts everything back as it was: debug pods deleted, connections closed. Safe to call twice. */
  close(): Promise<void>;
}

export interface Source {
  readonly kind: 'live' | 'recording';
  /** The kubeconfig context's name, `in-cluster`, or what the recording says. */
  readonly context: string;
  /** RFC 3339; only of a recording. */
  readonly recordedAt?: string;
}

export interface ListQuery {
  readonly resource: Resource;
  /** Absent: all namespaces, or a cluster-scoped resource. */
  readonly namespace?: string;
  /** Equality-based only, keys sorted: `a=b,c=d`. */
  readonly labelSelector?: string;
  /** Only `metadata.name=`, `spec.nodeName=`, `involvedObject.name=` and `involvedObject.kind=`, joined by commas. */
  readonly fieldSelector?: string;
}

export interface LogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The log of the container's previous run. */
  readonly previous: boolean;
  readonly lines: number;
}

export interface NodeQuery {
  readonly node: string;
  /** A running kube-proxy container on that node, if there is one: the way in that needs fewer rights. */
  readonly kubeProxy?: {readonly namespace: string; readonly pod: string; readonly container: string; readonly image: string};
  /** Images that are on the nodes already and have the tools, best first. */
  readonly images: readonly string[];
}

export interface NodeReading {
  readonly node: string;
  /** How it was read. */
  readonly via: 'debug-pod' | 'kube-proxy';
  /** Section name (reading.ts) → what came out. */
  readonly sections: Readonly<Record<string, Section>>;
}

export interface PlaceReading {
  /** Section name (place-reading.ts) → what came out. */
  readonly sections: Readonly<Record<string, Section>>;
}

/** What one command, or one file, gave on the node. */
export interface Section {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status; 127: no such tool there. */
  readonly exit: number;
}
