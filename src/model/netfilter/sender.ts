import {type Address, parseAddress} from '../ip.ts';
import type {Packet} from '../packet.ts';
import type {End} from './traverse.ts';

/**
 * The packet once nf_nat has given it another sender, as all later chains see it. A connection counts as SNAT only if that changed
 * anything (nf_nat_setup_info): an address that it had already, with no new port drawn, is not a change.
 */
export function withSender(packet: Packet, {to, rule}: End & {readonly kind: 'snat'}, isLocal: (address: Address) => boolean | null): Packet {
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
