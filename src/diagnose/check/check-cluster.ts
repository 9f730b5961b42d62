import {isKnown} from '../../cluster/answer.ts';
import type {Cluster} from '../../cluster/cluster.ts';
import type {EndpointSlice, Node, Pod, Service} from '../../cluster/objects.ts';
import {remembered} from '../../cluster/remembered.ts';
import {type Finding, idOf} from '../../findings/finding.ts';
import {links} from '../../findings/wording.ts';
import {compose} from '../compose.ts';
import {foundBy, slicesIn} from '../look.ts';
import {nodesIn, reachIn} from '../report-parts.ts';
import type {Reach, Report, ReportedFinding} from '../report.ts';
import type {Ran} from '../run-checks.ts';
import {settled} from '../settled.ts';
import {summaryOf} from '../summary.ts';
import {judge, type Judgement} from '../verdict.ts';
import {mergedRuns, togetherIn} from './merge.ts';
import {type ClusterChecks, type Part, partsOf} from './parts.ts';
import {sampleOf, type Scope} from './scope.ts';
import {brokenBy, losingServices, serviceLines, smallestShares} from './services-report.ts';

export interface ClusterQuestion {
  readonly command: Report['command'];
  readonly scope: Omit<Scope, 'nodes'> & {readonly nodes: Scope['nodes'] | 'sample'};
  readonly checks: ClusterChecks;
}

/** Pairs of a node and an address that are told one by one; of more, only those that lose connections. */
const mostReach = 20_000;

/** All questions that kdiag has about a cluster, and one report of it: one root cause once, however many Services it breaks. */
export async function checkCluster(live: Cluster, {command, scope, checks: asked}: ClusterQuestion, onProgress: (text: string) => void = () => {}): Promise<Report> {
  const start = performance.now();
  const server = live.version();
  const checks = [...new Set([...asked.dns, ...asked.apiserver, ...asked.service, ...asked.nodes])].sort((a, b) => links.indexOf(a.link) - links.indexOf(b.link));
  const {ran, judgement, parts} = await settled(live, async () => {
    const cluster = remembered(live); // a second look sees the cluster anew
    const nodes = await listed(cluster, scope);
    const own: Part[] = [];
    for await (const part of partsOf(cluster, {...scope, nodes: scope.nodes === 'sample' ? sampleOf(nodes) : scope.nodes}, asked, onProgress)) own.push(part);
    const merged = mergedRuns(own, checks);
    return {parts: own, ran: merged, judgement: judge(distinct(merged), merged, togetherIn(own)), slices: own.map(({learned}) => slicesIn(learned)).join()};
  }, onProgress);
  const nodes = parts.find(({kind}) => kind === 'nodes')?.learned ?? {};
  const {services, comparisons} = nodes;
  const all = services !== undefined && isKnown(services) ? services.known : [];
  const compared = comparisons !== undefined && isKnown(comparisons) ? comparisons.known : new Map();
  const told = withBroken(judgement, losingServices(compared), new Set(all.map(({service: {metadata}}) => `${metadata.namespace}/${metadata.name}`)));
  return compose(live, {command, judgement: told, summary: summaryOf('the cluster', told.status, told.rootCauses, ran), ran, server, start}, {
    reach: fewer(reachIn({kind: 'nodes', from: null}, nodes)),
    services: serviceLines(all, smallestShares(compared), told.rootCauses, told.findings, parts),
    ...nodesIn({kind: 'nodes', from: null}, nodes, told.findings),
  });
}

/** The lists that all else is found in, each asked for once; without the right to them, narrower ones are asked for later. Gives the nodes. */
async function listed(cluster: Cluster, {namespaces}: Pick<Scope, 'namespaces'>): Promise<readonly Node[]> {
  const places = namespaces.length === 0 ? [{}] : namespaces.map(namespace => ({namespace}));
  const [nodes] = await Promise.all([
    cluster.list<Node>({resource: 'nodes'}),
    ...places.flatMap(place => [cluster.list<Service>({resource: 'services', ...place}), cluster.list<EndpointSlice>({resource: 'endpointslices', ...place}), cluster.list<Pod>({resource: 'pods', ...place})]),
  ]);
  return isKnown(nodes) ? nodes.known : [];
}

/** What several questions found is one finding. */
function distinct(ran: readonly Ran[]): Finding[] {
  return [...new Map(foundBy(ran).map(finding => [idOf(finding), finding] as const).toReversed()).values()];
}

/** With the Services that each root cause breaks; of equal level and certainty, what breaks most of them comes first. */
function withBroken(judgement: Judgement, losing: ReadonlyMap<string, ReadonlySet<string>>, known: ReadonlySet<string>): Judgement {
  const byId = new Map(judgement.findings.map(finding => [finding.id, finding]));
  const roots = new Map(judgement.rootCauses.map(cause => {
    const breaks = brokenBy(cause, byId, losing, known);
    return [cause.id, breaks.length === 0 ? cause : {...cause, breaks}] as const;
  }));
  const worth = ({level, confidence}: ReportedFinding): number => (level === 'error' ? 0 : 10) + ['proven', 'likely', 'possible'].indexOf(confidence);
  return {...judgement, rootCauses: [...roots.values()].sort((a, b) => worth(a) - worth(b) || (b.breaks?.length ?? 0) - (a.breaks?.length ?? 0)), findings: judgement.findings.map(finding => roots.get(finding.id) ?? finding)};
}

function fewer(reach: readonly Reach[]): readonly Reach[] {
  return reach.length <= mostReach ? reach : reach.filter(({predicted}) => predicted !== 1).slice(0, mostReach);
}
