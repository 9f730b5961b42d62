import type {Json, JsonObject} from '../nft.ts';

/*
 * What a selector can be compared with: as nft checks the types of both sides, no listing holds anything else. So a word that
 * slipped in is not taken for an address that no packet has.
 */

const addresses: Readonly<Record<string, RegExp>> = {
  ip: /^(\*|(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3})$/,
  ip6: /^(\*|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}(:?\d+\.\d+\.\d+\.\d+)?)$/,
};
const withPorts = new Set(['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'th']);
const protocolKeys = new Set(['l4proto', 'protocol', 'nfproto']);
const words: Readonly<Record<string, RegExp>> = {
  state: /^(invalid|established|related|new|untracked)$/,
  status: /^(expected|seen-reply|assured|confirmed|snat|dnat|dying)$/,
  l4proto: /^[a-z0-9-]+$/, nfproto: /^(ipv4|ipv6|inet|bridge|arp|netdev)$/, protocol: /^[a-z0-9.-]+$/,
};

/** Whether this constant, set or map may stand beside that selector. True where nothing is known against it. */
export function fits(left: Json, right: Json): boolean {
  if (right === null || typeof right === 'boolean' || (typeof right === 'string' && right.startsWith('@'))) return true;
  if (isObject(right)) {
    if (Array.isArray(right['set'])) return (right['set'] as readonly Json[]).every(element => fits(left, keyOf(element)));
    if (isObject(left) && Array.isArray(left['concat'])) {
      const [parts, own] = [left['concat'] as readonly Json[], right['concat']];
      return Array.isArray(own) && own.length === parts.length && parts.every((part, i) => fits(part, (own as readonly Json[])[i] ?? null));
    }
    if (Array.isArray(right['range'])) return (right['range'] as readonly Json[]).every(bound => fits(left, bound));
    if (isObject(right['prefix'] ?? null)) return fits(left, ((right['prefix'] as JsonObject)['addr'] ?? null));
    return !('concat' in right); // an expression: mark == ct mark
  }
  if (!isObject(left)) return true;
  if ('concat' in left) return right === '*'; // of a map: everything else
  if (Array.isArray(right)) return right.every(each => fits(left, each));
  const payload = left['payload'];
  if (isObject(payload ?? null)) {
    const {protocol, field} = payload as {protocol?: string; field?: string};
    if (field === 'saddr' || field === 'daddr') return protocol === 'ip' || protocol === 'ip6' ? typeof right === 'string' && addresses[protocol]?.test(right) === true : typeof right === 'string';
    if ((field === 'sport' || field === 'dport') && withPorts.has(protocol ?? '')) return typeof right === 'number' ? right <= 0xffff : right === '*';
    return true;
  }
  const key = String(((left['meta'] ?? left['ct'] ?? {}) as JsonObject)['key'] ?? '');
  if (key === 'mark') return typeof right === 'number';
  return typeof right === 'number' || !(key in words) || (protocolKeys.has(key) && right === '*') || (typeof right === 'string' && words[key]?.test(right) === true);
}

function keyOf(element: Json): Json {
  const key = Array.isArray(element) ? ((element as readonly Json[])[0] ?? null) : element;
  return isObject(key) && isObject(key['elem'] ?? null) ? ((key['elem'] as JsonObject)['val'] ?? null) : key;
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
