import type {Node, Pod} from '../../cluster/objects.ts';
import {type Block, contains, isLinkLocal, parseAddress, parseBlock} from '../ip.ts';
import type {NodeNetwork} from './node-network.ts';
import {lengthOf} from './routing.ts';

/** An address of a Node that other machines do not find it by. */
export interface NodeAddressFault {
  readonly reason: 'shared' | 'not-local' | 'loopback';
  readonly address: string;
  readonly nodes: readonly string[];
  /** What the node has instead, where that was read. */
  readonly has: readonly string[];
}

const internalIPs = ({status}: Node): string[] => (status?.addresses ?? []).filter(({type}) => type === 'InternalIP').map(({address}) => address);

export function nodeAddressFaults(nodes: readonly Node[], networks: ReadonlyMap<string, NodeNetwork>): NodeAddressFault[] {
  const owners = Map.groupBy(nodes.flatMap(node => internalIPs(node).map(address => ({address, node: node.metadata.name}))), ({address}) => address);
  return [...owners].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([address, own]): NodeAddressFault[] => {
    const names = own.map(({node}) => node).sort();
    if (names.length > 1) return [{reason: 'shared', address, nodes: names, has: []}];
    const [node = ''] = names;
    if (address.startsWith('127.') || address === '::1' || isLinkLocal(address)) return [{reason: 'loopback', address, nodes: names, has: []}];
    const local = networks.get(node)?.localAddresses;
    // what was not read is no proof; of IPv6 the form may differ
    return local === undefined || local.size === 0 || address.includes(':') || local.has(address) ? [] : [{reason: 'not-local', address, nodes: names, has: [...local].filter(each => !each.startsWith('127.') && !each.includes(':')).sort()}];
  });
}

/** A block of pods, or an address of a Service, that somebody else has as well. */
export interface Clash {
  readonly whose: 'pods' | 'services';
  readonly reason: 'nodes' | 'node-address' | 'node-network';
  readonly block: string;
  readonly other: string;
  readonly nodes: readonly string[];
  /** The other block is the larger one: routes to this one, which are longer, come first. */
  readonly within?: boolean;
}

/** Interfaces of pods, and of those who route to them: their routes are the pod network's own. */
const ofPods = /^(cni|cali|veth|lxc|lxd|eni|flannel|cilium|weave|kube-bridge|kube-ipvs|nodelocaldns|tunl|vxlan|wg|dummy|gke|azv|ovn|antrea|lo$)/;

export function clashesOf(nodes: readonly Node[], vips: readonly string[], networks: ReadonlyMap<string, NodeNetwork>): Clash[] {
  const pods = nodes.flatMap(node => (node.spec?.podCIDRs ?? []).flatMap(text => { const block = parseBlock(text); return block === null ? [] : [{text, block, node: node.metadata.name}]; }));
  const addresses = nodes.flatMap(node => internalIPs(node).map(text => ({text, node: node.metadata.name})));
  const services = [...new Set(vips)].flatMap(text => { const block = parseBlock(text); return block === null ? [] : [{text, block}]; });
  const links = [...networks].flatMap(([node, network]) => network.routes.filter(route => route.gateway === null && !route.refuses && lengthOf(route) > 0 && lengthOf(route) < 31 && !ofPods.test(route.device)).flatMap(route => {
    const block = parseBlock(route.to);
    const bridge = network.links.find(({name}) => name === route.device)?.kind === 'bridge';
    const own = pods.some(each => each.node === node && block !== null && (covers(each.block, block) || (bridge && covers(block, each.block)))); // the bridge of its pods may have the whole network (minikube)
    return block === null || own ? [] : [{text: `${route.to} dev ${route.device}`, block, node}];
  }));
  return [
    ...pods.flatMap((one, i) => pods.slice(i + 1).filter(other => other.node !== one.node && overlap(one.block, other.block)).map((other): Clash => ({whose: 'pods', reason: 'nodes', block: one.text, other: other.text, nodes: [one.node, other.node].sort()}))),
    ...pods.flatMap(({text, block}) => grouped(links.filter(each => overlap(block, each.block)), block).map((each): Clash => ({whose: 'pods', reason: 'node-network', block: text, ...each}))),
    ...pods.flatMap(({text, block}) => addresses.filter(each => isIn(block, each.text)).map((each): Clash => ({whose: 'pods', reason: 'node-address', block: text, other: each.text, nodes: [each.node]}))),
    ...services.flatMap(({text, block}) => pods.filter(each => overlap(block, each.block)).map((each): Clash => ({whose: 'services', reason: 'nodes', block: text, other: each.text, nodes: [each.node]}))),
    ...services.flatMap(({text, block}) => grouped(links.filter(each => overlap(block, each.block)), block).map((each): Clash => ({whose: 'services', reason: 'node-network', block: text, ...each}))),
  ];
}

