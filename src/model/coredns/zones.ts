import {formatAddress, parseAddress} from '../ip.ts';
import {type GoValue, integer, isAddress, quoted} from './go-values.ts';

/**
 * Zones here are lower case and have no final dot; the root is `.`. So are names, but for the root's own, which may be empty.
 * Follows CoreDNS's plugin/normalize.go and core/dnsserver/register.go.
 */

/** A domain without its final dot and in lower case; `.` for the root. */
export function zoneOf(text: string): string {
  const zone = text.toLowerCase().replace(/\.$/, '');
  return zone === '' ? '.' : zone;
}

/** Whether a name is a zone or lies below it. */
export function within(zone: string, name: string): boolean {
  const lower = name.toLowerCase().replace(/\.$/, '');
  return zone === '.' || lower === zone || lower.endsWith(`.${zone}`);
}

/** The longest of the zones that a name is in; null: none. */
export function longestZone(zones: readonly string[], name: string): string | null {
  return zones.filter(zone => within(zone, name)).sort((a, b) => (b === '.' ? 0 : b.length) - (a === '.' ? 0 : a.length))[0] ?? null;
}

/** dnsutil.IsReverse: below `in-addr.arpa` or `ip6.arpa`; these two themselves are not. */
export function isBelowReverse(zone: string): boolean {
  return zone.endsWith('.in-addr.arpa') || zone.endsWith('.ip6.arpa');
}

const transports = ['tls', 'dns', 'quic', 'grpc', 'https3', 'https', 'unix'] as const;
const ports: Readonly<Record<string, number>> = {dns: 53, tls: 853, quic: 853, grpc: 443, https: 443, https3: 443};

/** `tls://example.org` → tls, example.org; without one: dns. */
export function transportOf(text: string): {readonly transport: string; readonly rest: string} {
  const transport = transports.find(each => text.startsWith(`${each}://`));
  return transport === undefined ? {transport: 'dns', rest: text} : {transport, rest: text.slice(transport.length + 3)};
}

export interface Listening {
  /** As written, but for the case: capitals never match a question, which CoreDNS compares in lower case. */
  readonly zone: string;
  readonly transport: string;
  readonly port: number;
}

/** What a key of a server block stands for: several zones if it is a block of addresses that ends within an octet. */
export function listeningOf(key: string, defaultPort: number): GoValue<readonly Listening[]> {
  const {transport, rest} = transportOf(key);
  const split = zonesAndPort(rest);
  if ('error' in split) return split;
  for (const zone of split.value.zones) {
    const again = zonesAndPort(zone.endsWith('.') ? zone : `${zone}.`);
    if ('error' in again) return again;
  }
  const port = split.value.port ?? (transport === 'dns' ? defaultPort : (ports[transport] ?? defaultPort));
  return {value: split.value.zones.map(zone => ({zone: zone === '.' ? zone : zone.replace(/\.$/, ''), transport, port}))};
}

/** plugin.SplitHostPort: the zones that a text names, and the port at its end. */
function zonesAndPort(text: string): GoValue<{readonly zones: readonly string[]; readonly port: number | null}> {
  const colon = text.lastIndexOf(':');
  if (colon === text.length - 1) return {error: `expecting data after last colon: ${quoted(text)}`};
  const number = colon === -1 ? null : integer(text.slice(colon + 1));
  const port = number !== null && 'value' in number ? number.value : null;
  const zone = port === null ? text : text.slice(0, colon);
  const octets = new TextEncoder().encode(zone).length;
  if (octets > 255) return {error: `specified zone is too long: ${octets} > 255`};
  if (!isDomain(zone)) return {error: `zone is not a valid domain name: ${zone}`};
  const reverse = reverseZones(zone);
  if (reverse !== null && (zone.startsWith(':') || (zone.startsWith('0') && zone.includes(':')))) return {error: `invalid CIDR ${zone}`};
  return {value: {zones: reverse ?? [zone], port}};
}

/** The zones that plugins name in their options: what cannot be read is passed over, as CoreDNS does. */
export function zonesNamed(args: readonly string[]): string[] {
  return args.flatMap(arg => {
    const split = zonesAndPort(transportOf(arg).rest);
    return 'value' in split ? split.value.zones.map(zoneOf) : [];
  });
}

/** `10.0.0.0/8` → `10.in-addr.arpa`: each at the next octet (IPv4) or digit (IPv6). Null: no block of addresses. */
function reverseZones(text: string): readonly string[] | null {
  const [base = '', length = '', ...more] = text.split('/');
  const address = parseAddress(base);
  if (address === null || !isAddress(base) || more.length > 0 || !/^\d{1,3}$/.test(length)) return null;
  const [width, step] = address.family === 4 ? [32, 8] : [128, 4];
  const ones = Number(length);
  if (ones > width) return null;
  const rounded = Math.ceil(ones / step) * step;
  const first = (address.bits >> BigInt(width - ones)) << BigInt(width - ones);
  return Array.from({length: 2 ** (rounded - ones)}, (_, i) => {
    const bits = first + (BigInt(i) << BigInt(width - rounded));
    const digits = address.family === 4 ? formatAddress({family: 4, bits}).split('.') : [...bits.toString(16).padStart(32, '0')];
    return [...digits.slice(0, rounded / step).reverse(), address.family === 4 ? 'in-addr.arpa' : 'ip6.arpa'].join('.');
  });
}

/** miekg/dns, IsDomainName: labels of at most 63 octets, 255 together, no empty ones; `\.` and `\DDD` count as one octet. */
export function isDomain(text: string): boolean {
  if (text === '') return false;
  const octets = [...new TextEncoder().encode(text)].map(byte => String.fromCharCode(byte)).join('');
  const full = /(^|[^\\])(\\\\)*\.$/.test(octets) ? octets : `${octets}.`;
  if (full === '.') return true;
  const labels = full.replaceAll(/\\(\d{3}|[^])/g, 'x').split('.').slice(0, -1);
  return labels.every(label => label.length > 0 && label.length < 64) && labels.reduce((sum, label) => sum + label.length + 1, 0) <= 256 && !/(^|[^\\])(\\\\)*\\$/.test(octets);
}
