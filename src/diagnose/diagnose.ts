import {setTimeout as delay} from 'node:timers/promises';
import type {Check} from '../checks/check.ts';
import {isKnown, type Unknown, unknown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {FactName, Facts, Target} from '../facts/facts.ts';
import {Knowledge} from '../facts/knowledge.ts';
import type {Code} from '../findings/codes.ts';
import {type Finding, evidence, idOf, subject} from '../findings/finding.ts';
import {groundOf} from '../model/network/ground.ts';
import {version} from '../version.ts';
import {dnsReport} from './dns-report.ts';
import {withAnswers} from './dns-reach.ts';
import {withNetworkAnswers} from './network-reach.ts';
import {nodeLines} from './nodes-report.ts';
import {pairLines} from './pairs-report.ts';
import {podReport} from './pod-report.ts';
import {reachOf} from './reach.ts';
import type {Reach, Report} from './report.ts';
import {type Learned, type Ran, runCheck} from './run-checks.ts';
import {serviceTraces} from './service-traces.ts';
import {summaryOf} from './summary.ts';
import type {Trace} from './trace-report.ts';
import {judge} from './verdict.ts';

export interface Question {
  readonly command: Report['command'];
  readonly target: Target;
  readonly checks: readonly Check[];
  /** Whether the way of connections is told as well. */
  readonly trace?: boolean;
}

/**
 * Differences that a change on its way also makes: kube-proxy and the EndpointSlice controller need up to seconds to follow.
 * They are only believed when they are still there on a second look.
 */
const passing: ReadonlySet<Code> = new Set<Code>([
  'endpoints-disagree-with-pods', 'rules-missing-service', 'rules-missing-endpoint', 'rules-stale-endpoint', 'rules-reject-despite-endpoints', 'rules-jump-missing',
  'kube-proxy-stale', 'apiserver-not-answering', 'apiserver-vip-not-answering', 'apiserver-advertise-address-unreachable', 'apiserver-endpoints-stale',
  'dns-service-no-endpoints', 'coredns-pod-not-answering', 'dns-path-broken', 'dns-vip-not-answering', 'dns-udp-only-broken', 'dns-tcp-only-broken', 'coredns-answers-wrong', 'coredns-upstream-unreachable', 'coredns-upstream-slow', 'nodelocaldns-not-answering', 'conntrack-entry-stale',
  'pod-network-broken-between-nodes', 'pod-network-next-hop-silent', 'endpoint-not-answering', 'service-target-port-not-listening', 'service-vip-not-answering', 'mtu-mismatch', 'app-listens-on-loopback-only',
  'rules-missing-masquerade', 'rules-masquerade-differs', 'ipvs-set-incomplete', 'ipvs-address-not-bound', 'ipvs-destination-drained', // of mode ipvs, which is not written at one stroke
]);
/** Milliseconds between looks, how many there are at most while the EndpointSlices go on changing, and after how long there is none: no change is on its way for so long. */
const patience = {pause: 2_000, looks: 4, within: 20_000};

/** Facts → checks → report. The only effects are the cluster's; nothing is rendered here. */
export async function diagnose(cluster: Cluster, question: Question, onProgress: (text: string) => void = () => {}): Promise<Report> {
  const start = performance.now();
  const server = cluster.version();
  let look = await lookAt(cluster, question);
  for (let looks = 1; performance.now() - start < patience.within && cluster.source.kind === 'live' && looks < patience.looks && judge(look.found, look.ran).rootCauses.some(({code}) => (passing as ReadonlySet<string>).has(code)); looks++) {
    onProgress('something differs; looking again, in case it is a change on its way');
    await delay(patience.pause);
    const before = look.slices;
    look = await lookAt(cluster, question);
    if (before === look.slices) break;
  }
  const {ran, found, learned} = look;
  const {status, findings, rootCauses} = judge(found, ran);
  const {target} = question;
  const serverVersion = await server;
  return {
    schemaVersion: 'kdiag.report/v1',
    kdiag: {version},
    command: question.command,
    source: {...cluster.source, server: isKnown(serverVersion) ? serverVersion.known : null},
    status,
    verdict: {summary: summaryOf(subjectOf(target), status, rootCauses, ran, learned.comparisons !== undefined && isKnown(learned.comparisons) ? rightOnes(learned.comparisons.known) : []), rootCauses},
    findings,
    checks: ran.map(({check, outcome, why, note, untold, findings: own, ms}) => ({
      id: check.id, link: check.link, question: check.question, outcome, ...(why === null ? {} : {why}), ...(note === null ? {} : {note}), ...(untold === undefined ? {} : {untold}),
      findings: findings.filter(({id}) => own.some(finding => id === idOf(finding))).map(({id}) => id), ms,
    })),
    reach: reachIn(target, learned),
    ...dnsIn(target, learned),
    ...nodesIn(target, learned, findings),
    ...podIn(target, learned),
    ...(question.trace === true ? {traces: await tracesOf(learned)} : {}),
    startedAt: cluster.now.toISOString(),
    ms: Math.round(performance.now() - start),
  };
}

function subjectOf(target: Target): string {
  switch (target.kind) {
    case 'service': return `Service ${target.namespace}/${target.service}`;
    case 'node': return `Node ${target.from.name}`;
    case 'nodes': return 'each node';
    case 'pod': return `the network of pod ${target.from.namespace}/${target.from.name}`;
    case 'apiserver': return 'the way to the API server';
    case 'dns': return target.name === null ? 'DNS' : `DNS for ${target.name}`;
  }
}

function reachIn(target: Target, {comparisons, dnsAnswers, networkAnswers, networks, nodes, service}: Learned): Reach[] {
  if (comparisons === undefined || !isKnown(comparisons)) return [];
  const dns = service !== undefined && isKnown(service) && service.known !== null ? `${service.known.metadata.namespace}/${service.known.metadata.name}` : 'the DNS Service';
  const reach = reachOf(comparisons.known, target.kind === 'service' ? `${target.namespace}/${target.service}` : target.kind === 'dns' ? dns : target.kind === 'apiserver' ? 'default/kubernetes' : 'every Service');
  if (target.kind === 'service' && networkAnswers !== undefined && isKnown(networkAnswers)) return withNetworkAnswers(reach, comparisons.known, networkAnswers.known, groundOf(nodes !== undefined && isKnown(nodes) ? nodes.known : [], networks ?? unknown('not-asked', 'networks were not learned')));
  return dnsAnswers !== undefined && isKnown(dnsAnswers) ? withAnswers(reach, comparisons.known, dnsAnswers.known) : reach;
}

function dnsIn(target: Target, {clusterDomain, resolvers, dnsAnswers}: Learned): Pick<Report, 'dns'> {
  if (target.kind !== 'dns' || !clusterDomain || !resolvers || !dnsAnswers || !isKnown(clusterDomain) || !isKnown(resolvers) || !isKnown(dnsAnswers)) return {};
  return {dns: dnsReport({clusterDomain: clusterDomain.known, resolvers: resolvers.known, dnsAnswers: dnsAnswers.known})};
}

function nodesIn(target: Target, {nodes, proxies, comparisons, networkAnswers}: Learned, findings: Report['findings']): Pick<Report, 'nodes' | 'pairs'> {
  if (target.kind !== 'nodes' || !nodes || !proxies || !comparisons || !isKnown(nodes) || !isKnown(proxies) || !isKnown(comparisons)) return {};
  return {nodes: nodeLines({nodes: nodes.known, proxies: proxies.known, comparisons: comparisons.known}, findings), ...(networkAnswers !== undefined && isKnown(networkAnswers) ? {pairs: pairLines(networkAnswers.known)} : {})};
}

function podIn({kind}: Target, {client, podView}: Learned): Pick<Report, 'pod'> {
  return kind === 'pod' && client !== undefined && podView !== undefined && isKnown(client) && client.known !== null && isKnown(podView) ? {pod: podReport(client.known, podView.known)} : {};
}

/** What --trace needs on top. */
const tracing = ['comparisons', 'nodeRules', 'service', 'slices', 'nodes', 'client'] as const;

function rightOnes(comparisons: Facts['comparisons']): string[] {
  return [...comparisons].flatMap(([node, answer]) => (isKnown(answer) && answer.known.every(({faults, undecided}) => faults.length === 0 && undecided === null) ? [node] : []));
}

const dnsFacts = ['clusterDomain', 'resolvers', 'dnsAnswers'] as const;

interface Look {
  readonly ran: readonly Ran[];
  readonly found: readonly Finding[];
  readonly learned: Learned;
  /** Names and versions of the EndpointSlices: whether the Service is changing. */
  readonly slices: string;
}

async function lookAt(cluster: Cluster, {target, checks, trace = false}: Question): Promise<Look> {
  const knowledge = new Knowledge(cluster, target);
  const names = [...new Set<FactName>([...checks.flatMap(({needs, hopes}) => [...needs, ...hopes]), 'comparisons', 'services', ...(trace ? tracing : []), ...(target.kind === 'dns' ? dnsFacts : [])])];
  const learned = Object.fromEntries(await Promise.all(names.map(async name => [name, await knowledge.learn(name)] as const))) as Learned;
  const ran = checks.map(check => runCheck(check, learned));
  const slices = learned.services !== undefined && isKnown(learned.services) ? learned.services.known.flatMap(asked => asked.slices).map(({metadata}) => `${metadata.name} ${metadata.resourceVersion}`).join() : '';
  return {ran, found: [...ran.flatMap(({findings}) => findings), ...lackedRights(ran)], learned, slices};
}

/** Nothing where one of the facts is missing: the checks tell why. */
async function tracesOf({comparisons, nodeRules, service, slices, nodes, client}: Learned): Promise<Trace[]> {
  if (!comparisons || !nodeRules || !service || !slices || !nodes || !client) return [];
  if (!isKnown(comparisons) || !isKnown(nodeRules) || !isKnown(service) || service.known === null || !isKnown(slices) || !isKnown(nodes) || !isKnown(client)) return [];
  return serviceTraces({comparisons: comparisons.known, rules: nodeRules.known, service: service.known, slices: slices.known, nodes: nodes.known, client: client.known});
}

/** One finding for all rights that kdiag lacked, whichever check they were for. */
function lackedRights(ran: readonly Ran[]): Finding[] {
  const forbidden = ran.flatMap(({unknowns}) => unknowns).filter(({why}: Unknown) => why === 'forbidden' || why === 'unauthorized');
  const lacked = [...new Set(forbidden.map(({detail}) => detail))].sort();
  if (lacked.length === 0) return [];
  return [{code: 'permission-missing', subject: subject('Cluster', null, 'permissions'), args: {lacked}, evidence: lacked.map(detail => evidence('object', 'API server', detail))}];
}
