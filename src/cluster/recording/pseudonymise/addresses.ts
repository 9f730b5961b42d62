import {isIPv4, isIPv6} from 'node:net';
import type {SecretKey} from './secret-key.ts';

/** A range of addresses: its first bytes, and how many bits of them count. */
interface Range {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** Kept as they are, to the last bit: they mean the same everywhere. */
const untouched: Readonly<Record<number, readonly Range[]>> = {
  4: [range([0], 8), range([127], 8), range([169, 254], 16), range([224], 3)], // this host, loopback, link-local, multicast and above
  16: [range([0], 8), range([0xfe, 0x80], 10), range([0xff], 8)], // unspecified, loopback and mapped, link-local, multicast
};
/** What is in one of these stays in it. */
const classes: Readonly<Record<number, readonly Range[]>> = {
  4: [range([10], 8), range([172, 16], 12), range([192, 168], 16), range([100, 64], 10)],
  16: [range([0xfc], 8), range([0xfd], 8), range([0x20], 3)],
};

/**
 * Prefix-preserving pseudonyms of addresses (Crypto-PAn): each bit is flipped or not by a keyed function of the bits before it,
 * so that two addresses that share exactly their first n bits still do. Never flipped: a range's own bits (above), the zeros at
 * the head of each octet and the one that ends them (an octet 0 stays 0, so that networks end where they did), the last octet.
 */
export class Addresses {
  readonly #key: SecretKey;
  readonly #flips = new Map<string, number>();
  readonly #done = new Map<string, string>();

  constructor(key: SecretKey) {
    this.#key = key;
  }

  /** Of 4 or 16 bytes; gives as many. */
  ofBytes(bytes: Uint8Array): Uint8Array {
    const out = Uint8Array.from(bytes);
    for (let index = 0; index < bytes.length - 1; index += 1) {
      const octet = bytes[index] ?? 0;
      for (let bit = 1; bit < 8; bit += 1) {
        const isAfterFirstOne = octet >> (8 - bit) !== 0;
        if (isAfterFirstOne && this.#flip(bytes, index * 8 + bit)) out[index] = (out[index] ?? 0) ^ (0x80 >> bit);
      }
    }
    return out;
  }

  /** Of an address in any usual spelling; anything else comes back as it is. An IPv6 address with all its digits keeps them. */
  of(address: string): string {
    let done = this.#done.get(address);
    if (done === undefined) this.#done.set(address, (done = this.#replace(address)));
    return done;
  }

  #replace(address: string): string {
    if (isIPv4(address)) return [...this.ofBytes(Uint8Array.from(address.split('.'), Number))].join('.');
    if (!isIPv6(address)) return address;
    const mapped = /^(::ffff:)(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
    if (mapped) return `${mapped[1]}${this.of(mapped[2] ?? '')}`;
    const before = bytesOfIPv6(address);
    const after = this.ofBytes(before);
    if (Buffer.from(before).equals(after)) return address;
    return isWritten(address) ? groups(after).map(group => group.toString(16).padStart(4, '0')).join(':') : textOfIPv6(after);
  }

  /** Of `address/bits`: a network stays a network, without bits behind its length. */
  ofPrefix(address: string, bits: number): string {
    const bytes = bytesOf(address);
    if (bytes === null || bits > bytes.length * 8 || !isNetwork(bytes, bits)) return this.of(address);
    const network = masked(this.ofBytes(bytes), bits);
    return bytes.length === 4 ? [...network].join('.') : textOfIPv6(network);
  }

  #flip(bytes: Uint8Array, bit: number): boolean {
    const family = bytes.length;
    if (untouched[family]?.some(range => agree(bytes, range, Math.min(bit, range.bits)))) return false;
    if (classes[family]?.some(range => bit < range.bits && agree(bytes, range, bit))) return false;
    const prefix = `address ${family} ${bit} ${Buffer.from(masked(bytes, bit)).toString('hex')}`;
    let flip = this.#flips.get(prefix);
    if (flip === undefined) this.#flips.set(prefix, (flip = (this.#key.digest(prefix)[0] ?? 0) & 1));
    return flip === 1;
  }
}

function range(bytes: readonly number[], bits: number): Range {
  return {bytes, bits};
}

function agree(bytes: Uint8Array, {bytes: other}: Range, bits: number): boolean {
  for (let index = 0; index * 8 < bits; index += 1) {
    const mask = 0xff & (0xff00 >> Math.min(8, bits - index * 8));
    if ((((bytes[index] ?? 0) ^ (other[index] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

function masked(bytes: Uint8Array, bits: number): Uint8Array {
  return bytes.map((byte, index) => byte & (0xff00 >> Math.max(0, Math.min(8, bits - index * 8))) & 0xff);
}

function isNetwork(bytes: Uint8Array, bits: number): boolean {
  return Buffer.from(masked(bytes, bits)).equals(bytes);
}

function bytesOf(address: string): Uint8Array | null {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  return isIPv6(address) ? bytesOfIPv6(address) : null;
}

function bytesOfIPv6(address: string): Uint8Array {
  const dotted = address.replace(/\d+\.\d+\.\d+\.\d+$/, text => {
    const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = [], tail = []] = dotted.split('::').map(part => part.split(':').filter(group => group !== ''));
  const all = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail].map(group => parseInt(group, 16));
  return Uint8Array.from(all.flatMap(group => [group >> 8, group & 0xff]));
}

function groups(bytes: Uint8Array): readonly number[] {
  return Array.from({length: 8}, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0));
}

/** Whether every digit is there, as the kernel writes addresses in /proc/net. */
function isWritten(address: string): boolean {
  return /^([0-9a-f]{4}:){7}[0-9a-f]{4}$/i.test(address);
}

/** RFC 5952: lower case, the longest run of zero groups left out. */
function textOfIPv6(bytes: Uint8Array): string {
  const text = groups(bytes).map(group => group.toString(16)).join(':');
  const runs = [...text.matchAll(/(?<![^:])0(:0)+(?![^:])/g)].sort((a, b) => b[0].length - a[0].length);
  const [run] = runs;
  if (!run) return text;
  return `${text.slice(0, run.index).replace(/:$/, '')}::${text.slice(run.index + run[0].length).replace(/^:/, '')}`;
}
