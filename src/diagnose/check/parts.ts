import type {Check} from '../../checks/check.ts';
import {type Answer, isKnown} from '../../cluster/answer.ts';
import type {Cluster} from '../../cluster/cluster.ts';
import type {Service} from '../../cluster/objects.ts';
import type {AskedService, FactName, Learned} from '../../facts/facts.ts';
import {mostAskedFrom} from '../../facts/nodes.ts';
import {lookAt} from '../look.ts';
import type {Ran} from '../run-checks.ts';
import type {Scope} from './scope.ts';

/** The answer to one of the questions that a cluster is examined with. */
export interface Part {
  readonly kind: 'nodes' | 'apiserver' | 'dns' | 'service';
  /** `NAMESPACE/NAME` of a Service; else empty. */
  readonly service: string;
  readonly ran: readonly Ran[];
  readonly learned: Learned;
}

/** The checks of each question. */
export type ClusterChecks = Readonly<Record<Part['kind'], readonly Check[]>>;

/** Services examined at the same time. */
const atOnce = 50;
/** How often each DNS server is asked. */
const tries = 5;

/** What the question about all nodes learns of the cluster, whatever is asked of it. */
const ofCluster = ['nodes', 'windowsNodes', 'client', 'systemPods', 'proxies', 'proxyLogs', 'pluginPods'] as const;
/** And of each node. */
const ofNode = ['nodeReadings', 'nodeRules', 'networks', 'proxyReports', 'proxyServers'] as const;
/** What questions about single Services need not learn again, either. */
const ofServices = ['examinedNodes', 'clientPlaces', 'comparisons'] as const;

/**
 * All nodes with all Services, the way to the API server, name resolution, then each Service by itself. One after the other, as their probes would
 * cost each other answers on a slow machine; what a node says of itself is read once (`cluster` remembers).
 */
export async function* partsOf(cluster: Cluster, scope: Scope, checks: ClusterChecks, onProgress: (text: string) => void): AsyncGenerator<Part> {
  const among = scope.nodes === null ? {} : {among: scope.nodes};
  const everywhere = {...among, from: null};
  const asksEndpoints = checks.service.some(({needs}) => needs.includes('networkAnswers'));
  onProgress('all Services on each node');
  const nodes = await lookAt(cluster, {target: {kind: 'nodes', ...everywhere, within: {namespaces: scope.namespaces, labelSelector: scope.labelSelector}}, checks: checks.nodes, also: ['services', ...(checks.nodes.length > 0 ? ['nodes', 'examinedNodes', 'proxies', 'comparisons'] as const : []), ...(asksEndpoints ? ['endpointAnswers'] as const : [])]});
  yield {kind: 'nodes', service: '', ...nodes};
  if (checks.apiserver.length > 0) {
    onProgress('the way to the API server');
    yield {kind: 'apiserver', service: 'default/kubernetes', ...await lookAt(cluster, {target: {kind: 'apiserver', namespace: 'default', ...everywhere}, checks: checks.apiserver, also: []}, knownOfNodes(nodes.learned, Infinity))};
  }
  let dnsService = '';
  if (checks.dns.length > 0) {
    onProgress('name resolution');
    const dns = await lookAt(cluster, {target: {kind: 'dns', namespace: 'default', name: null, type: null, tries, ...everywhere}, checks: checks.dns, also: ['dnsService']}, knownOfNodes(nodes.learned, mostAskedFrom));
    const own = dns.learned.dnsService;
    dnsService = own !== undefined && isKnown(own) && own.known !== null ? nameOf(own.known) : '';
    yield {kind: 'dns', service: dnsService, ...dns};
  }
  const {services} = nodes.learned;
  if (checks.service.length === 0 || services === undefined || !isKnown(services)) return;
  const others = services.known.filter(({service}) => ![dnsService, 'default/kubernetes'].includes(nameOf(service)));
  onProgress(`${others.length} Services`);
  for (let at = 0; at < others.length; at += atOnce) yield* await Promise.all(others.slice(at, at + atOnce).map(each => ofOne(cluster, each, nodes.learned, checks.service)));
}

async function ofOne(cluster: Cluster, {service, slices}: AskedService, learned: Learned, checks: readonly Check[]): Promise<Part> {
  const name = nameOf(service);
  const answers = learned.endpointAnswers;
  const given: Learned = {
    ...only(learned, [...ofCluster, ...ofServices]),
    service: {known: service}, slices: {known: slices},
    ...(answers === undefined ? {} : {networkAnswers: isKnown(answers) ? {known: answers.known.get(name) ?? []} : answers}),
  };
  const target = {kind: 'service', namespace: service.metadata.namespace ?? '', service: service.metadata.name, port: null, from: null} as const;
  return {kind: 'service', service: name, ...await lookAt(cluster, {target, checks, also: []}, given)};
}

/** Of the first so many nodes, as a question about DNS has fewer than one about nodes. */
function knownOfNodes(learned: Learned, most: number): Learned {
  const {examinedNodes} = learned;
  if (examinedNodes === undefined || !isKnown(examinedNodes)) return {};
  const names = new Set(examinedNodes.known.slice(0, most).map(({metadata}) => metadata.name));
  const narrowed = ofNode.flatMap((fact): [FactName, unknown][] => {
    const answer = learned[fact] as Answer<ReadonlyMap<string, unknown>> | undefined;
    // of no node: the Services asked about have no rules, and those of the other questions may
    if (answer === undefined || (isKnown(answer) && answer.known.size === 0)) return [];
    return [[fact, isKnown(answer) ? {known: new Map([...answer.known].filter(([node]) => names.has(node)))} : answer]];
  });
  return {...only(learned, ofCluster), ...Object.fromEntries(narrowed) as Learned};
}

function only(learned: Learned, facts: readonly FactName[]): Learned {
  return Object.fromEntries(facts.flatMap((fact): [FactName, unknown][] => (learned[fact] === undefined ? [] : [[fact, learned[fact]]]))) as Learned;
}

function nameOf({metadata: {namespace, name}}: Service): string {
  return `${namespace}/${name}`;
}