function grouped(links: readonly {readonly text: string; readonly block: Block; readonly node: string}[], block: Block): Pick<Clash, 'other' | 'nodes' | 'within'>[] {
  return [...Map.groupBy(links, ({text}) => text)].map(([other, own]) => ({other, nodes: own.map(({node}) => node).sort(), within: own.every(each => each.block.mask !== block.mask && covers(each.block, block))}));
}

function overlap(a: Block, b: Block): boolean {
  return a.family === b.family && (covers(a, b) || covers(b, a));
}

function covers(outer: Block, inner: Block): boolean {
  return outer.family === inner.family && (outer.mask & inner.mask) === outer.mask && (inner.bits & outer.mask) === outer.bits;
}

function isIn(block: Block, text: string): boolean {
  const address = parseAddress(text);
  return address !== null && contains(block, address);
}

/**
 * IPv4 that no machine on the internet has: RFC 1918, RFC 6598, RFC 3927, RFC 2544, RFC 5737, and 240/4, which clouds use for pods. IPv6 is
 * left out: pods with global addresses are usual there.
 */
const free = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', '198.18.0.0/15', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4', '127.0.0.0/8'].map(parseBlock).filter(block => block !== null);

export function notPrivate(cidrs: readonly string[]): string[] {
  return [...new Set(cidrs)].filter(text => { const block = parseBlock(text); return block !== null && block.family === 4 && !free.some(each => covers(each, block)); }).sort();
}

export interface StrayPod {
  readonly pod: string;
  readonly address: string;
  readonly node: string;
  readonly cidr: string;
}

/** Where all other pods of a node have addresses of its podCIDR: a plug-in with addresses of its own (Calico, AWS) gives none of them such. */
export function strayPods(nodes: readonly Node[], pods: readonly Pod[]): StrayPod[] {
  const own = [...new Map(pods.filter(({spec, status}) => spec.hostNetwork !== true && status?.podIP !== undefined && (status.phase === 'Running' || status.phase === 'Pending')).map(pod => [`${pod.metadata.namespace}/${pod.metadata.name}`, pod] as const))];
  return nodes.flatMap(({metadata, spec}) => {
    const cidr = (spec?.podCIDRs ?? []).find(text => !text.includes(':'));
    const block = cidr === undefined ? null : parseBlock(cidr);
    const here = own.filter(([, pod]) => pod.spec.nodeName === metadata.name && pod.status?.podIP?.includes(':') === false);
    const outside = here.filter(([, pod]) => block !== null && !isIn(block, pod.status?.podIP ?? ''));
    return block === null || outside.length === 0 || outside.length * 2 > here.length ? [] : outside.map(([pod, {status}]): StrayPod => ({pod, address: status?.podIP ?? '', node: metadata.name, cidr: cidr ?? ''}));
  });
}

export const addressText = ({address, node, cidr}: StrayPod): string => `podIP ${address}, on ${node}, whose podCIDR is ${cidr}`;
