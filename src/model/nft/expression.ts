import type {Json, JsonObject, NftSet} from '../../parse/nft.ts';
import {type Address, contains, formatAddress, parseAddress, parseBlock} from '../ip.ts';
import type {Place} from '../netfilter/place.ts';
import {type Packet, senderOf} from '../packet.ts';
import {candidates} from './lookup.ts';

/**
 * What an expression is worth for a packet: a plain value, several joined (`a . b`), null where kdiag cannot tell, or undefined
 * where the packet has no such thing (an IPv6 packet an `ip daddr`), which ends the rule whatever it asks.
 */
export type Value = string | number | readonly (string | number)[] | null | undefined;

export interface Scope {
  readonly family: string;
  readonly sets: ReadonlyMap<string, NftSet>;
  readonly place: Place;
}

const numbers = {tcp: 6, udp: 17, sctp: 132} as const;

/** Values of addresses are in canonical text, of protocols their names, of ports and marks numbers. */
export function valueOf(expression: Json, packet: Packet, scope: Scope): Value {
  if (typeof expression === 'number') return expression;
  if (typeof expression === 'string') return canonical(expression);
  if (expression === null || Array.isArray(expression) || typeof expression !== 'object') return null;
  const [kind = '', body = null] = Object.entries(expression as JsonObject)[0] ?? [];
  const of = (body ?? {}) as JsonObject;
  switch (kind) {
    case 'payload': return payload(String(of['protocol']), String(of['field']), packet);
    case 'meta': return meta(String(of['key']), packet, scope);
    case 'ct': return connection(of, packet);
    case 'fib': return fib(of, packet, scope);
    case 'concat': {
      const parts = (body as Json[]).map(part => valueOf(part, packet, scope));
      if (parts.includes(undefined)) return undefined;
      return parts.some(part => part === null || typeof part === 'object') ? null : (parts as (string | number)[]);
    }
    case '&': case '|': case '^': {
      const masked = kind === '&' ? maskedMark(body as readonly Json[], packet) : null;
      if (masked !== null) return masked;
      const [left, right] = (body as Json[]).map(part => valueOf(part, packet, scope));
      if (left === undefined) return undefined;
      if (kind === '&' && typeof left === 'string' && typeof right === 'string') return maskedAddress(left, right);
      if (typeof left !== 'number' || typeof right !== 'number') return null;
      return (kind === '&' ? left & right : kind === '|' ? left | right : left ^ right) >>> 0;
    }
    default: return null;
  }
}

/** Of a mark that is not known as a whole, the bits that are. */
function maskedMark([left, right]: readonly Json[], {mark, unsure = 0}: Packet): Value {
  const {meta: field} = (left !== null && typeof left === 'object' ? left : {}) as {meta?: JsonObject};
  return field?.['key'] === 'mark' && typeof right === 'number' && (right & unsure) === 0 ? (mark & right) >>> 0 : null;
}

function maskedAddress(left: string, right: string): Value {
  const [address, mask] = [parseAddress(left), parseAddress(right)];
  return address === null || mask === null || address.family !== mask.family ? null : formatAddress({family: address.family, bits: address.bits & mask.bits});
}

/** What a map has for a key: undefined where it has none, which ends the rule. Of anything that is no map: its value. */
export function lookedUp(expression: Json, packet: Packet, scope: Scope): Json | undefined {
  const map = expression !== null && typeof expression === 'object' && !Array.isArray(expression) ? (expression as JsonObject)['map'] as JsonObject | undefined : undefined;
  if (map === undefined) return valueOf(expression, packet, scope) as Json;
  const value = valueOf(map['key'] ?? null, packet, scope);
  const pairs = pairsOf(map['data'] ?? null, scope, value);
  if (value === undefined) return undefined;
  if (value === null || pairs === null) return null;
  for (const [key, target] of pairs) {
    const hit = isThe(value, key);
    if (hit !== false) return hit === true ? target : null;
  }
  return undefined;
}

/** A map's keys and what they lead to, without those that a value certainly is not; what is there for all other keys comes last. */
export function pairsOf(data: Json, scope: Scope, value: Value = null): (readonly [Json, Json])[] | null {
  const found = typeof data === 'string' && data.startsWith('@') ? scope.sets.get(data.slice(1))?.elements : data !== null && typeof data === 'object' && !Array.isArray(data) ? ((data as JsonObject)['set'] as readonly Json[] | undefined) : undefined;
  if (found === undefined) return null;
  const pairs = candidates(found, value).map(element => (Array.isArray(element) ? [(element as readonly Json[])[0] ?? null, (element as readonly Json[])[1] ?? null] as const : [element, null] as const));
  return [...pairs.filter(([key]) => key !== '*'), ...pairs.filter(([key]) => key === '*')];
}

const told = (address: Packet['source']): Value => (address === null ? null : formatAddress(address));

function payload(protocol: string, field: string, packet: Packet): Value {
  const family = packet.destination.family;
  if (protocol === 'ip' || protocol === 'ip6') {
    if ((protocol === 'ip') !== (family === 4)) return undefined;
    if (field === 'daddr') return formatAddress(packet.destination);
    if (field === 'saddr') return told(packet.source);
    return field === 'protocol' || field === 'nexthdr' ? packet.protocol : null;
  }
  if (protocol !== 'th' && ['tcp', 'udp', 'sctp', 'udplite', 'dccp', 'icmp', 'icmpv6'].includes(protocol) && protocol !== packet.protocol) return undefined;
  return field === 'dport' ? packet.port : null;
}

