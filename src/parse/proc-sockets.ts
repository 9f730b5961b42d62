/** A socket that listens, or of UDP one that takes datagrams from anywhere. */
export interface Listener {
  readonly protocol: 'TCP' | 'UDP';
  readonly family: 4 | 6;
  /** `0.0.0.0`, `127.0.0.1`, `::`: as bound. `::` takes IPv4 as well, unless it was told not to (IPV6_V6ONLY, which the file does not show). */
  readonly address: string;
  readonly port: number;
  /** Of the socket, where it was told. */
  readonly inode: string | null;
}

/**
 * Section `sockets` of a reading: lines of /proc/net/{tcp,tcp6,udp,udp6} (tcp4_seq_show of net/ipv4/tcp_ipv4.c and its like), each file behind a line
 * `table NAME`. Lines of another form, and of other states, are left in `strange`.
 */
export function parseSockets(text: string): {readonly listeners: readonly Listener[]; readonly strange: readonly string[]} {
  const strange: string[] = [];
  let table = '';
  const listeners = text.split('\n').flatMap((line): Listener[] => {
    const heading = /^table (tcp6?|udp6?)$/.exec(line);
    if (heading !== null) table = heading[1] ?? '';
    if (heading !== null || line.trim() === '' || /^\s*sl\s/.test(line)) return [];
    const [, hex, port, state, inode] = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2})(?: (\d+)$)?/.exec(line) ?? [];
    const protocol = table.startsWith('tcp') ? 'TCP' : 'UDP';
    if (hex !== undefined && port !== undefined && table !== '' && state === (protocol === 'TCP' ? '0A' : '07')) return [{protocol, family: hex.length === 8 ? 4 : 6, address: addressOf(hex), port: Number.parseInt(port, 16), inode: inode ?? null}];
    if (hex === undefined) strange.push(line);
    return [];
  });
  return {listeners, strange};
}

/** Words of a little-endian machine. IPv6 is told as far as it matters here: unspecified, loopback, mapped, else all of its digits. */
function addressOf(hex: string): string {
  const bytes = hex.match(/.{8}/g)?.flatMap(word => [6, 4, 2, 0].map(at => word.slice(at, at + 2))) ?? [];
  if (bytes.length === 4) return bytes.map(byte => Number.parseInt(byte, 16)).join('.');
  const text = bytes.join('').toLowerCase();
  if (/^0{32}$/.test(text)) return '::';
  if (/^0{31}1$/.test(text)) return '::1';
  if (/^0{20}f{4}/.test(text)) return `::ffff:${bytes.slice(12).map(byte => Number.parseInt(byte, 16)).join('.')}`;
  return text.replace(/(.{4})(?=.)/g, '$1:');
}
