import {isIP} from 'node:net';
import type {Addresses} from './addresses.ts';
import {type Patch, patch} from './patch.ts';

const octets = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
/** Four octets that stand alone: `v1.8.9.0`, `app-1.2.3.4` and longer runs of numbers are versions. A sentence may end behind it. */
const ipv4 = String.raw`(?<![\w.])(?<![A-Za-z]-)(?<v4>${octets})(?:/(?<v4bits>\d{1,2})(?!\d))?(?!\w|\.\w)`;
/** Whatever has two colons or more and only hexadecimal digits; node:net says whether it is one (a time or a MAC is not). */
const ipv6 = String.raw`(?<![\w.:-])(?<v6>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?<=:)${octets})?)(?:/(?<v6bits>\d{1,3})(?!\d))?(?!\w|:|\.\d)`;
const either = new RegExp(`${ipv6}|${ipv4}`, 'g');
/** A pod's or a cloud machine's name made of its address: `10-244-1-3.shop.pod`, `ip-10-0-1-5`. */
const dashed = /(?<![\w.-])((?:ip-)?)(\d{1,3}(?:-\d{1,3}){3})(?![\w-])/g;
const reversed = new RegExp(String.raw`(?<![\w.])${octets}(?=\.in-addr\.arpa)`, 'g');

/**
 * Every address in a text, CIDRs and `address:port` too; ports, masks, versions and times stand. Not found: the nibbles of
 * ip6.arpa, networks of fewer than four octets under in-addr.arpa, and IPv4 inside IPv6 but for `::ffff:`.
 */
export function addressPatches(addresses: Addresses): readonly Patch[] {
  return [
    [reversed, ([found]) => reverse(addresses.of(reverse(found)))],
    [either, ({groups}) => {
      const {v4, v4bits, v6, v6bits} = groups ?? {};
      // A colon behind an IPv6 address may be the sentence's.
      const [, address = '', colon = ''] = /^(.*?[^:]|.*::)(:?)$/.exec(v4 ?? v6 ?? '') ?? [];
      const bits = v4bits ?? v6bits;
      if (isIP(address) === 0) return null;
      return bits === undefined ? addresses.of(address) + colon : `${addresses.ofPrefix(address, Number(bits))}/${bits}`;
    }],
    [dashed, ([, head = '', found = '']) => {
      const address = found.replaceAll('-', '.');
      return isIP(address) === 4 ? head + addresses.of(address).replaceAll('.', '-') : null;
    }],
  ];
}

export function replaceAddresses(text: string, addresses: Addresses): string {
  return patch(text, addressPatches(addresses));
}

function reverse(address: string): string {
  return address.split('.').reverse().join('.');
}

/** /proc/net/ip_vs: `0A600001:01BB` is an IPv4 address and a port; IPv6 stands in brackets with all its digits. */
export function replaceInIpvs(text: string, addresses: Addresses): string {
  const hex = text.replace(/\b([0-9A-F]{8})(?=:[0-9A-F]{4}\b)/g, found => Buffer.from(addresses.ofBytes(Buffer.from(found, 'hex'))).toString('hex').toUpperCase());
  return replaceAddresses(hex, addresses);
}

/** /proc/net/ip_vs_conn: `0AF40105 A0F2 ` is an IPv4 address and a port; IPv6 stands with all its digits. */
export function replaceInIpvsConnections(text: string, addresses: Addresses): string {
  const hex = text.replace(/(?<= )[0-9A-F]{8}(?= [0-9A-F]{4} )/g, found => Buffer.from(addresses.ofBytes(Buffer.from(found, 'hex'))).toString('hex').toUpperCase());
  return replaceAddresses(hex, addresses);
}

/** /proc/net/route, /proc/net/tcp and their like: IPv4 addresses as the machine's words, so with their bytes turned round here; a mask stands. */
export function replaceInWords(text: string, addresses: Addresses): string {
  const turned = (found: string): string => Buffer.from(addresses.ofBytes(Buffer.from(found, 'hex').reverse())).reverse().toString('hex').toUpperCase();
  return text.replace(/^(\S+\t)([0-9A-F]{8})(\t)([0-9A-F]{8})(?=\t)/gm, (_whole, head: string, to: string, tab: string, gateway: string) => `${head}${turned(to)}${tab}${turned(gateway)}`)
    .replace(/(?<= )[0-9A-F]{8}(?=:[0-9A-F]{4} )/g, turned).replace(/(?<= )(?:[0-9A-F]{32})(?=:[0-9A-F]{4} )/g, found => inWords(Buffer.from(addresses.ofBytes(inWords(found)))).toString('hex').toUpperCase());
}

/** The bytes of each of four words turned round. */
function inWords(text: string | Buffer): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'hex') : text;
  return Buffer.concat([0, 4, 8, 12].map(at => Buffer.from(bytes.subarray(at, at + 4)).reverse()));
}

/** /proc/net/arp: hardware addresses say who made a machine, and which one. */
export function replaceInArp(text: string, addresses: Addresses): string {
  return replaceAddresses(text, addresses).replace(/(?<=\s)(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?=\s)/g, '02:00:00:00:00:00');
}

/** /proc/net/if_inet6: each line starts with 32 hexadecimal digits. */
export function replaceInInet6(text: string, addresses: Addresses): string {
  return text.replace(/^[0-9a-f]{32}(?= )/gm, found => Buffer.from(addresses.ofBytes(Buffer.from(found, 'hex'))).toString('hex'));
}

/** /proc/net/fib_trie: the length of a leaf's route stands on the lines below it, and a network must stay one there too. */
export function replaceInTrie(text: string, addresses: Addresses): string {
  const leaves = text.replace(/^( *\|-- )(\S+)((?:\n +\/\d+ [^\n]*)+)/gm, (_whole, head: string, address: string, routes: string) => {
    const lengths = [...routes.matchAll(/\n +\/(\d+) /g)].map(([, bits]) => Number(bits));
    return `${head}${addresses.ofPrefix(address, Math.min(...lengths))}${routes}`;
  });
  return leaves.replace(/^( *\+-- )(\S+)\/(\d+)/gm, (_whole, head: string, address: string, bits: string) => `${head}${addresses.ofPrefix(address, Number(bits))}/${bits}`);
}
