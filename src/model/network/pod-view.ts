import {type Answer, known, unknown} from '../../cluster/answer.ts';
import type {NodeReading, PlaceReading} from '../../cluster/cluster.ts';
import type {Pod} from '../../cluster/objects.ts';
import {type Link, parseLinks} from '../../parse/links.ts';
import {parseRoutes} from '../../parse/proc-route.ts';
import {type Listener, parseSockets} from '../../parse/proc-sockets.ts';
import {localAddresses} from '../node-rules.ts';
import {formatAddress, parseAddress} from '../ip.ts';

/** A pod's own network, as a program in it would see it with tools that its image need not have. */
export interface PodView {
  readonly links: readonly PodLink[];
  /** Without those of its loopback interface. */
  readonly addresses: readonly string[];
  /** IPv4, of the main table, as ip-route(8) says them. */
  readonly routes: readonly {readonly to: string; readonly via: string | null; readonly device: string}[];
  readonly listeners: readonly PodListener[];
  /** As the pod has it; null: it has none. */
  readonly resolvConf: string | null;
  /** `PID NAME` on the node of the process that stands for the pod. */
  readonly process: string | null;
  /** Lines that kdiag did not understand. */
  readonly strange: readonly string[];
}

export interface PodLink extends Pick<Link, 'name' | 'mtu' | 'state' | 'kind'> {
  /** Its other end on the node, and the bridge that this is a port of; null: none, or the node was not read. */
  readonly peer: {readonly name: string; readonly mtu: number; readonly state: string; readonly bridge: string | null; readonly hairpin: boolean | null} | null;
}

export interface PodListener extends Pick<Listener, 'protocol' | 'address' | 'port'> {
  /** `PID NAME` of who holds it; null: nobody that is seen. */
  readonly process: string | null;
}

/** What cannot be done without: that one of them could not be read must not look as if the pod had none. */
const wanted = [['links', 'interfaces'], ['route', 'routes'], ['fib_trie', 'addresses'], ['if_inet6', 'IPv6 addresses']] as const;

/** `node`: its pod's node, for the other ends; null: it was not read. */
export function podView({metadata, status}: Pod, {sections}: PlaceReading, node: NodeReading['sections'] | null): Answer<PodView> {
  const name = `${metadata.namespace}/${metadata.name}`;
  for (const [section, what] of wanted) {
    // a kernel without IPv6 has no such file
    if (section === 'if_inet6' && !(status?.podIPs ?? []).some(({ip}) => ip.includes(':'))) continue;
    const read = sections[section];
    if (read === undefined) return unknown('not-recorded', `the ${what} of pod ${name} were not recorded`);
    if (read.exit !== 0) return unknown('unparsed', `the ${what} of pod ${name} could not be read: ${read.stderr.trim() || `status ${read.exit}`}`);
  }
  const own = parseLinks(sections['links']?.stdout ?? '');
  const ends = parseLinks(node?.['links']?.stdout ?? '').links;
  const routes = parseRoutes(sections['route']?.stdout ?? '');
  const sockets = parseSockets(sections['sockets']?.stdout ?? '');
  const holders = new Map((sections['holders']?.stdout ?? '').split('\n').flatMap(line => { const [, inode, process] = /^(\d+) (\d+ .*)$/.exec(line) ?? []; return inode === undefined || process === undefined ? [] : [[inode, process] as const]; }));
  const addresses = [...localAddresses(sections) ?? []].filter(address => !address.startsWith('127.') && address !== '::1').map(text => { const parsed = parseAddress(text); return parsed === null ? text : formatAddress(parsed); });
  const resolv = sections['resolv-conf'];
  return known({
    links: own.links.map(({name, mtu, state, kind, peer}): PodLink => {
      const end = kind === 'veth' ? ends.find(({index}) => index === peer) : undefined;
      return {name, mtu, state, kind, peer: end === undefined ? null : {name: end.name, mtu: end.mtu, state: end.state, bridge: ends.find(({index}) => index === end.master)?.name ?? null, hairpin: end.hairpin}};
    }),
    addresses: addresses.sort(),
    routes: routes.routes.map(({to, gateway, device}) => ({to, via: gateway, device})),
    listeners: sockets.listeners.map(({protocol, address, port, inode}): PodListener => ({protocol, address, port, process: (inode === null ? undefined : holders.get(inode)) ?? null})).sort((a, b) => a.port - b.port || (`${a.protocol} ${a.address}` < `${b.protocol} ${b.address}` ? -1 : 1)),
    resolvConf: resolv === undefined || resolv.exit !== 0 ? null : resolv.stdout.trim(),
    process: (sections['pid']?.stdout ?? '').split('\n')[0] || null,
    strange: [...own.strange, ...routes.strange, ...sockets.strange],
  });
}
