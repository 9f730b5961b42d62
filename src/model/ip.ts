/** An IPv4 or IPv6 address as a number, with its family. */
export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** A block of addresses: those whose bits agree with `bits` under `mask` (iptables allows masks that are no prefix). */
export interface Block {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly mask: bigint;
}

const width = {4: 32n, 6: 128n} as const;
const ones = (family: 4 | 6): bigint => (1n << width[family]) - 1n;

/** Null for what is no address. Accepts every IPv6 spelling of RFC 4291 section 2.2, an embedded IPv4 tail among them. */
export function parseAddress(text: string): Address | null {
  return text.includes(':') ? parse6(text) : parse4(text);
}

/** Four numbers of one to three digits. By hand: of a large node hundreds of thousands are read. */
function parse4(text: string): Address | null {
  let [bits, part, digits, dots] = [0, 0, 0, 0];
  for (let i = 0; i <= text.length; i += 1) {
    const code = i === text.length ? 46 : text.charCodeAt(i);
    if (code >= 48 && code <= 57 && digits < 3) {
      part = part * 10 + code - 48;
      digits += 1;
    } else if (code === 46 && digits > 0 && part <= 255 && dots < 4) {
      bits = bits * 256 + part;
      [part, digits, dots] = [0, 0, dots + 1];
    } else return null;
  }
  return dots === 4 ? {family: 4, bits: BigInt(bits)} : null;
}

function parse6(text: string): Address | null {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail !== null) {
    const low = parse4(tail[2] ?? '');
    if (low === null) return null;
    return parse6(`${tail[1]}${(low.bits >> 16n).toString(16)}:${(low.bits & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map(half => (half === '' ? [] : half.split(':')));
  const count = groups.reduce((sum, half) => sum + half.length, 0);
  if (halves.length === 2 ? count > 7 : count !== 8) return null;
  const all = halves.length === 2 ? [...(groups[0] ?? []), ...Array<string>(8 - count).fill('0'), ...(groups[1] ?? [])] : (groups[0] ?? []);
  if (!all.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return {family: 6, bits: all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)};
}

/** `10.244.0.0/16`, `10.0.0.1`, `10.0.0.0/255.0.0.0`, `fd00::/8`; null for anything else. */
export function parseBlock(text: string): Block | null {
  const [base = '', length] = text.split('/');
  const address = parseAddress(base);
  if (address === null) return null;
  const mask = parseMask(length, address.family);
  return mask === null ? null : {family: address.family, bits: address.bits & mask, mask};
}

function parseMask(text: string | undefined, family: 4 | 6): bigint | null {
  if (text === undefined) return ones(family);
  if (/^\d+$/.test(text)) {
    const length = BigInt(text);
    return length > width[family] ? null : ones(family) ^ (ones(family) >> length);
  }
  const mask = parseAddress(text);
  return mask === null || mask.family !== family ? null : mask.bits;
}

/** The block of that prefix length which an address is in. */
export function blockAround({family, bits}: Address, length: number): Block {
  const mask = ones(family) ^ (ones(family) >> BigInt(length));
  return {family, bits: bits & mask, mask};
}

export function contains(block: Block, address: Address): boolean {
  return block.family === address.family && (address.bits & block.mask) === block.bits;
}

/** The highest address of a block that is not its broadcast address: stands for "some pod of that node". */
export function lastHost(block: Block): Address {
  const hosts = ones(block.family) & ~block.mask;
  return {family: block.family, bits: (block.bits | hosts) - (hosts > 1n ? 1n : 0n)}; // of a /31 and a /32 every address is a host
}

/** RFC 5952 form for IPv6, without a run of zeros shortened further than its first longest. */
export function formatAddress(address: Address): string {
  if (address.family === 4) {
    const bits = Number(address.bits);
    return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
  }
  const groups = Array.from({length: 8}, (_, i) => ((address.bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const zeros = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].split('0').length - a[0].split('0').length)[0];
  if (zeros === undefined) return groups.join(':');
  const text = groups.join(':');
  return `${text.slice(0, zeros.index)}::${text.slice(zeros.index + zeros[0].length).replace(/^:/, '')}`;
}

/** RFC 3927 and RFC 4291: addresses that no router knows. */
export function isLinkLocal(text: string): boolean {
  return text.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/i.test(text);
}

export function familyOf(text: string): 4 | 6 {
  return text.includes(':') ? 6 : 4;
}

/** `10.0.0.1:80`, `[fd00::1]:80` */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
