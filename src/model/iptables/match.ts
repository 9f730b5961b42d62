import type {Criterion, Rule} from '../../parse/iptables.ts';
import {type Fraction, fraction, minus, one, times, zero} from '../fraction.ts';
import {type Address, type Block, contains, parseAddress, parseBlock} from '../ip.ts';
import {isInSet} from '../ipset.ts';
import type {Place} from '../netfilter/place.ts';
import {type Packet, senderOf} from '../packet.ts';
import {hasState, hasStatus, isConnectionless, sentTo} from './conntrack.ts';

/** How much of such traffic a rule takes: an exact share, or the criterion that kdiag cannot decide. */
export type Match = {readonly share: Fraction} | {readonly undecided: Criterion};

type Verdict = boolean | null | Fraction;

const nothing: Match = {share: zero};
const everything: Match = {share: one};

export function matchRule(rule: Rule, packet: Packet, place: Place): Match {
  let share = one;
  let undecided: Criterion | null = null;
  for (const criterion of rule.criteria) {
    const verdict = judge(criterion, rule, packet, place);
    if (verdict === false) return nothing;
    if (verdict === null) undecided ??= criterion;
    else if (verdict !== true) share = times(share, verdict);
  }
  return undecided === null ? (share === one ? everything : {share}) : {undecided};
}

export function judge(criterion: Criterion, rule: Rule, packet: Packet, place: Place): Verdict {
  const verdict = criterion.known ? ask(criterion, rule, packet, place) : null;
  if (verdict !== null && criterion.option.startsWith('ct') && criterion.option !== 'ctstate' && isConnectionless(packet, rule.table)) return false;
  if (!criterion.negated || verdict === null) return verdict;
  return typeof verdict === 'boolean' ? !verdict : minus(one, verdict);
}

/** Bridges of Docker's own networks and of virtual machines: no pod is behind them since the kubelet ceased to use Docker's (1.24). */
const strange = /^(docker0|docker_gwbridge|br-[0-9a-f]{12}|virbr\d+|lxcbr0|lxdbr0)$/;

const draws = 2n ** 31n;

const asked: Readonly<Record<string, (value: string, packet: Packet, place: Place, criterion: Criterion, rule: Rule) => Verdict>> = {
  source: (value, packet) => inBlock(value, packet.source),
  destination: (value, packet) => inBlock(value, packet.destination),
  protocol: (value, packet) => isProtocol(value, packet.protocol),
  'in-interface': (value, packet) => (packet.incoming === 'lo' ? value === 'lo' : packet.from === 'host' || value === 'lo' || strange.test(value) ? false : null),
  'out-interface': (value, packet, place) => (value === 'lo' ? place.isLocal(packet.destination) : strange.test(value) ? false : null),
  fragment: () => false,
  dport: (value, packet) => inPorts(value, packet.port),
  'destination-port': (value, packet) => inPorts(value, packet.port),
  dports: (value, packet) => inPorts(value, packet.port),
  sport: () => null, // the client's port is any: a rule that asks for one takes an unknown part
  'source-port': () => null,
  sports: () => null,
  ports: () => null,
  syn: (_, packet) => packet.protocol === 'tcp',
  'tcp-flags': (mask, packet, _, criterion) => packet.protocol === 'tcp' && (listed(mask, 'SYN') || mask === 'ALL' ? criterion.values[1] === 'SYN' : criterion.values[1] === 'NONE'),
  ctstate: (value, packet, _, __, rule) => hasState(value, packet, rule.table),
  state: (value, packet, _, __, rule) => hasState(value, packet, rule.table),
  ctstatus: (value, packet) => hasStatus(value, packet),
  ctdir: value => value === 'ORIGINAL',
  ctproto: (value, packet) => isProtocol(value, packet.protocol),
  ctorigsrc: (value, packet) => inBlock(value, senderOf(packet)),
  ctorigdst: (value, packet) => inBlock(value, sentTo(packet).destination),
  ctorigdstport: (value, packet) => inPorts(value, sentTo(packet).port),
  // answers will come from where the packet goes by now
  ctreplsrc: (value, packet) => inBlock(value, packet.destination),
  ctreplsrcport: (value, packet) => inPorts(value, packet.port),
  mark: (value, packet, _, criterion, rule) => (moduleOf(criterion, rule) === 'connmark' ? (packet.untracked === true ? null : isMark(value, packet.connectionMark ?? 0, 0)) : isMark(value, packet.mark, packet.unsure ?? 0)),
  'dst-range': (value, packet) => inRange(value, packet.destination),
  'src-range': (value, packet) => inRange(value, packet.source),
  'pkt-type': value => value === 'unicast',
  'dst-type': (value, packet, place) => isType(value, packet.destination, place),
  'src-type': (value, packet, place) => (packet.source !== null ? isType(value, packet.source, place) : packet.sentBy?.isMasqueraded === true ? isOfType(value, packet.destination.family, false, true) : null),
  'limit-iface-in': () => null,
  'limit-iface-out': () => null,
  mode: value => (value === 'random' || value === 'nth' ? true : null),
  // xt_statistic compares 31 random bits with this number (net/netfilter/xt_statistic.c)
  probability: value => fraction(BigInt(Math.round(Number(value) * 2 ** 31)), draws),
  every: value => fraction(1n, BigInt(value)),
  // kube-proxy's own counters match always; an accounting object with a quota, which anybody else may have made, need not
  'nfacct-name': value => (/^(ct_state_invalid_dropped_pkts|iptables_localhost_nodeports_accepted_packets|localhost_nps_accepted_pkts)$/.test(value) ? true : null),
  'match-set': (name, packet, place, {values}) => isInSet(place.sets ?? null, name, values[1] ?? '', packet),
  // xt_physdev: a packet that came in by a port of a bridge; what a node sends itself did not
  'physdev-is-in': (_, packet) => (packet.from === 'host' ? false : null),
  // xt_ipvs: how ip_vs took it. A packet that ip_vs did not take matches none of these.
  ipvs: (_, packet) => packet.viaIpvs === true,
  vaddr: (value, packet) => packet.viaIpvs === true && inBlock(value, packet.original?.destination ?? null),
  vport: (value, packet) => packet.viaIpvs === true && inPorts(value, packet.original?.port ?? 0),
  vproto: (value, packet) => packet.viaIpvs === true && isProtocol(value, packet.protocol),
  // xt_recent: a client that has not been here before is in no list. `--set` writes it down and always matches.
  rcheck: () => false,
  update: () => false,
  remove: () => false,
};

