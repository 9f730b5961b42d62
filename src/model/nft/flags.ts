import type {Json, JsonObject} from '../../parse/nft.ts';
import {isSourceChanged, type Packet} from '../packet.ts';

/** nft's names of the bits in `tcp flags` and `ct status` (RFC 9293; enum ip_conntrack_status). No name stands for two of them. */
const bits: Readonly<Record<string, number>> = {
  fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128,
  expected: 1, 'seen-reply': 2, assured: 4, confirmed: 8, snat: 16, dnat: 32, dying: 512,
};

/**
 * A match on flags, which a connection's first packet decides: it has SYN only, and a translated connection is `dnat` or `snat`. Undefined:
 * this is no such match; null: cannot be told.
 */
export function flagsMatch(of: JsonObject, packet: Packet): boolean | null | undefined {
  if (isSourceChanged(packet) !== null) return decided(of, packet);
  const [as, other] = [true, false].map(isChanged => decided(of, {...packet, sentBy: {source: null, isChanged}}));
  return as === other ? as : null;
}

function decided(of: JsonObject, packet: Packet): boolean | null | undefined {
  const left = of['left'] as JsonObject | undefined;
  const masked = left?.['&'] as readonly Json[] | undefined;
  const field = (masked?.[0] ?? left) as JsonObject | undefined;
  const own = fieldOf(field, packet);
  if (own === undefined) return undefined;
  if (own === 'absent') return false;
  const mask = masked === undefined ? null : bitsOf(masked[1] ?? null);
  const right = of['right'] ?? null;
  const set = right !== null && typeof right === 'object' && !Array.isArray(right) ? (right as JsonObject)['set'] : undefined;
  const wanted = set === undefined ? bitsOf(right) : 0;
  if (wanted === null || (masked !== undefined && mask === null)) return null;
  const value = mask === null ? own : own & mask;
  // a status has bits that nft has no names for as soon as a hook of NAT was passed: only a mask makes it equal to anything
  const isNameless = mask === null && field?.['ct'] !== undefined;
  const isEqual = (to: number): boolean => (isNameless ? to === 0 && own === 0 : value === to);
  switch (of['op']) {
    case 'in': return set === undefined ? (value & wanted) !== 0 : [set].flat().some(each => isEqual(bitsOf(each) ?? -1));
    case '==': return set === undefined ? isEqual(wanted) : [set].flat().some(each => isEqual(bitsOf(each) ?? -1));
    case '!=': return set === undefined ? !isEqual(wanted) : [set].flat().every(each => !isEqual(bitsOf(each) ?? -1));
    case '!': return (value & wanted) === 0;
    default: return null;
  }
}

function fieldOf(field: JsonObject | undefined, packet: Packet): number | 'absent' | undefined {
  const {payload, ct} = (field ?? {}) as {payload?: JsonObject; ct?: JsonObject};
  if (payload?.['protocol'] === 'tcp' && payload['field'] === 'flags') return packet.protocol === 'tcp' ? 2 : 'absent';
  if (ct?.['key'] === 'status') return packet.untracked === true || packet.early === true ? 'absent' : (packet.original === null ? 0 : 32) | (isSourceChanged(packet) === true ? 16 : 0) | (packet.incoming === 'lo' ? 8 : 0);
  return undefined;
}

function bitsOf(value: Json): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return bits[value] ?? null;
  const list = Array.isArray(value) ? value as readonly Json[] : value !== null && typeof value === 'object' ? (value as JsonObject)['|'] as readonly Json[] | undefined : undefined;
  if (list === undefined) return null;
  return list.reduce<number | null>((sum, each) => { const bit = bitsOf(each); return sum === null || bit === null ? null : sum | bit; }, 0);
}
