import type {Destination, VirtualServer} from '../../parse/ipvs.ts';
import {one} from '../fraction.ts';
import {formatAddress, hostPort, parseAddress} from '../ip.ts';
import type {Line} from '../netfilter/program.ts';
import type {Leaf} from '../netfilter/traverse.ts';
import type {Packet} from '../packet.ts';
import {type Ipvs, serviceFor, servicesIn} from './ipvs.ts';
import {isPerClient, schedule} from './schedule.ts';

/**
 * Where ip_vs stands among the hooks of a packet's first way: behind the filter table of INPUT, and right behind the nat table of
 * OUTPUT (ip_vs_ops4 of net/netfilter/ipvs/ip_vs_core.c: NF_IP_PRI_NAT_SRC - 1, NF_IP_PRI_NAT_DST + 2).
 */
export const ipvsPriority = {input: 99, output: -98} as const;

/**
 * What ip_vs does with a new connection's first packet; null: it is for no virtual server and goes on as it is. A virtual server
 * that has no destination to give answers with ICMP port unreachable (ip_vs_leave). Sessions that stick to a destination
 * (`persistent`) are those of clients that were there before; a new one is scheduled.
 */
export function scheduled(ipvs: Ipvs, packet: Packet): Leaf[] | null {
  const {protocol, port, mark} = packet;
  const service = serviceFor(servicesIn(ipvs), {protocol, destination: formatAddress(packet.destination), port, mark});
  if (service === undefined) return null;
  const line = serviceLine(service);
  const plan = schedule(service);
  if ('undecided' in plan) return [{share: one, end: {kind: 'undecided', rule: line, because: plan.undecided}, packet, path: [line]}];
  if (plan.shares.length === 0) return [{share: one, end: {kind: 'reject', rule: line, with: 'icmp-port-unreachable'}, packet, path: linesOf(service)}];
  return plan.shares.map(({to, share}): Leaf => {
    const destination = parseAddress(to.address) ?? packet.destination;
    const number = to.port === 0 ? port : to.port;
    return {
      share, path: [line, destinationLine(service, to)],
      end: {kind: 'dnat', to: hostPort(formatAddress(destination), number)},
      packet: {...packet, destination, port: number, original: packet.original ?? {destination: packet.destination, port}, viaIpvs: true},
    };
  });
}

/** A virtual server and its destinations, as ipvsadm -Ln shows them. */
export function linesOf(service: VirtualServer): readonly Line[] {
  return [serviceLine(service), ...service.destinations.map(to => destinationLine(service, to))];
}

function serviceLine(service: VirtualServer): Line {
  const {scheduler, persistent} = service;
  return {table: 'ipvs', chain: nameOf(service), comment: null, raw: `${nameOf(service)} ${scheduler}${persistent === null ? '' : ' persistent'}${isPerClient(service) ? '   (a client keeps its destination: shares are those of many clients)' : ''}`};
}

function destinationLine(service: VirtualServer, {address, port, forward, weight, active, inactive}: Destination): Line {
  return {table: 'ipvs', chain: nameOf(service), comment: null, raw: `  -> ${hostPort(address, port)} ${forward} ${weight} ${active} ${inactive}`};
}

/** `TCP 10.96.0.10:53`, `FWM 64`. */
export function nameOf({protocol, address, port, fwmark}: VirtualServer): string {
  return `${protocol} ${fwmark === null ? hostPort(address, port) : fwmark}`;
}
