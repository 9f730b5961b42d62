import {isKnown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import {evidence, subject} from '../findings/finding.ts';
import {list} from '../findings/words/phrases.ts';
import {addressText, type Clash, clashesOf, nodeAddressFaults, notPrivate, strayPods} from '../model/network/addresses.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {check, type Found} from './check.ts';
import {knownNetworks, networkSubject} from './network-subject.ts';

type Own = 'node-internal-ip-not-local' | 'pod-cidr-overlap' | 'service-cidr-overlap' | 'cidr-not-private' | 'pod-cidr-not-assigned' | 'pod-ip-outside-node-cidr';

export default check({
  id: 'addresses-are-apart',
  link: 'Pod network',
  question: 'Nodes, pods and Services have addresses of their own',
  needs: ['nodes', 'services'],
  hopes: ['networks', 'pods', 'systemPods', 'networkAnswers', 'networkLosses', 'clientPlaces'],
  can: ['node-internal-ip-not-local', 'pod-cidr-overlap', 'service-cidr-overlap', 'cidr-not-private', 'pod-cidr-not-assigned', 'pod-ip-outside-node-cidr'],
  run: ({nodes, services, networks, pods, systemPods, networkAnswers, networkLosses, clientPlaces}) => {
    const known = new Map((isKnown(networks) ? knownNetworks(networks.known) : []).map(({node, network}) => [node, network]));
    // a clash that loses nothing today is one change of a route away from it
    const losses = isKnown(networkLosses) ? networkLosses.known : [];
    const passes = isKnown(networkAnswers) && networkAnswers.known.some(({heard}) => isKnown(heard)) && losses.length === 0;
    const lost = new Set(losses.flatMap(({cells}) => cells.map(({target}) => target.address)));
    const unread = nodes.map(({metadata}) => metadata.name).filter(name => !known.has(name)).sort();
    const vips = services.flatMap(({service}) => clusterIPs(service));
    return {
      findings: [
        ...nodeAddressFaults(nodes, known).map((fault): Found<Own> => ({code: 'node-internal-ip-not-local', subject: networkSubject(fault.nodes), nodes: fault.nodes, args: fault, evidence: fault.nodes.map(node => evidence('object', `Node ${node}`, `InternalIP: ${fault.address}${fault.has.length === 0 ? '' : `; the node has ${fault.has.join(' ')}`}`))})),
        // of a network as large as 10.0.0.0/8 nobody need have the same addresses
        ...firstOfEach(clashesOf(nodes, vips, known).filter(({within, other}) => !(passes && within === true && Number(/\/(\d+)/.exec(other)?.[1]) <= 12))).map(clash => ofClash(clash, passes)),
        ...publicOnes(nodes, vips),
        ...unassigned(nodes),
        ...strays(nodes, [...(isKnown(pods) ? pods.known : []), ...(isKnown(systemPods) ? systemPods.known : []), ...(isKnown(clientPlaces) ? clientPlaces.known.flatMap(({pod}) => pod ?? []) : [])], lost),
      ],
      note: `${nodes.length} nodes${unread.length === 0 ? '' : unread.length === nodes.length ? "; no node's own addresses and routes were read" : `; the own addresses and routes of ${list(unread, 6)} were not read`}`,
    };
  },
});

/** One finding of pods, one of Services: what clashes with one block mostly clashes with its neighbours, and in several ways. */
function firstOfEach(clashes: readonly Clash[]): Clash[] {
  return [...new Map(clashes.map(clash => [clash.whose, clash] as const).toReversed()).values()];
}

function ofClash({whose, reason, block, other, nodes}: Clash, passes: boolean): Found<Own> {
  const told = [evidence('object', whose === 'pods' ? 'podCIDRs of Nodes' : 'Service', block), evidence(reason === 'node-network' ? 'file' : 'object', reason === 'node-network' ? `routes of ${nodes.join(', ')}` : `Nodes ${nodes.join(', ')}`, other)];
  if (whose === 'pods') return {code: 'pod-cidr-overlap', subject: networkSubject(reason === 'nodes' ? [...nodes, ''] : nodes), nodes, ...(passes ? {level: 'warning' as const} : {}), args: {reason, cidr: block, other, nodes, passes}, evidence: told};
  return {code: 'service-cidr-overlap', subject: subject('Cluster', null, 'service-network'), nodes, args: {cidr: block, other, what: reason === 'nodes' ? 'pods' : 'node-network', nodes}, evidence: told};
}

function publicOnes(nodes: Facts['nodes'], vips: readonly string[]): Found<Own>[] {
  const cidrs = {pods: notPrivate(nodes.flatMap(({spec}) => spec?.podCIDRs ?? [])), services: notPrivate(vips)};
  return (['pods', 'services'] as const).flatMap((what): Found<Own>[] => (cidrs[what].length === 0 ? [] : [{code: 'cidr-not-private', subject: subject('Cluster', null, what === 'pods' ? 'pod-network' : 'service-network'), args: {what, cidrs: cidrs[what]}, evidence: [evidence('object', what === 'pods' ? 'podCIDRs of Nodes' : 'ClusterIPs', cidrs[what].join(' '))]}]));
}

/** A node that something else than a kubelet stands for (virtual-kubelet) has no pods of its own. */
function unassigned(nodes: Facts['nodes']): Found<Own>[] {
  const own = nodes.filter(({metadata}) => metadata.labels?.['type'] !== 'virtual-kubelet');
  const lacking = own.filter(({spec}) => spec?.podCIDR === undefined && (spec?.podCIDRs ?? []).length === 0).map(({metadata}) => metadata.name).sort();
  return lacking.length === 0 || lacking.length === own.length ? [] : [{code: 'pod-cidr-not-assigned', subject: networkSubject(lacking), nodes: lacking, args: {nodes: lacking}, evidence: lacking.map(node => evidence('object', `Node ${node}`, 'spec.podCIDR: none'))}];
}

function strays(nodes: Facts['nodes'], pods: Parameters<typeof strayPods>[1], lost: ReadonlySet<string>): Found<Own>[] {
  // a plug-in may give pods addresses of several pools on purpose: only one that nobody reaches is a fault
  const found = strayPods(nodes, pods).filter(({address}) => lost.has(address));
  return found.length === 0 ? [] : [{code: 'pod-ip-outside-node-cidr', subject: networkSubject(found.map(({node}) => node)), nodes: [...new Set(found.map(({node}) => node))].sort(), args: {pods: found.map(({pod, address, node}) => ({pod, address, node})), cidrs: [...new Set(found.map(({cidr}) => cidr))].sort()}, evidence: found.slice(0, 6).map(each => evidence('object', `Pod ${each.pod}`, addressText(each)))}];
}
