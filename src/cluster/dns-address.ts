import {isIP} from 'node:net';

/** 4 or 16 octets → canonical text (RFC 5952, all groups hexadecimal, as src/model/ip.ts writes it). */
export function formatAddress(octets: Buffer): string {
  if (octets.length === 4) return octets.join('.');
  const groups = Array.from({length: 8}, (_, i) => octets.readUInt16BE(i * 2).toString(16));
  const runs = groups.map((_, from) => groups.slice(from).findIndex(group => group !== '0')).map((length, from) => (length < 0 ? 8 - from : length));
  const longest = Math.max(...runs);
  if (longest < 2) return groups.join(':');
  const from = runs.indexOf(longest);
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + longest).join(':')}`;
}

/** Null for what is no address. */
export function parseAddress(text: string): Buffer | null {
  const family = text.includes('%') ? 0 : isIP(text);
  if (family === 0) return null;
  if (family === 4) return Buffer.from(text.split('.').map(Number));
  const hexadecimal = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...quad) => {
    const [a = 0, b = 0, c = 0, d = 0] = quad.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = [], tail = []] = hexadecimal.split('::').map(half => (half === '' ? [] : half.split(':').map(group => Number.parseInt(group, 16))));
  return Buffer.from([...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail].flatMap(group => [group >> 8, group & 255]));
}
