import type {Check} from '../checks/check.ts';
import {isKnown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {FactName, Facts, Learned, Target} from '../facts/facts.ts';
import {compose} from './compose.ts';
import {foundBy, lookAt, slicesIn} from './look.ts';
import {dnsIn, nodesIn, podIn, reachIn} from './report-parts.ts';
import type {Report} from './report.ts';
import {serviceTraces} from './service-traces.ts';
import {settled} from './settled.ts';
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

/** Facts → checks → report. The only effects are the cluster's; nothing is rendered here. */
export async function diagnose(cluster: Cluster, question: Question, onProgress: (text: string) => void = () => {}): Promise<Report> {
  const start = performance.now();
  const {target, checks, trace = false} = question;
  const server = cluster.version();
  const also: readonly FactName[] = ['comparisons', 'services', ...(trace ? tracing : []), ...(target.kind === 'dns' ? dnsFacts : [])];
  const {learned, ran, judgement} = await settled(cluster, async () => {
    const look = await lookAt(cluster, {target, checks, also});
    return {...look, judgement: judge(foundBy(look.ran), look.ran), slices: slicesIn(look.learned)};
  }, onProgress);
  const {comparisons} = learned;
  const summary = summaryOf(subjectOf(target), judgement.status, judgement.rootCauses, ran, comparisons !== undefined && isKnown(comparisons) ? rightOnes(comparisons.known) : []);
  return compose(cluster, {command: question.command, judgement, summary, ran, server, start}, {
    reach: reachIn(target, learned), ...dnsIn(target, learned), ...nodesIn(target, learned, judgement.findings), ...podIn(target, learned),
    ...(trace ? {traces: await tracesOf(learned)} : {}),
  });
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

/** What --trace needs on top. */
const tracing = ['comparisons', 'nodeRules', 'service', 'slices', 'nodes', 'client'] as const;

function rightOnes(comparisons: Facts['comparisons']): string[] {
  return [...comparisons].flatMap(([node, answer]) => (isKnown(answer) && answer.known.every(({faults, undecided}) => faults.length === 0 && undecided === null) ? [node] : []));
}

const dnsFacts = ['clusterDomain', 'resolvers', 'dnsAnswers'] as const;

/** Nothing where one of the facts is missing: the checks tell why. */
async function tracesOf({comparisons, nodeRules, service, slices, nodes, client}: Learned): Promise<Trace[]> {
  if (!comparisons || !nodeRules || !service || !slices || !nodes || !client) return [];
  if (!isKnown(comparisons) || !isKnown(nodeRules) || !isKnown(service) || service.known === null || !isKnown(slices) || !isKnown(nodes) || !isKnown(client)) return [];
  return serviceTraces({comparisons: comparisons.known, rules: nodeRules.known, service: service.known, slices: slices.known, nodes: nodes.known, client: client.known});
}

