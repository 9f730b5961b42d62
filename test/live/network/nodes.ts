import {must, onNode, rigName} from '../rig.ts';

/** Every node of the cluster that these tests want: `cluster up --nodes 3`. */
export const nodes = ['cp', 'node1', 'node2', 'node3'] as const;
export type NodeName = (typeof nodes)[number];
export const workers: readonly NodeName[] = ['node1', 'node2', 'node3'];

const numberOf = (node: NodeName): number => nodes.indexOf(node);
export const podsOf = (node: NodeName): string => `10.244.${numberOf(node)}.0/24`;
export const addressOf = (node: NodeName): string => `172.30.0.${10 + numberOf(node)}`;
/** On the second network, where there is one. */
export const secondAddressOf = (node: NodeName): string => `192.168.77.${10 + numberOf(node)}`;
/** On the overlay, where there is one. */
export const overlayAddressOf = (node: NodeName): string => `10.250.0.${10 + numberOf(node)}`;

/** Every two different nodes, either way round. */
export const pairs: readonly (readonly [NodeName, NodeName])[] = nodes.flatMap(from => nodes.filter(to => to !== from).map(to => [from, to] as const));

/** Other ways than by the nodes' own addresses: `via 192.168.77.12 dev eth1`. */
export async function routed(way: (to: NodeName) => string): Promise<void> {
  for (const from of nodes) await onNode(from, pairs.filter(pair => pair[0] === from).map(([, to]) => `ip route replace ${podsOf(to)} ${way(to)}`).join('; '));
}

/** As they are at first, whatever is there instead: `replace` would leave a route that refuses, or one with another metric. */
export async function mendRoutes(): Promise<void> {
  for (const from of nodes) await onNode(from, pairs.filter(pair => pair[0] === from).map(([, to]) => `ip route flush exact ${podsOf(to)}; ip route add ${podsOf(to)} via ${addressOf(to)}`).join('; '));
}

/** As root beside the nodes, in the namespace whose bridges join them: br0, with ports of the nodes' names. */
export function onSwitch(script: string): Promise<string> {
  return must('ip', ['netns', 'exec', `${rigName}-sw`, 'sh', '-ec', script]);
}

/** A firewall between the nodes, of which none of them knows: frames that match a rule are lost. */
export async function lostBetween(...rules: readonly string[]): Promise<void> {
  await onSwitch(['nft add table bridge between', "nft 'add chain bridge between lost { type filter hook forward priority 0; }'", ...rules.map(rule => `nft 'add rule bridge between lost ${rule} drop'`)].join('; '));
}

export async function nothingLostBetween(): Promise<void> {
  await onSwitch('nft delete table bridge between 2> /dev/null || true');
}
