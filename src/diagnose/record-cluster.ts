import {type Answer, isKnown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {ConfigMap, KubeObject, Node, Pod, Service, Workload} from '../cluster/objects.ts';
import type {Resource} from '../cluster/resources.ts';
import type {FactName} from '../facts/facts.ts';
import {queryFor} from '../facts/node-rules.ts';
import {stateOf} from '../model/pods.ts';
import {configMapsOf} from '../model/proxy-config.ts';
import {proxiesOf} from '../model/proxy.ts';
import {recordApiserver} from './record-apiserver.ts';
import {recordNetwork} from './record-network.ts';
import {recordDns} from './record-dns.ts';

export interface Scope {
  /** Empty: all. */
  readonly namespaces: readonly string[];
  readonly allNodes: boolean;
  /** What a question about name resolution needs to know. */
  readonly dnsFacts: readonly FactName[];
  /** What one about the way to the API server needs. */
  readonly apiserverFacts: readonly FactName[];
  /** What one about the pod network needs. */
  readonly networkFacts: readonly FactName[];
}

export interface Told {
  readonly objects: number;
  readonly nodes: number;
  readonly allNodes: number;
  /** What was asked for and not given, a sentence each. */
  readonly lacking: readonly string[];
  /** Why there is nothing worth a file; null: there is. */
  readonly nothing: string | null;
}

const namespaced: readonly Resource[] = ['services', 'endpointslices', 'pods', 'events', 'deployments', 'statefulsets', 'daemonsets', 'networkpolicies'];
/** Where the cluster's own parts live: always recorded. */
const system = 'kube-system';
/** Nodes read unless all are asked for. */
const sample = 20;
const logLines = 200;

/** Asks a cluster, which remembers what it is asked (Recorder), for everything that the commands may want to know. */
export async function recordCluster(cluster: Cluster, scope: Scope, onProgress: (text: string) => void): Promise<Told> {
  const lacking = new Set<string>();
  let objects = 0;
  const ask = async <T extends KubeObject>(answer: Promise<Answer<readonly T[]>>): Promise<readonly T[]> => {
    const got = await answer;
    if (!isKnown(got)) lacking.add(got.unknown.detail);
    else objects += got.known.length;
    return isKnown(got) ? got.known : [];
  };
  const places: (string | undefined)[] = scope.namespaces.length === 0 ? [undefined] : [...new Set([...scope.namespaces, system])];
  onProgress('recording objects');
  const [version, nodes] = await Promise.all([cluster.version(), ask(cluster.list<Node>({resource: 'nodes'})), ask(cluster.list({resource: 'namespaces'})),
    ...places.flatMap(namespace => namespaced.map(resource => ask(cluster.list({resource, ...(namespace === undefined ? {} : {namespace})})))),
    ...configMaps.map(name => cluster.get<ConfigMap>('configmaps', system, name))]);

  const [pods, sets] = await Promise.all([cluster.list<Pod>({resource: 'pods', namespace: system}), cluster.list<Workload>({resource: 'daemonsets', namespace: system})]);
  const proxies = proxiesOf(isKnown(pods) ? pods.known : [], isKnown(sets) ? sets.known : [], nodes, [], null);
  const settings = new Set([...proxies.pods.values()].flat().flatMap(({pod}) => configMapsOf(pod)));
  await Promise.all([...settings].map(name => cluster.get<ConfigMap>('configmaps', system, name)));
  const linux = nodes.filter(node => node.status?.nodeInfo?.operatingSystem !== 'windows');
  const chosen = scope.allNodes ? linux : linux.slice(0, sample);
  onProgress(`reading ${chosen.length} nodes`);
  const read = await Promise.all(chosen.map(async node => {
    const reading = await cluster.readNode(queryFor(node, proxies));
    if (!isKnown(reading)) lacking.add(`${node.metadata.name}: ${reading.unknown.detail}`);
    return [node.metadata.name, reading] as const;
  }));
  await Promise.all([...proxies.pods.values()].flat().flatMap(({pod, container}) => [false, ...(stateOf(pod).state === 'ready' ? [] : [true])].map(previous =>
    cluster.log({namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container: container.name, previous, lines: logLines}))));
  onProgress(`asking DNS servers, the API server and endpoints from ${chosen.length} nodes`);
  const within = {nodes: chosen, readings: new Map(read), namespaces: scope.namespaces};
  for (const line of await recordDns(cluster, {...within, facts: scope.dnsFacts})) lacking.add(line);
  for (const line of await recordApiserver(cluster, {...within, facts: scope.apiserverFacts})) lacking.add(line);
  const services = await Promise.all(places.map(namespace => cluster.list<Service>({resource: 'services', ...(namespace === undefined ? {} : {namespace})})));
  for (const line of await recordNetwork(cluster, {...within, facts: scope.networkFacts}, services.flatMap(answer => (isKnown(answer) ? answer.known : [])))) lacking.add(line);
  return {objects, nodes: read.filter(([, reading]) => isKnown(reading)).length, allNodes: linux.length, lacking: [...lacking].sort(), nothing: objects === 0 ? (isKnown(version) ? 'not one object was given' : version.unknown.detail) : null};
}

const configMaps = ['kube-proxy', 'coredns', 'cilium-config', 'kubeadm-config', 'kubelet-config'] as const;
