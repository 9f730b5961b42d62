import {isKnown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import {evidence, nodeSubject} from '../findings/finding.ts';
import {contains, parseAddress, parseBlock} from '../model/ip.ts';
import {failureOf, isThrough, type NetworkCell, triesOf} from '../model/network/asked.ts';
import {groundOf} from '../model/network/ground.ts';
import {type Loss, presumedLosses} from '../model/network/losses.ts';
import type {Suspect} from '../model/network/suspects.ts';
import {check, type Found} from './check.ts';
import {attempts, networkSubject, notAsked} from './network-subject.ts';

type Own = 'pod-network-broken-between-nodes' | 'pod-route-missing' | 'cni-on-wrong-interface' | 'pod-network-next-hop-silent' | 'ip-forward-off' | 'rp-filter-strict' | 'interface-down';

export default check({
  id: 'pod-network-carries',
  link: 'Pod network',
  question: 'Nodes and their pods reach pods on each other node',
  needs: ['nodes', 'networkAnswers', 'networkLosses'],
  hopes: ['networks'],
  can: ['pod-network-broken-between-nodes', 'pod-route-missing', 'cni-on-wrong-interface', 'pod-network-next-hop-silent', 'ip-forward-off', 'rp-filter-strict', 'interface-down'],
  run: ({nodes, networkAnswers, networkLosses, networks}) => {
    const nothing = notAsked(networkAnswers);
    if (nothing !== null) {
      const findings = findingsOf(presumedLosses(networkAnswers, groundOf(nodes, networks)), nodes, 'not-asked');
      return findings.length > 0 ? {findings} : {skipped: nothing};
    }
    const asked = networkAnswers.filter(({heard, target}) => isKnown(heard) && target.kind !== 'vip');
    return {findings: findingsOf(networkLosses, nodes, 'lost'), note: `asked from ${new Set(asked.map(({from}) => from.place.node)).size} nodes and their pods`};
  },
});

/** Whether anybody tried. */
type Seen = 'lost' | 'not-asked';

/** What is suspected of most losses first; whoever explains what is left comes next. What nothing explains is one finding. */
function findingsOf(losses: readonly Loss[], nodes: Facts['nodes'], seen: Seen): Found<Own>[] {
  const chosen: Suspect[] = [];
  let left = losses;
  for (;;) {
    const candidates = [...new Map(left.flatMap(({suspects}) => suspects).map(each => [groupKey(each), each])).values()];
    const best = candidates.map(each => ({each, count: left.filter(({suspects}) => suspects.some(other => groupKey(other) === groupKey(each))).length}))
      .sort((a, b) => rank(a.each) - rank(b.each) || b.count - a.count || (groupKey(a.each) < groupKey(b.each) ? -1 : 1))[0];
    if (best === undefined) break;
    chosen.push(best.each);
    left = left.filter(({suspects}) => !suspects.some(other => groupKey(other) === groupKey(best.each)));
  }
  return [...chosen.map(each => ofSuspect(each, losses, nodes, seen)), ...unexplained(left)];
}

/** Those that are one finding: of one node and kind, or, of interfaces, of all nodes. */
function groupKey(suspect: Suspect): string {
  if (suspect.kind === 'wrong-interface' || suspect.kind === 'overlay-address') return suspect.kind;
  return `${suspect.kind} ${suspect.node}${suspect.kind === 'route-missing' ? ` ${suspect.reason}` : ''}${'device' in suspect ? ` ${suspect.device}` : ''}`;
}

/** What is certain comes before what may be meant so. */
function rank({kind}: Suspect): number {
  return ['forwarding-off', 'link-down', 'overlay-address', 'route-missing', 'rp-filter', 'wrong-interface', 'route-elsewhere', 'next-hop-silent'].indexOf(kind);
}

function ofSuspect(suspect: Suspect, losses: readonly Loss[], nodes: Facts['nodes'], seen: Seen): Found<Own> {
  const hit = losses.filter(({suspects}) => suspects.some(each => groupKey(each) === groupKey(suspect)));
  const all = [...new Map(hit.flatMap(({suspects}) => suspects.filter(each => groupKey(each) === groupKey(suspect))).map(each => [JSON.stringify(each), each])).values()];
  const pairs = seen === 'lost' ? pairsOf(hit) : [];
  const probes = attempts(hit.flatMap(({cells}) => cells), 4);
  const file = (text: string, what = 'routes'): ReturnType<typeof evidence> => evidence('file', `${what} of ${suspect.node}`, text);
  const sure = seen === 'lost' ? {} : {level: 'warning' as const};
  const about = {subject: nodeSubject(suspect.node), nodes: [...new Set(hit.flatMap(({from, to}) => [from, to]))].sort(), confidence: 'proven' as const};
  switch (suspect.kind) {
    case 'forwarding-off':
      return {code: 'ip-forward-off', ...about, args: {node: suspect.node, sysctl: suspect.sysctl, pairs}, evidence: [file(`${suspect.sysctl} = 0`, 'settings'), ...probes]};
    case 'link-down':
      return {code: 'interface-down', ...about, args: {node: suspect.node, device: suspect.device, state: suspect.state, pairs}, evidence: [file(`${suspect.device}: ${suspect.state}`, 'interfaces'), ...probes]};
    case 'route-missing':
    case 'route-elsewhere': {
      const missing = all.filter(each => each.kind === 'route-missing' || each.kind === 'route-elsewhere');
      const addresses = [...new Set(missing.map(({address}) => address))].sort();
      return {
        code: 'pod-route-missing', ...about, confidence: suspect.kind === 'route-missing' && suspect.reason !== 'default' ? 'proven' : 'likely',
        args: {reason: suspect.kind === 'route-elsewhere' ? 'elsewhere' : suspect.reason, node: suspect.node, addresses, blocks: blocksOf(addresses, nodes), pairs, seen},
        evidence: [...missing.map(({raw, address}) => file(raw === '' ? `no route leads to ${address}` : raw)), ...probes],
      };
    }
    case 'wrong-interface': {
      const wrong = all.filter(each => each.kind === 'wrong-interface');
      const byNode = [...new Map(wrong.map(each => [each.node, {node: each.node, uses: each.device, own: each.own, ownAddress: each.ownAddress}])).values()].sort((a, b) => (a.node < b.node ? -1 : 1));
      return {code: 'cni-on-wrong-interface', subject: networkSubject(byNode.map(({node}) => node)), nodes: about.nodes, ...sure, confidence: 'likely', args: {reason: 'route', nodes: byNode, pairs, seen}, evidence: [...wrong.map(({node, raw}) => evidence('file', `routes of ${node}`, raw)), ...probes]};
    }
    case 'overlay-address': {
      const wrong = all.filter(each => each.kind === 'overlay-address');
      const byNode = [...new Map(wrong.map(each => [each.node, {node: each.node, uses: each.address, own: each.own, ownAddress: each.ownAddress}])).values()].sort((a, b) => (a.node < b.node ? -1 : 1));
      return {code: 'cni-on-wrong-interface', subject: networkSubject(byNode.map(({node}) => node)), nodes: byNode.map(({node}) => node), confidence: 'likely', args: {reason: 'annotation', nodes: byNode, pairs, seen}, evidence: [...wrong.map(({node, raw}) => evidence('object', `Node ${node}`, raw)), ...probes]};
    }
    case 'rp-filter': {
      const sources = [...new Set(all.flatMap(each => (each.kind === 'rp-filter' ? [each.source] : [])))].sort();
      return {code: 'rp-filter-strict', ...about, ...sure, confidence: 'likely', args: {node: suspect.node, device: suspect.device, sources, back: suspect.back, pairs, seen}, evidence: [file(`rp_filter of ${suspect.device}, or of all: 1; the route to ${suspect.source} is by ${suspect.back}`, 'settings'), ...probes]};
    }
    case 'next-hop-silent':
      return {code: 'pod-network-next-hop-silent', ...about, confidence: 'likely', args: {node: suspect.node, gateway: suspect.gateway, device: suspect.device, pairs}, evidence: [file(`${suspect.gateway} dev ${suspect.device}: incomplete`, 'neighbours'), ...probes]};
  }
}

/** The podCIDRs that these addresses are of, and by which address of their node. */
function blocksOf(addresses: readonly string[], nodes: Facts['nodes']): {readonly cidr: string; readonly node: string; readonly via: string}[] {
  return nodes.flatMap(({metadata, spec, status}) => (spec?.podCIDRs ?? []).flatMap(cidr => {
    const block = parseBlock(cidr);
    const via = (status?.addresses ?? []).find(({type, address}) => type === 'InternalIP' && address.includes(':') === cidr.includes(':'))?.address;
    const holds = addresses.some(text => { const address = parseAddress(text); return block !== null && address !== null && contains(block, address); });
    return holds && via !== undefined ? [{cidr, node: metadata.name, via}] : [];
  }));
}

function pairsOf(losses: readonly Loss[]): string[] {
  return [...new Set(losses.map(({from, to}) => `${from} → ${to}`))].sort();
}

/** What no node says the cause of, in one finding. */
function unexplained(own: readonly Loss[]): Found<Own>[] {
  if (own.length === 0) return [];
  const cells: readonly NetworkCell[] = own.flatMap(loss => loss.cells);
  const {kind, text} = failureOf(cells.flatMap(cell => triesOf([cell]).filter(each => !isThrough(cell, each))));
  const [from, to] = [[...new Set(own.map(loss => loss.from))].sort(), [...new Set(own.map(loss => loss.to))].sort()];
  const nodes = [...new Set([...from, ...to])].sort();
  const common = nodes.filter(node => own.every(loss => loss.from === node || loss.to === node));
  const clients = (['pod', 'node'] as const).filter(client => own.some(({isPod}) => isPod === (client === 'pod')));
  return [{code: 'pod-network-broken-between-nodes', subject: networkSubject(common.length === 1 ? common : nodes), nodes, confidence: 'likely', args: {reason: kind, pairs: pairsOf(own), from, to, clients, failure: text, sameNode: own.some(loss => loss.from === loss.to)}, evidence: attempts(cells)}];
}
