/**
 * `/proc/net/route`: the IPv4 routes of the main table (fib_route_seq_show of net/ipv4/fib_trie.c), in the kernel's order. Nothing is lost: a
 * line of another form is kept in `strange`. Of several next hops the file has the first only; other tables are not in it.
 */
export interface RouteTable {
  readonly routes: readonly Route[];
  readonly strange: readonly string[];
}

export interface Route {
  /** `10.244.1.0/24` */
  readonly to: string;
  /** `*` of a route that refuses or drops. */
  readonly device: string;
  /** Null: what is there is on the link itself. */
  readonly gateway: string | null;
  /** It answers that there is no way (RTF_REJECT: unreachable, prohibit, blackhole). */
  readonly refuses: boolean;
  readonly metric: number;
  /** Bytes; 0: the device's. */
  readonly mtu: number;
  readonly raw: string;
}

const line = /^(\S+)\s+([0-9A-F]{8})\s+([0-9A-F]{8})\s+([0-9A-F]{4})\s+\d+\s+\d+\s+(\d+)\s+([0-9A-F]{8})\s+(\d+)\s/;
const [gatewayFlag, rejectFlag] = [0x2, 0x200];

export function parseRoutes(text: string): RouteTable {
  const [heading = '', ...lines] = text.split('\n').filter(each => each.trim() !== '');
  const strange = heading.startsWith('Iface') || heading === '' ? [] : [heading];
  const routes = lines.flatMap((raw): Route[] => {
    const [, device = '', to = '', gateway = '', flags = '', metric, mask = '', mtu] = line.exec(`${raw} `) ?? [];
    const length = prefixOf(mask);
    if (metric === undefined || length === null) {
      strange.push(raw);
      return [];
    }
    const bits = Number.parseInt(flags, 16);
    return [{to: `${dotted(to)}/${length}`, device, gateway: (bits & gatewayFlag) === 0 ? null : dotted(gateway), refuses: (bits & rejectFlag) !== 0, metric: Number(metric), mtu: Number(mtu), raw: raw.trim()}];
  });
  return {routes, strange};
}

/** An address as a little-endian machine prints its word; all that Kubernetes runs on and kdiag has a probe for are. */
function dotted(word: string): string {
  return [6, 4, 2, 0].map(at => Number.parseInt(word.slice(at, at + 2), 16)).join('.');
}

function prefixOf(word: string): number | null {
  const bits = [6, 4, 2, 0].map(at => Number.parseInt(word.slice(at, at + 2), 16).toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.replaceAll('0', '').length : null;
}
