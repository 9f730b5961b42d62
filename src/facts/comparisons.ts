import {type Answer, isKnown, known, unknown} from '../cluster/answer.ts';
import type {Node} from '../cluster/objects.ts';
import {type Comparison, compareIptables} from '../model/compare.ts';
import type {NodeRules} from '../model/node-rules.ts';
import {askedPorts} from '../model/service-ports.ts';
import {type Way, waysIn} from '../model/ways.ts';
import type {Learn} from './facts.ts';

export const comparisons: Learn<'comparisons'> = async ({target, need, try: attempt}) => {
  const [service, slices, rules, nodes, client, proxies] = await Promise.all([need('service'), need('slices'), need('nodeRules'), need('examinedNodes'), need('client'), attempt('proxies')]);
  if (service === null) return new Map();
  const configured = isKnown(proxies) ? proxies.known.configuredMode : null;
  const one = (node: Node): Answer<readonly Comparison[]> => {
    const read = rules.get(node.metadata.name);
    if (read === undefined) return unknown('not-asked', 'its rules were not asked for');
    if (!isKnown(read)) return read;
    const ways = waysIn(service, askedPorts(service, target.port), slices, node, client);
    const other = otherMode(read.known, configured);
    return other === null ? compareAll(read.known, ways) : unknown('unsupported', `${node.metadata.name} is in ${other} mode, whose rules this version of kdiag does not follow yet`);
  };
  return new Map(nodes.filter(({metadata}) => rules.has(metadata.name)).map(node => [node.metadata.name, one(node)]));
};

function compareAll(rules: NodeRules, ways: readonly Way[]): Answer<readonly Comparison[]> {
  const families = new Set(ways.map(({packet}) => packet.destination.family));
  const unread = rules.rulesets.find(set => families.has(set.family) && set.unread !== null);
  if (unread?.unread) return unknown(unread.unread.why, unread.unread.detail);
  return known(ways.map(way => compareIptables(rules, way)));
}

/** The mode that a node works in when that is not iptables: by what is there, and where nothing is, by the configuration. */
function otherMode(rules: NodeRules, configured: string | null): string | null {
  const [only] = rules.modes;
  if (rules.modes.includes('iptables') && configured !== 'nftables' && configured !== 'ipvs') return null;
  if (configured !== null && configured !== 'iptables') return configured;
  return rules.modes.includes('iptables') ? null : (only ?? null);
}