/** These only say how another criterion of the rule is meant. */
export const modifiers: ReadonlySet<string> = new Set(['comment', 'match', 'packet', 'name', 'set', 'seconds', 'hitcount', 'reap', 'rttl', 'mask', 'rsource', 'rdest']);

function ask(criterion: Criterion, rule: Rule, packet: Packet, place: Place): Verdict {
  if (modifiers.has(criterion.option)) return true;
  return asked[criterion.option]?.(criterion.values[0] ?? '', packet, place, criterion, rule) ?? null;
}

const blocks = new Map<string, Block | null>();
function inBlock(text: string, address: Address | null): boolean | null {
  let block = blocks.get(text);
  if (block === undefined) {
    if (blocks.size > 1000) blocks.clear();
    blocks.set(text, (block = parseBlock(text)));
  }
  if (block === null) return null;
  return address === null ? (block.mask === 0n ? true : null) : contains(block, address);
}

const numbers = {tcp: '6', udp: '17', sctp: '132'} as const;
function isProtocol(text: string, protocol: Packet['protocol']): boolean {
  return text === protocol || text === 'all' || text === '0' || text === numbers[protocol];
}

/** `80`, `1024:65535`, `80,443,8000:8100`; named ports are not resolved (iptables-save prints numbers). */
function inPorts(text: string, port: number): boolean | null {
  if (/^\d+$/.test(text)) return port === Number(text);
  const ranges = text.split(',').map(part => /^(\d*)(?::(\d*))?$/.exec(part));
  if (ranges.some(range => range === null)) return null;
  return ranges.some(range => {
    const [whole = '', low = '', high] = range ?? [];
    return whole.includes(':') ? port >= Number(low) && port <= (high === '' || high === undefined ? 65535 : Number(high)) : port === Number(low);
  });
}

/** `10.96.0.2-10.96.0.4`, both ends included. */
function inRange(text: string, address: Address | null): boolean | null {
  const [low, high] = text.split('-').map(parseAddress);
  if (address === null || low === null || low === undefined || high === null || high === undefined) return null;
  return low.family === address.family && low.bits <= address.bits && address.bits <= high.bits;
}

/** `0x4000/0x4000`; without a mask all bits count. Where only bits that are not sure could differ: null. */
function isMark(text: string, mark: number, unsure: number): boolean | null {
  const slash = text.indexOf('/');
  const [want, mask] = slash < 0 ? [Number(text), 0xffffffff] : [Number(text.slice(0, slash)), Number(text.slice(slash + 1))];
  if (((mark & mask & ~unsure) >>> 0) !== ((want & ~unsure) >>> 0)) return false;
  return (unsure & mask) === 0 && (unsure & want) === 0 ? true : null;
}

/** The module that an option was announced by: several modules have a `--mark`. */
export function moduleOf(criterion: Criterion, rule: Rule): string {
  let module = '';
  for (const each of rule.criteria) {
    if (each === criterion) break;
    if (each.option === 'match') module = each.values[0] ?? '';
  }
  return module;
}

const multicast = [parseBlock('224.0.0.0/4'), parseBlock('ff00::/8')];
/** Types of routes, which kdiag has not read. */
const ofRoutes = /BLACKHOLE|UNREACHABLE|PROHIBIT|THROW|ANYCAST|UNSPEC|NAT|XRESOLVE/;

/**
 * net/netfilter/xt_addrtype.c. IPv4 asks the routes which one of the types an address has; broadcast addresses are not looked for.
 * IPv6 asks whether it has all of them, and a node's own address is UNICAST as well.
 */
function isType(types: string, address: Address, place: Place): boolean | null {
  return isOfType(types, address.family, multicast.some(block => block !== null && contains(block, address)), place.isLocal(address));
}

function isOfType(types: string, family: 4 | 6, isGroup: boolean, local: boolean | null): boolean | null {
  if (family === 6) {
    if ((listed(types, 'MULTICAST') && !isGroup) || (listed(types, 'UNICAST') && isGroup)) return false;
    return ofRoutes.test(types) ? null : listed(types, 'LOCAL') ? local : true;
  }
  const other = listed(types, isGroup ? 'MULTICAST' : 'UNICAST');
  if (local === null) return listed(types, 'LOCAL') === other ? other : null;
  const is = local ? listed(types, 'LOCAL') : other;
  return !is && !local && ofRoutes.test(types) ? null : is;
}

function listed(list: string, item: string): boolean {
  return list === item || list.split(',').includes(item);
}
