import type {Facts} from '../facts/facts.ts';
import {nodeSubject} from '../findings/finding.ts';
import {type Cell, wasTried} from '../model/dns/heard.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {stateOf} from '../model/pods.ts';
import {check, type Found} from './check.ts';
import {both, exchanges, failureText, isSilent, isWhole, nothingAsked, shareOf, unasked} from './dns-cells.ts';
import {noDnsService, podName} from './dns-subject.ts';
import {sysctlOff} from './sysctl-off.ts';
import {nameOf} from './service-subject.ts';

type Own = 'dns-vip-not-answering' | 'dns-udp-only-broken' | 'dns-tcp-only-broken';

/** A loss this unlikely by the dice of balancing alone is a fault. */
const byChance = 0.001;
/** Of this share of answered queries on, a loss is a warning. */
const nearlyAll = 0.9;

export default check({
  id: 'dns-vip-answers',
  link: 'DNS answers',
  question: "The DNS Service's address answers on each node, over UDP and TCP",
  needs: ['dnsService', 'dnsPods', 'dnsAnswers', 'nodes'],
  hopes: ['nodeRules'],
  can: ['dns-vip-not-answering', 'dns-udp-only-broken', 'dns-tcp-only-broken'],
  run: ({dnsService, dnsPods, dnsAnswers, nodes: allNodes, nodeRules}) => {
    if (dnsService === null) return {skipped: noDnsService};
    const cells = dnsAnswers.filter(({purpose, server, from}) => purpose === 'cluster' && server.kind === 'vip' && from.role === 'client');
    const nothing = nothingAsked(cells);
    if (nothing !== null) return {skipped: nothing};
    const ready = new Set(dnsPods.filter(pod => stateOf(pod).state === 'ready').map(podName));
    const nodes = [...Map.groupBy(cells, ({from}) => from.place.node)];
    const pods = dnsAnswers.filter(({purpose, server, from}) => purpose === 'cluster' && server.kind === 'pod' && from.role === 'client' && ready.has(server.name));
    const findings = nodes.flatMap(([node, own]) => judge(node, own, pods.filter(({from}) => from.place.node === node), dnsService, sysctlOff(nodeRules, node, 'net.bridge.bridge-nf-call-iptables')));
    return {findings, unknown: unasked(cells), note: `on ${nodes.length} of ${allNodes.length} nodes`};
  },
});

/** `pods`: what the same places heard from the CoreDNS pods themselves. */
function judge(node: string, cells: readonly Cell[], pods: readonly Cell[], service: NonNullable<Facts['dnsService']>, bridge: string | null): Found<Own>[] {
  const {udp, tcp} = both(cells);
  if (!wasTried(cells) || (isWhole(udp) && isWhole(tcp))) return [];
  const addresses = clusterIPs(service);
  const clients = (['pod', 'node'] as const).map(client => {
    const own = cells.filter(({from}) => (from.pod === null) === (client === 'node'));
    return {client, cells: own, ...both(own)};
  }).filter(each => each.cells.length > 0 && (!isWhole(each.udp) || !isWhole(each.tcp)));
  // of the clients and protocols that lose queries: what a pod loses elsewhere is no reason for these
  const alone = both(pods.filter(({from}) => clients.some(({client}) => (from.pod === null) === (client === 'node'))));
  const expected = shareOf([...(isWhole(udp) ? [] : [alone.udp]), ...(isWhole(tcp) ? [] : [alone.tcp])].map(each => (each.tries === 0 ? {...each, tries: 1} : each)));
  const counts = clients.flatMap(each => [each.udp, each.tcp]).filter(each => !isWhole(each));
  const share = shareOf(counts);
  const tries = counts.reduce((sum, each) => sum + each.tries, 0);
  // Replicas that do not answer are told by themselves; what they lose is no fault of the address.
  if (expected < 1 && expected > 0 && (share > 0 || (1 - expected) ** tries > byChance)) return [];
  const evidence = exchanges(clients.flatMap(each => each.cells).filter(cell => !Object.values(both([cell])).every(isWhole)));
  const one = {subject: nodeSubject(node), evidence};
  const what = `The DNS Service ${addresses.join(' and ')} on ${node}`;
  const from = clients.map(({client}) => (client === 'pod' ? `pods of ${node}` : `${node} itself`));
  const lost = both(clients.flatMap(each => each.cells));
  if (isSilent(lost.udp) && lost.tcp.tries > 0 && isWhole(lost.tcp)) return [{code: 'dns-udp-only-broken', ...one, args: {what, failure: failureText([lost.udp]), from}}];
  if (isSilent(lost.tcp) && lost.udp.tries > 0 && isWhole(lost.udp)) return [{code: 'dns-tcp-only-broken', ...one, args: {what, failure: failureText([lost.tcp]), from}}];
  const protocols = (['UDP', 'TCP'] as const).filter(name => clients.some(each => !isWhole(name === 'UDP' ? each.udp : each.tcp)));
  return [{code: 'dns-vip-not-answering', ...one, ...(share >= nearlyAll ? {level: 'warning' as const} : {}), args: {node, service: nameOf(service), addresses, clients: clients.map(({client}) => client), protocols, failure: failureText(counts), share, expected, sysctl: share > 0 && expected === 1 && clients.every(({client}) => client === 'pod') ? bridge : null}}];
}
