/**
 * `/proc/net/ip_vs` as data (ip_vs_info_seq_show of net/netfilter/ipvs/ip_vs_ctl.c). Nothing is lost: printIpvs(parseIpvs(text))
 * is text, and a line of another form is kept as it stood, and named in `strange`.
 */
export interface IpvsTable {
  readonly services: readonly VirtualServer[];
  /** Lines that are neither the heading, a virtual server, nor a destination of one. */
  readonly strange: readonly string[];
  /** All lines in order, for printing. */
  readonly lines: readonly Line[];
}

type Line = {readonly service: VirtualServer} | {readonly destination: Destination} | {readonly text: string};

export interface VirtualServer {
  /** `FWM`: for packets with a mark instead of an address and a port. */
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'FWM';
  /** As text: dotted, or all eight groups of an IPv6 address. Empty of a mark's. */
  readonly address: string;
  readonly port: number;
  readonly fwmark: number | null;
  /** `rr`, `wrr`, `sh`, …; `none`: it has no scheduler any more. */
  readonly scheduler: string;
  /** What stands behind it: blanks, and `ops` (each packet is scheduled for itself). Their number differs by kernel and family. */
  readonly flags: string;
  /** Clients of one network come back to the same destination for so long (in the kernel's ticks); null: each connection for itself. */
  readonly persistent: {readonly ticks: number; readonly mask: string} | null;
  readonly destinations: readonly Destination[];
  /** The line as it stood. */
  readonly raw: string;
}

export interface Destination {
  readonly address: string;
  readonly port: number;
  /** `Masq`, `Route`, `Tunnel`, `Local`. */
  readonly forward: string;
  /** 0: gets no new connection. */
  readonly weight: number;
  readonly active: number;
  readonly inactive: number;
  readonly raw: string;
}

const v4 = '[0-9A-F]{8}';
const v6 = String.raw`\[(?:[0-9a-f]{4}:){7}[0-9a-f]{4}\]`;
const service = new RegExp(String.raw`^(TCP|UDP|SCTP)  ((?:${v4})|(?:${v6})):([0-9A-F]{4}) (\S+)((?: |ops)*)(?:persistent (\d+) ([0-9A-F]{8}))?$`);
const marked = /^FWM  ([0-9A-F]{8}) (\S+)((?: |ops)*)(?:persistent (\d+) ([0-9A-F]{8}))?$/;
const destination = new RegExp(String.raw`^  -> ((?:${v4})|(?:${v6})):([0-9A-F]{4})      (\S+) +(-?\d+) +(\d+) +(\d+) *$`);
const heading = /^(IP Virtual Server version |Prot LocalAddress:Port |  -> RemoteAddress:Port |$)/;

export function parseIpvs(text: string): IpvsTable {
  const services: (VirtualServer & {destinations: Destination[]})[] = [];
  const lines: Line[] = [];
  const strange: string[] = [];
  for (const raw of text.split('\n')) {
    const at = parseService(raw);
    const to = at === null ? parseDestination(raw) : null;
    const last = services.at(-1);
    if (at !== null) services.push(at);
    else if (to !== null && last !== undefined) last.destinations.push(to);
    else if (!heading.test(raw)) strange.push(raw);
    lines.push(at !== null ? {service: at} : to !== null ? {destination: to} : {text: raw});
  }
  return {services, strange, lines};
}

export function printIpvs(table: IpvsTable): string {
  return table.lines.map(line => ('text' in line ? line.text : 'service' in line ? printService(line.service) : printDestination(line.destination))).join('\n');
}

function parseService(raw: string): (VirtualServer & {destinations: Destination[]}) | null {
  const at = service.exec(raw);
  const fwm = at === null ? marked.exec(raw) : null;
  const [scheduler, flags = '', ticks, mask] = at?.slice(4) ?? fwm?.slice(2) ?? [];
  if (scheduler === undefined) return null;
  const rest = {scheduler, flags, persistent: ticks === undefined ? null : {ticks: Number(ticks), mask: mask ?? ''}, destinations: [], raw};
  const found = at === null
    ? {protocol: 'FWM' as const, address: '', port: 0, fwmark: parseInt(fwm?.[1] ?? '', 16), ...rest}
    : {protocol: at[1] as 'TCP' | 'UDP' | 'SCTP', address: addressOf(at[2] ?? ''), port: parseInt(at[3] ?? '', 16), fwmark: null, ...rest};
  return printService(found) === raw ? found : null;
}

function parseDestination(raw: string): Destination | null {
  const [, address = '', port = '', forward = '', weight = '', active = '', inactive = ''] = destination.exec(raw) ?? [];
  if (address === '') return null;
  const found = {address: addressOf(address), port: parseInt(port, 16), forward, weight: Number(weight), active: Number(active), inactive: Number(inactive), raw};
  return printDestination(found) === raw ? found : null;
}

function printService({protocol, address, port, fwmark, scheduler, flags, persistent}: VirtualServer): string {
  const at = fwmark !== null ? fwmark.toString(16).toUpperCase().padStart(8, '0') : `${hexOf(address)}:${hex16(port)}`;
  return `${protocol}  ${at} ${scheduler}${flags}${persistent === null ? '' : `persistent ${persistent.ticks} ${persistent.mask}`}`;
}

function printDestination({address, port, forward, weight, active, inactive}: Destination): string {
  return `  -> ${hexOf(address)}:${hex16(port)}      ${forward.padEnd(7)} ${String(weight).padEnd(6)} ${String(active).padEnd(10)} ${String(inactive).padEnd(10)}`;
}

function addressOf(hex: string): string {
  return hex.startsWith('[') ? hex.slice(1, -1) : (hex.match(/../g) ?? []).map(octet => parseInt(octet, 16)).join('.');
}

function hexOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address.split('.').map(octet => Number(octet).toString(16).toUpperCase().padStart(2, '0')).join('');
}

function hex16(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
