import {type Answer, isKnown, unknown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {EndpointSlice, Node, Pod, Service, Workload} from '../cluster/objects.ts';
import {queryFor} from '../facts/node-rules.ts';
import {orderly} from '../facts/orderly.ts';
import {unproxied} from '../model/endpoints.ts';
import {formatAddress, parseAddress} from '../model/ip.ts';
import {nodeRules, type NodeRules} from '../model/node-rules.ts';
import type {Packet} from '../model/packet.ts';
import {proxiesOf} from '../model/proxy.ts';
import {askedPorts} from '../model/service-ports.ts';
import {sourceOf, waysIn} from '../model/ways.ts';
import {version} from '../version.ts';
import {legOf, type Place} from './legs.ts';
import {endpointPlaces, finder} from './places.ts';
import type {Report} from './report.ts';
import {ownerOf} from './service-address.ts';
import type {Trace, TraceReport} from './trace-report.ts';
import {lacking, statusOf, summaryOf} from './trace-status.ts';

export type TraceFrom =
  | {readonly kind: 'pod'; readonly namespace: string; readonly name: string}
  | {readonly kind: 'node'; readonly name: string}
  | {readonly kind: 'external'; readonly node: string}

export type TraceTo =
  | {readonly kind: 'service'; readonly namespace: string; readonly service: string; readonly port: string | null}
  | {readonly kind: 'address'; readonly address: string; readonly port: number; readonly protocol: 'TCP' | 'UDP' | 'SCTP'};

export interface TraceQuestion {
  readonly command: Report['command'];
  readonly from: TraceFrom;
  readonly to: TraceTo;
}

/** What keeps a trace from being made at all, a sentence. Never leaves this file. */
class Hindrance extends Error {}

/** Where new connections from one place to one address go, by the nodes' rules; no judgement of the Service. */
export async function traceConnections(given: Cluster, {command, from, to}: TraceQuestion, onProgress: (text: string) => void): Promise<TraceReport> {
  const start = performance.now();
  const cluster = orderly(given);
  const server = cluster.version();
  let traces: readonly Trace[] = [];
  let hindrance: string | null = null;
  try {
    traces = await tracesOf(cluster, from, to, onProgress);
  } catch (error) {
    if (!(error instanceof Hindrance)) throw error;
    hindrance = error.message;
  }
  const status = statusOf(traces);
  const serverVersion = await server;
  const unknowns = hindrance === null ? lacking(traces) : [hindrance];
  return {
    schemaVersion: 'kdiag.trace/v1', kdiag: {version}, command,
    source: {...cluster.source, server: isKnown(serverVersion) ? serverVersion.known : null},
    status, summary: hindrance ?? summaryOf(traces, status, unknowns), traces, unknown: unknowns,
    startedAt: cluster.now.toISOString(), ms: Math.round(performance.now() - start),
  };
}

async function tracesOf(cluster: Cluster, from: TraceFrom, to: TraceTo, onProgress: (text: string) => void): Promise<Trace[]> {
  const nodes = given(await cluster.list<Node>({resource: 'nodes'}));
  const start = await startOf(cluster, nodes, from);
  const {packets, places} = await packetsOf(cluster, nodes, start, to);
  const readings = new Map<string, Promise<Answer<NodeRules>>>();
  const queries = queriesFor(cluster, nodes);
  const ground = {
    placeOf: finder(cluster, nodes, places),
    rulesOf: (name: string): Promise<Answer<NodeRules>> => {
      const reading = readings.get(name) ?? read(cluster, nodes.find(({metadata}) => metadata.name === name), name, queries, onProgress);
      readings.set(name, reading);
      return reading;
    },
  };
  return Promise.all(packets.map(async ({packet, to: target}): Promise<Trace> => ({
    from: {...start.told, address: packet.source === null || start.client === 'outside' ? null : formatAddress(packet.source)}, to: target,
    leg: await legOf({...ground, standIn: start.client === 'outside' && packet.source !== null ? formatAddress(packet.source) : null}, start.node.metadata.name, packet),
  })));
}

interface Start {
  readonly node: Node;
  readonly client: Packet['from'];
  readonly pod: Pod | null;
  readonly told: Omit<Trace['from'], 'address'>;
}

async function startOf(cluster: Cluster, nodes: readonly Node[], from: TraceFrom): Promise<Start> {
  const names = nodes.map(({metadata}) => metadata.name);
  const at = (name: string): Node => {
    const node = nodes.find(({metadata}) => metadata.name === name);
    if (node === undefined) throw new Hindrance(`there is no node ${name}; there are ${names.slice(0, 10).join(', ')}${names.length > 10 ? `, and ${names.length - 10} more` : ''}`);
    if (node.status?.nodeInfo?.operatingSystem === 'windows') throw new Hindrance(`${name} runs Windows, whose rules kdiag does not follow`);
    return node;
  };
  if (from.kind === 'node') return {node: at(from.name), client: 'host', pod: null, told: {kind: 'Node', namespace: null, name: from.name}};
  if (from.kind === 'external') {
    return {node: at(from.node), client: 'outside', pod: null, told: {kind: 'External', namespace: null, name: from.node}};
  }
  const name = `${from.namespace}/${from.name}`;
  const pod = given(await cluster.get<Pod>('pods', from.namespace, from.name));
  if (pod === null) throw new Hindrance(`there is no pod ${name}`);
  if (pod.spec.nodeName === undefined) throw new Hindrance(`pod ${name} is on no node yet`);
  // a pod on the node's own network sends as the node does
  return {node: at(pod.spec.nodeName), client: pod.spec.hostNetwork === true ? 'host' : 'pod', pod, told: {kind: 'Pod', namespace: from.namespace, name: from.name}};
}

interface Packets {
  readonly packets: readonly {readonly packet: Packet; readonly to: Trace['to']}[];
  readonly places: ReadonlyMap<string, Place>;
}

async function packetsOf(cluster: Cluster, nodes: readonly Node[], start: Start, to: TraceTo): Promise<Packets> {
  if (to.kind === 'address') {
    const destination = parseAddress(to.address);
    if (destination === null) throw new Hindrance(`“${to.address}” is no address`);
    const services = await cluster.list<Service>({resource: 'services'});
    const owner = isKnown(services) ? ownerOf(services.known, nodes, formatAddress(destination), to.port, to.protocol) : null;
    const slices = owner === null ? [] : await slicesOf(cluster, owner.service);
    const packet: Packet = {protocol: to.protocol.toLowerCase() as Packet['protocol'], source: sourceOf(start.client, destination.family, start.node, start.pod), destination, port: to.port, from: start.client, mark: 0, original: null};
    return {
      packets: [{packet, to: {address: formatAddress(destination), port: to.port, protocol: to.protocol, service: owner?.name ?? null, kind: owner?.kind ?? null}}],
      places: owner === null ? new Map() : endpointPlaces(owner.service, slices),
    };
  }
  const name = `${to.namespace}/${to.service}`;
  const service = given(await cluster.get<Service>('services', to.namespace, to.service));
  if (service === null) throw new Hindrance(`there is no Service ${name}`);
  if (unproxied(service) !== null) throw new Hindrance(`no node has rules for Service ${name} (${unproxied(service) === 'external-name' ? 'an ExternalName' : unproxied(service) === 'headless' ? 'it is headless' : 'it is left to another proxy'}): ask for an IP:PORT instead`);
  const ports = askedPorts(service, to.port);
  if (ports.length === 0) throw new Hindrance(`Service ${name} has no port ${to.port ?? ''}`.trimEnd());
  const slices = await slicesOf(cluster, service);
  const ways = waysIn(service, ports, slices, start.node, start.pod).filter(({client}) => client === start.client);
  if (ways.length === 0) throw new Hindrance(`Service ${name} has no address that ${start.client === 'outside' ? 'clients outside the cluster use' : 'is of use here'}: ask for an IP:PORT instead`);
  return {packets: ways.map(({packet, address, port, protocol, portName, kind}) => ({packet, to: {address, port, protocol, service: portName, kind}})), places: endpointPlaces(service, slices)};
}

/** Only names come from them: without, addresses are told. */
async function slicesOf(cluster: Cluster, {metadata: {namespace = '', name}}: Service): Promise<readonly EndpointSlice[]> {
  const slices = await cluster.list<EndpointSlice>({resource: 'endpointslices', namespace, labelSelector: `kubernetes.io/service-name=${name}`});
  return isKnown(slices) ? slices.known : [];
}

/** Where kube-proxy runs, for the way in that needs fewest rights. */
async function queriesFor(cluster: Cluster, nodes: readonly Node[]): Promise<(node: Node) => ReturnType<typeof queryFor>> {
  const [pods, sets] = await Promise.all([
    cluster.list<Pod>({resource: 'pods', namespace: 'kube-system'}), cluster.list<Workload>({resource: 'daemonsets', namespace: 'kube-system'}),
  ]);
  const proxies = proxiesOf(isKnown(pods) ? pods.known : [], isKnown(sets) ? sets.known : [], nodes, [], null);
  return node => queryFor(node, proxies);
}

async function read(cluster: Cluster, node: Node | undefined, name: string, queries: ReturnType<typeof queriesFor>, onProgress: (text: string) => void): Promise<Answer<NodeRules>> {
  if (node === undefined) return unknown('absent', `there is no node ${name}`);
  const query = (await queries)(node);
  onProgress(`reading the rules of ${name}`);
  const reading = await cluster.readNode(query);
  return isKnown(reading) ? nodeRules(reading.known) : reading;
}

function given<T>(answer: Answer<T>): T {
  if (isKnown(answer)) return answer.known;
  throw new Hindrance(answer.unknown.detail);
}