function meta(key: string, packet: Packet, scope: Scope): Value {
  switch (key) {
    case 'mark': return (packet.unsure ?? 0) === 0 ? packet.mark : null;
    case 'l4proto': return packet.protocol;
    case 'nfproto': return packet.destination.family === 4 ? 'ipv4' : 'ipv6';
    case 'protocol': return packet.destination.family === 4 ? 'ip' : 'ip6';
    case 'pkttype': return 'host';
    case 'iifname': case 'iif': return packet.incoming ?? (packet.from === 'host' ? '' : null);
    case 'oifname': case 'oif': return scope.place.isLocal(packet.destination) === true ? 'lo' : null;
    default: return null;
  }
}

/** A first packet's connection is new; answers will come from where it goes by now. Its status: flags.ts. */
function connection(of: JsonObject, packet: Packet): Value {
  if ((packet.untracked === true || packet.early === true) && of['key'] !== 'state') return undefined;
  const isOriginal = of['dir'] === 'original';
  const key = String(of['key']);
  if (/^ip6? /.test(key) && key.startsWith('ip6') !== (packet.destination.family === 6)) return undefined;
  const sentTo = isOriginal ? (packet.original ?? packet) : packet;
  switch (key) {
    case 'state': return packet.untracked === true ? 'untracked' : packet.early === true ? 'invalid' : 'new';
    case 'direction': return 'original';
    case 'mark': return packet.connectionMark ?? 0;
    case 'ip daddr': case 'ip6 daddr': return isOriginal ? formatAddress(sentTo.destination) : null;
    case 'ip saddr': case 'ip6 saddr': return isOriginal ? told(senderOf(packet)) : formatAddress(sentTo.destination);
    case 'proto-dst': return isOriginal ? sentTo.port : null;
    case 'proto-src': return isOriginal ? null : sentTo.port;
    default: return null;
  }
}

function fib(of: JsonObject, packet: Packet, scope: Scope): Value {
  if (of['result'] !== 'type') return null;
  const flags = [of['flags'] ?? []].flat();
  if (flags.length !== 1) return null;
  const address = flags[0] === 'daddr' ? packet.destination : flags[0] === 'saddr' ? packet.source : null;
  const local = flags[0] === 'saddr' && packet.sentBy?.isMasqueraded === true ? true : address === null ? null : scope.place.isLocal(address);
  return local === null ? null : local ? 'local' : 'unicast';
}

/** Whether a value is one of what a match, a set or a map's key asks for; null: cannot be told. */
export function isOneOf(value: Value, wanted: Json, scope: Scope): boolean | null {
  if (value === undefined) return false;
  if (typeof wanted === 'string' && scope.sets.get(wanted.slice(1))?.elements.length === 0) return false; // nothing is in an empty set, whatever it is
  if (value === null) return null;
  if (typeof wanted === 'string' && wanted.startsWith('@')) {
    const set = scope.sets.get(wanted.slice(1));
    if (set === undefined) return null;
    const elements = candidates(set.elements, value);
    return anyOf(value, set.isMap ? elements.map(element => (Array.isArray(element) ? (element as readonly Json[])[0] ?? null : element)) : elements);
  }
  if (Array.isArray(wanted)) return anyOf(value, wanted as readonly Json[]);
  if (wanted !== null && typeof wanted === 'object') {
    const {set} = wanted as JsonObject;
    if (set !== undefined) return anyOf(value, [set].flat() as Json[]);
  }
  return isThe(value, wanted);
}

function anyOf(value: Value, elements: readonly Json[]): boolean | null {
  let open = false;
  for (const element of elements) {
    const hit = isThe(value, element);
    if (hit === true) return true;
    open ||= hit === null;
  }
  return open ? null : false;
}

/** One element: a literal, a prefix, a range, several joined, or any of these with a time-out around it. */
export function isThe(value: Value, element: Json): boolean | null {
  if (value === undefined) return false;
  if (value === null || element === null) return null;
  if (typeof value === 'object') {
    const parts = typeof element === 'object' && !Array.isArray(element) ? (element as JsonObject)['concat'] : undefined;
    if (parts === undefined) return typeof element === 'object' && !Array.isArray(element) && 'elem' in element ? isThe(value, (element['elem'] as JsonObject)['val'] ?? null) : null;
    const verdicts = value.map((part, i) => isThe(part, (parts as Json[])[i] ?? null));
    return verdicts.includes(false) ? false : verdicts.includes(null) ? null : true;
  }
  if (element === '*') return true;
  if (typeof element === 'number') return typeof value === 'number' ? value === element : value in numbers ? numbers[value as keyof typeof numbers] === element : null;
  if (typeof element === 'string') {
    if (typeof value === 'number') return /^\d+$/.test(element) ? value === Number(element) : null;
    return canonical(element) === value || (value === 'host' && element === 'unicast');
  }
  if (typeof element !== 'object' || Array.isArray(element)) return null;
  const [kind = '', body = null] = Object.entries(element as JsonObject)[0] ?? [];
  if (kind === 'elem') return isThe(value, (body as JsonObject)['val'] ?? null);
  if (kind === 'prefix') {
    const {addr, len} = body as {addr?: string; len?: number};
    const [block, address] = [parseBlock(`${addr}/${len}`), typeof value === 'string' ? parseAddress(value) : null];
    return block === null || address === null ? null : contains(block, address);
  }
  if (kind === 'range') {
    const [low, high] = (body as Json[]).map(bound => ordered(bound));
    const here = ordered(value);
    return low === null || low === undefined || high === null || high === undefined || here === null ? null : here >= low && here <= high;
  }
  return null;
}

function ordered(value: Json): bigint | null {
  if (typeof value === 'number') return BigInt(value);
  const address: Address | null = typeof value === 'string' ? parseAddress(value) : null;
  return address === null ? null : address.bits;
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
}
