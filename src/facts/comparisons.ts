import {type Answer, isKnown, known, knownOf, unknown} from '../cluster/answer.ts';
import type {Node} from '../cluster/objects.ts';
import {isAsked} from '../model/asked.ts';
import {compare} from '../model/compare.ts';
import type {Comparison} from '../model/comparison.ts';
import {delivered} from '../model/delivery.ts';
import type {Dialect} from '../model/dialect.ts';
import {iptablesDialect} from '../model/iptables/hub.ts';
import {ipvsDialect} from '../model/ipvs/hub.ts';
import {effectiveMode} from '../model/left-overs.ts';
import {nftDialect} from '../model/nft/hub.ts';
import type {Mode, NodeRules} from '../model/node-rules.ts';
import {configuredOn} from '../model/proxy-config.ts';
import {type Way, waysIn} from '../model/ways.ts';
import type {Learn} from './facts.ts';

export const comparisons: Learn<'comparisons'> = async ({need, try: attempt}) => {
  const [services, rules, nodes, client, proxies, all] = await Promise.all([need('services'), need('nodeRules'), need('examinedNodes'), need('client'), attempt('proxies'), need('nodes')]);
  if (services.length === 0) return new Map();
  const one = (node: Node): Answer<readonly Comparison[]> => {
    const read = rules.get(node.metadata.name);
    if (read === undefined) return unknown('not-asked', 'its rules were not asked for');
    if (!isKnown(read)) return read;
    const ways = services.flatMap(({service, ports, slices}) => waysIn(service, ports, slices, node, client));
    return compareNode(read.known, isKnown(proxies) ? configuredOn(proxies.known, node.metadata.name) : null, ways);
  };
  const rulesOf = (name: string): NodeRules | undefined => knownOf(rules, name) ?? undefined;
  const atAddress = new Map(all.flatMap(({metadata, status}) => (status?.addresses ?? []).filter(({type}) => type === 'InternalIP').map(({address}) => [address, metadata.name] as const)));
  return new Map(nodes.filter(({metadata}) => rules.has(metadata.name)).map(node => {
    const answer = one(node);
    return [node.metadata.name, isKnown(answer) ? known(answer.known.map(each => delivered(each, rulesOf, address => atAddress.get(address) ?? null))) : answer];
  }));
};

/** How kube-proxy writes its rules in each mode. */
const dialects: Readonly<Record<Mode, Dialect>> = {iptables: iptablesDialect, nftables: nftDialect, ipvs: ipvsDialect};

/** One node's rules against these ways in; unknown where what they depend on was not read. Pure. */
export function compareNode(rules: NodeRules, configured: Mode | null, ways: readonly Way[]): Answer<readonly Comparison[]> {
  const dialect = dialects[effectiveMode(rules, configured)];
  const families = new Set(ways.map(({packet}) => packet.destination.family));
  const unread = rules.rulesets.find(set => families.has(set.family) && set.unread !== null);
  if (unread?.unread) return {unknown: unread.unread};
  // Tables that are there and could not be read to their end may drop anything, whoever translates.
  if (!isKnown(rules.nft) && (dialect === nftDialect || rules.nft.unknown.why === 'truncated')) return rules.nft;
  if (dialect === ipvsDialect && !isKnown(rules.ipvs.services)) return rules.ipvs.services;
  if (dialect === ipvsDialect && !isKnown(rules.ipvs.sets)) return rules.ipvs.sets;
  if (dialect === ipvsDialect && rules.localAddresses === null) return unknown('not-recorded', `which addresses ${rules.node} has was not read, and ipvs takes only what is sent to one of them`);
  const served = ways.filter(way => isAsked(rules, dialect, way));
  return known(served.map(way => compare(rules, dialect, dialect.expects?.(way) ?? way)));
}
