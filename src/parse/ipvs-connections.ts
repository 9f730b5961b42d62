/**
 * `/proc/net/ip_vs_conn` as data (ip_vs_conn_seq_show of net/netfilter/ipvs/ip_vs_conn.c): which client of which virtual server is
 * bound to which destination. A line of another form is kept as it stood.
 */
export interface IpvsConnections {
  /** The heading stood there: an empty table is one. */
  readonly listed: boolean;
  readonly connections: readonly IpvsConnection[];
  readonly strange: readonly string[];
}

export interface IpvsConnection {
  readonly protocol: string;
  /** Dotted, or all eight groups of an IPv6 address. */
  readonly client: string;
  readonly clientPort: number;
  readonly virtual: string;
  readonly virtualPort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** `UDP`, `ESTABLISHED`, `NONE`, … */
  readonly state: string;
  readonly seconds: number;
  /** Name and data of a persistence engine; empty: none. */
  readonly engine: string;
  readonly raw: string;
}

const address = '([0-9A-F]{8}|(?:[0-9a-f]{4}:){7}[0-9a-f]{4})';
const port = '([0-9A-F]{4})';
const row = new RegExp(`^([A-Z]+) +${address} ${port} ${address} ${port} ${address} ${port} (\\S+) +(\\d+)(.*)$`);

export function parseIpvsConnections(text: string): IpvsConnections {
  const lines = text.split('\n').filter(line => line !== '');
  const rows = lines.filter(line => !/^Pro +FromIP /.test(line));
  const read = rows.map(raw => {
    const [, protocol, ...fields] = row.exec(raw) ?? [];
    if (protocol === undefined) return raw;
    const [client = '', clientPort = '', virtual = '', virtualPort = '', destination = '', destinationPort = '', state = '', seconds = '', engine = ''] = fields;
    return {
      protocol, client: written(client), clientPort: Number.parseInt(clientPort, 16), virtual: written(virtual), virtualPort: Number.parseInt(virtualPort, 16),
      destination: written(destination), destinationPort: Number.parseInt(destinationPort, 16), state, seconds: Number(seconds), engine: engine.trim(), raw,
    };
  });
  return {listed: rows.length < lines.length, connections: read.filter(each => typeof each !== 'string'), strange: read.filter(each => typeof each === 'string')};
}

function written(address: string): string {
  return address.includes(':') ? address : [0, 2, 4, 6].map(at => Number.parseInt(address.slice(at, at + 2), 16)).join('.');
}
