/** A network interface, as section `links` of a node's reading has it (cluster/reading.ts); from /sys/class/net. */
export interface Link {
  readonly name: string;
  readonly index: number;
  /** Index of its other end (veth) or of what it sits on; its own: of neither. */
  readonly peer: number;
  /** Bytes. */
  readonly mtu: number;
  /** `up`, `down`, `unknown` (lo, tunnels), … */
  readonly state: string;
  /** The driver's DEVTYPE: `bridge`, `vxlan`, `wireguard`, `vlan`, `bond`; null of others, of which veth is one. */
  readonly kind: string | null;
  /** Index of the bridge, or bond, that it is a port of. */
  readonly master: number | null;
  /** It takes frames for anybody (IFF_PROMISC); null: not known. */
  readonly promiscuous: boolean | null;
  /** Of a bridge's port: whether a frame may leave by the port that it came in by. */
  readonly hairpin: boolean | null;
}

/** Lines of another form are kept in `strange`. */
export function parseLinks(text: string): {readonly links: readonly Link[]; readonly strange: readonly string[]} {
  const strange: string[] = [];
  const links = text.split('\n').filter(line => line.trim() !== '').flatMap((line): Link[] => {
    const {name, fields} = fieldsOf(line);
    const [index, mtu] = [Number(fields['index']), Number(fields['mtu'])];
    if (!(index > 0) || !(mtu >= 0)) {
      strange.push(line);
      return [];
    }
    const {master, hairpin, flags} = fields;
    return [{name, index, peer: Number(fields['link'] ?? index), mtu, state: fields['state'] ?? 'unknown', kind: fields['kind'] ?? null, master: master === undefined ? null : Number(master), promiscuous: flags === undefined ? null : (Number(flags) & 0x100) !== 0, hairpin: hairpin === undefined ? null : hairpin === '1'}];
  });
  return {links, strange};
}

/** Section `conf`: interface, `all` or `default` → setting → value. */
export function parseConf(text: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  return new Map(text.split('\n').filter(line => line.trim() !== '').map(fieldsOf).map(({name, fields}) => [name, fields]));
}

/** `eth0 index=2 mtu=1500` */
function fieldsOf(line: string): {readonly name: string; readonly fields: Readonly<Record<string, string>>} {
  const [name = '', ...words] = line.trim().split(' ');
  return {name, fields: Object.fromEntries(words.map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]))};
}
