import {isKnown, unknown} from '../cluster/answer.ts';
import type {Learned, Target} from '../facts/facts.ts';
import {groundOf} from '../model/network/ground.ts';
import {dnsReport} from './dns-report.ts';
import {withAnswers} from './dns-reach.ts';
import {withNetworkAnswers} from './network-reach.ts';
import {nodeLines} from './nodes-report.ts';
import {pairLines} from './pairs-report.ts';
import {podReport} from './pod-report.ts';
import {reachOf} from './reach.ts';
import type {Reach, Report} from './report.ts';

// What a report tells beside its verdict. Where a fact is missing the part is left out: the checks tell why.

export function reachIn(target: Target, {comparisons, dnsAnswers, networkAnswers, networks, nodes, service}: Learned): Reach[] {
  if (comparisons === undefined || !isKnown(comparisons)) return [];
  const dns = service !== undefined && isKnown(service) && service.known !== null ? `${service.known.metadata.namespace}/${service.known.metadata.name}` : 'the DNS Service';
  const reach = reachOf(comparisons.known, target.kind === 'service' ? `${target.namespace}/${target.service}` : target.kind === 'dns' ? dns : target.kind === 'apiserver' ? 'default/kubernetes' : 'every Service');
  if (target.kind === 'service' && networkAnswers !== undefined && isKnown(networkAnswers)) return withNetworkAnswers(reach, comparisons.known, networkAnswers.known, groundOf(nodes !== undefined && isKnown(nodes) ? nodes.known : [], networks ?? unknown('not-asked', 'networks were not learned')));
  return dnsAnswers !== undefined && isKnown(dnsAnswers) ? withAnswers(reach, comparisons.known, dnsAnswers.known) : reach;
}

export function dnsIn(target: Target, {clusterDomain, resolvers, dnsAnswers}: Learned): Pick<Report, 'dns'> {
  if (target.kind !== 'dns' || !clusterDomain || !resolvers || !dnsAnswers || !isKnown(clusterDomain) || !isKnown(resolvers) || !isKnown(dnsAnswers)) return {};
  return {dns: dnsReport({clusterDomain: clusterDomain.known, resolvers: resolvers.known, dnsAnswers: dnsAnswers.known})};
}

export function nodesIn(target: Target, {nodes, proxies, comparisons, networkAnswers}: Learned, findings: Report['findings']): Pick<Report, 'nodes' | 'pairs'> {
  if (target.kind !== 'nodes' || !nodes || !proxies || !comparisons || !isKnown(nodes) || !isKnown(proxies) || !isKnown(comparisons)) return {};
  return {nodes: nodeLines({nodes: nodes.known, proxies: proxies.known, comparisons: comparisons.known}, findings), ...(networkAnswers !== undefined && isKnown(networkAnswers) ? {pairs: pairLines(networkAnswers.known)} : {})};
}

export function podIn({kind}: Target, {client, podView}: Learned): Pick<Report, 'pod'> {
  return kind === 'pod' && client !== undefined && podView !== undefined && isKnown(client) && client.known !== null && isKnown(podView) ? {pod: podReport(client.known, podView.known)} : {};
}
