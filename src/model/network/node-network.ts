import {type Answer, known, unknown} from '../../cluster/answer.ts';
import type {NodeReading} from '../../cluster/cluster.ts';
import {type Link, parseConf, parseLinks} from '../../parse/links.ts';
import {type Neighbour, parseArp} from '../../parse/proc-arp.ts';
import {type Listener, parseSockets} from '../../parse/proc-sockets.ts';
import {type Route, parseRoutes} from '../../parse/proc-route.ts';
import {localAddresses} from '../node-rules.ts';

/** What one node's own network is made of, as its /proc and /sys say. IPv4 only: /proc names no interface for an IPv6 route that kdiag reads. */
export interface NodeNetwork {
  readonly node: string;
  readonly links: readonly Link[];
  /** Of the main table. */
  readonly routes: readonly Route[];
  /** There are tables beside main and local: what a rule sends there is not known. */
  readonly otherTables: boolean;
  readonly localAddresses: ReadonlySet<string>;
  /** Interface, `all` or `default` → rp_filter and forwarding. */
  readonly conf: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** `net/ipv4/ip_forward` → `1`. */
  readonly sysctls: Readonly<Record<string, string>>;
  readonly neighbours: readonly Neighbour[];
  /** Sockets of the node's own network that listen; those of the kernel's tunnels are among them. */
  readonly listeners: readonly Listener[];
}

export function nodeNetwork({node, sections}: NodeReading): Answer<NodeNetwork> {
  const {route, links, conf, sysctl, arp, fib_trie: trie} = sections;
  if (route === undefined || links === undefined || conf === undefined) return unknown('not-recorded', `the routes and interfaces of node ${node} were not recorded`);
  if (route.exit !== 0) return unknown('unparsed', `/proc/net/route of node ${node} could not be read: ${route.stderr.trim()}`);
  const routes = parseRoutes(route.stdout);
  const interfaces = parseLinks(links.stdout);
  const strange = [...routes.strange, ...interfaces.strange];
  if (strange[0] !== undefined) return unknown('unparsed', `kdiag does not understand what node ${node} said of its routes or interfaces: ${strange[0]}`);
  // the loopback interface is always there: that it is listed shows that listing works
  if (!interfaces.links.some(({name}) => name === 'lo')) return unknown('unparsed', `node ${node} lists no interface at all`);
  return known({
    node, links: interfaces.links, routes: routes.routes, otherTables: /^Id \d+:$/m.test(trie?.stdout ?? ''), localAddresses: localAddresses(sections) ?? new Set(),
    conf: parseConf(conf.stdout), sysctls: Object.fromEntries((sysctl?.stdout ?? '').split('\n').flatMap(line => { const [name, value] = line.split(' = '); return name === undefined || value === undefined ? [] : [[name, value]]; })),
    neighbours: parseArp(arp?.stdout ?? '').neighbours, listeners: parseSockets(sections['sockets']?.stdout ?? '').listeners,
  });
}

export function linkNamed({links}: NodeNetwork, name: string): Link | undefined {
  return links.find(link => link.name === name);
}

/** Whether it forwards IPv4 by any of its interfaces: ip_forward sets all of them, and each may be set by itself after that. */
export function forwards({sysctls, conf}: NodeNetwork): boolean {
  return sysctls['net/ipv4/ip_forward'] !== '0' || [...conf].some(([name, {forwarding}]) => !['all', 'default', 'lo'].includes(name) && forwarding === '1');
}

/** A device that carries packets inside of others: its way is not that of the node's own network. */
export function isTunnel(network: NodeNetwork, device: string): boolean {
  const link = linkNamed(network, device);
  return ['vxlan', 'wireguard', 'geneve', 'gre', 'ip6gre'].includes(link?.kind ?? '') || /^(tunl|ipip|flannel|vxlan|wg|cilium_|geneve|gre|kube-ipip|dummy|tun|weave|antrea|ovn)/.test(device);
}
