import {equal} from '../fraction.ts';
import {type Address, parseAddress} from '../ip.ts';
import {isAlike, type Packet} from '../packet.ts';
import {leavesOf} from './alike.ts';
import type {Base} from './hooks.ts';
import type {Place, Site} from './place.ts';
import type {End, Leaf} from './traverse.ts';

/**
 * The packet once nf_nat has given it another sender, as all later chains see it. A connection counts as SNAT only if that changed
 * anything (nf_nat_setup_info): an address that it had already, with no new port drawn, is not a change.
 */
export function withSender(packet: Packet, {to, rule}: End & {readonly kind: 'snat'}, {isLocal}: Place): Packet {
  const drawsPort = /\brandom\b/.test(rule.raw.replaceAll(/"[^"]*"/g, ''));
  if (to === null) {
    // which of the node's own addresses it gets is for the routes to say; what comes from elsewhere had none of them
    const wasOwn = packet.source === null ? null : isLocal(packet.source);
    return {...packet, source: null, sentBy: {source: packet.source, isChanged: drawsPort || wasOwn === false ? true : null, isMasqueraded: true}};
  }
  const [, host = '', port] = /^(?:\[(.*)\]|([^:]*))(:[\d-]+)$/.exec(to)?.filter(part => part !== undefined) ?? ['', to];
  const source = parseAddress(host);
  const isSame = source === null || packet.source === null ? null : source.bits === packet.source.bits;
  return {...packet, source, sentBy: {source: packet.source, isChanged: drawsPort || isSame === false ? true : isSame === null || port !== undefined ? null : false}};
}

/** Of one for which a rule that rewrites senders could not be decided. */
export function withUnknownSender(packet: Packet): Packet {
  return {...packet, source: null, sentBy: {source: packet.source, isChanged: null}};
}

/** Nodes of ipvs mode have an address for each Service: beyond this many they are not tried one by one. */
const mostTried = 32;
/** Where conntrack looks a packet up (NF_IP_PRI_CONNTRACK), at PREROUTING and OUTPUT. */
const lookUp = -200;

/** One base chain. Of a masqueraded packet that it treats alike whichever of the node's addresses it has, that is the answer. */
export function asked(site: Site, base: Base, packet: Packet): readonly Leaf[] {
  const isEarly = base.priority < lookUp && (base.hook === 'prerouting' || base.hook === 'output') && packet.incoming !== 'lo';
  if (isEarly) return leavesOf(base.program, base.chain, {...packet, early: true}, site).map(leaf => ({...leaf, packet: late(leaf.packet)}));
  const [first, ...others] = ownOf(site, packet).map(source => leavesOf(base.program, base.chain, {...packet, source}, site));
  if (first === undefined || !others.every(other => isSame(first, other))) return leavesOf(base.program, base.chain, packet, site);
  return first.map(leaf => ({...leaf, packet: {...leaf.packet, source: null}}));
}

function late({early: _, ...packet}: Packet): Packet {
  return packet;
}

function ownOf(site: Site, {source, sentBy, destination}: Packet): Address[] {
  if (source !== null || sentBy?.isMasqueraded !== true) return [];
  const addresses = site.addresses();
  if (addresses === null || addresses.size > mostTried) return [];
  return [...addresses].map(parseAddress).filter(address => address !== null).filter(({family}) => family === destination.family);
}

function isSame(all: readonly Leaf[], others: readonly Leaf[]): boolean {
  return all.length === others.length && all.every(({share, end, packet}, i) => {
    const other = others[i];
    return other !== undefined && equal(share, other.share) && end.kind === other.end.kind && isAlike(packet, other.packet) && ruleOf(end) === ruleOf(other.end);
  });
}

function ruleOf(end: End): unknown {
  return 'rule' in end ? end.rule : null;
}
