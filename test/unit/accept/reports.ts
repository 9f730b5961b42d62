import {openRecording} from '../../../src/cluster/recording/file.ts';
import type {Report, ReportedFinding} from '../../../src/diagnose/report.ts';
import {diagnoseCase} from '../../cases/case.ts';
import {worldOf} from '../../cases/world.ts';
import {brokenReport, healthyReport, missing, nodesReport, stale, unknownReport} from '../report/reports.ts';

const replays = new URL('../../replays/', import.meta.url).pathname;

/** Of real clusters: something wrong of each level, with and without effects, and things that could not be told. */
const recorded: readonly (readonly [string, string])[] = [
  ['nodes', 'nodes/healthy'], ['nodes', 'nodes/the-api-server-of-node2-is-another-one-that-is-dead-and-services-change'], ['nodes', 'nodes/the-configmap-s-mode-changed-without-a-restart'],
  ['nodes', 'nodes/kube-proxy-on-node1-hangs-while-services-change'], ['apiserver-vip', 'apiserver/kube-proxy-kept-off-node2-by-a-taint-its-rules-gone'], ['apiserver-vip', 'apiserver/a-network-plug-in-is-where-the-address-is-dead'],
  ['dns', 'dns/coredns-is-where-the-api-server-s-address-is-dead'], ['dns', 'dns/one-of-two-upstreams-dead'], ['hostnames', 'network/the-routes-between-node1-and-node2-gone-both-ways'],
];

const on = (node: string, from: ReportedFinding, rest: Partial<ReportedFinding>): ReportedFinding => ({...from, id: `${from.code}/Node/${node}`, subject: {...from.subject, name: node}, ...rest});
const id = (node: string): string => `rules-missing-endpoint/Node/${node}`;
/** a and b explain each other, and c, which nothing explains, explains a. */
const circle = [
  on('c', stale, {explains: [id('a')]}), on('a', missing, {explains: [id('b')]}), on('b', missing, {explains: [id('a')]}),
];
const services: NonNullable<Report['services']> = [
  {namespace: 'shop', name: 'cart', type: 'ClusterIP', state: 'broken', predicted: 0.667, causes: [stale.id, missing.id]},
  {namespace: 'shop', name: 'web', type: 'NodePort', state: 'broken', predicted: 0, causes: [stale.id]},
  {namespace: 'shop', name: 'mail', type: 'ClusterIP', state: 'unknown', predicted: null, causes: []},
  {namespace: 'shop', name: 'blog', type: 'ClusterIP', state: 'works', predicted: 1, causes: []},
];

async function allReports(): Promise<readonly (readonly [string, Report])[]> {
  return [
    ...await Promise.all(recorded.map(async ([ask, name]): Promise<readonly [string, Report]> => [name, await diagnoseCase({ask}, await openRecording(`${replays}${name}.kdiag`))])),
    ['rights lacked', await diagnoseCase({}, worldOf([{deny: 'nodes', detail: 'User "dev" cannot list resource "nodes"'}]))],
    ['a node unread beside a broken one', await diagnoseCase({ask: 'nodes'}, worldOf([{node: 'node1', delete: '-A PREROUTING -m comment --comment "kubernetes service portals"'}, {node: 'node2', unread: {why: 'timeout', detail: 'node2 does not answer'}}]))],
    ['healthy by hand', healthyReport], ['unknown by hand', unknownReport], ['nodes and Services by hand', {...nodesReport, services}],
    ['a circle', {...brokenReport, findings: circle, verdict: {summary: stale.message, rootCauses: [circle[0]!]}, checks: [{...brokenReport.checks[1]!, findings: circle.map(each => each.id)}]}],
    ['half told', {...brokenReport, checks: [{...brokenReport.checks[1]!, untold: 'node3 does not answer'}]}],
  ];
}

/** Each with its name. */
export const reports = await allReports();
