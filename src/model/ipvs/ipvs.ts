import {type Answer, isKnown, known, unknown} from '../../cluster/answer.ts';
import type {NodeReading, Section} from '../../cluster/cluster.ts';
import {parseSets} from '../../parse/ipset.ts';
import {parseIpvs, type VirtualServer} from '../../parse/ipvs.ts';
import {formatAddress, parseAddress} from '../ip.ts';
import type {Sets} from '../ipset.ts';

/** What ip_vs holds on a node, and what kube-proxy's ipvs mode keeps beside it. */
export interface Ipvs {
  /** Virtual servers, addresses in canonical form; none where the kernel has no ip_vs. */
  readonly services: Answer<readonly VirtualServer[]>;
  /** False: the kernel has no ip_vs, or has not loaded it; null: not read. */
  readonly inKernel: boolean | null;
  /** ip_vs's modules that are loaded, schedulers among them; null: not read, or built in. */
  readonly modules: readonly string[] | null;
  readonly sets: Answer<Sets>;
  /** Whether kube-proxy's device kube-ipvs0 is there; null: not read. */
  readonly device: boolean | null;
  /** Its addresses; null where only the node's addresses as a whole are known. */
  readonly bound: ReadonlySet<string> | null;
}

type Sections = NodeReading['sections'];

export function ipvsOf(sections: Sections): Ipvs {
  const table = sections['ip_vs'];
  const device = sections['kube-ipvs0'];
  const modules = sections['modules'];
  return {
    services: table === undefined ? unknown('not-recorded', '/proc/net/ip_vs was not read') : servicesOf(table),
    inKernel: table === undefined ? null : table.exit === 0,
    modules: modules === undefined || modules.exit !== 0 ? null : modules.stdout.split('\n').filter(line => line !== ''),
    sets: setsOf(sections['ipset']),
    device: device === undefined || device.exit !== 0 && device.stdout === '' ? null : /^kube-ipvs0$/m.test(device.stdout),
    bound: device === undefined ? null : boundOf(device.stdout),
  };
}

/** /proc/net/ip_vs is not there without ip_vs. */
function servicesOf(section: Section): Answer<readonly VirtualServer[]> {
  if (section.exit !== 0) return known([]);
  const {services, strange} = parseIpvs(section.stdout);
  if (strange[0] !== undefined) return unknown('unparsed', `/proc/net/ip_vs has a line that kdiag does not understand: ${strange[0]}`);
  return known(services.map(each => ({...each, address: canonical(each.address), destinations: each.destinations.map(to => ({...to, address: canonical(to.address)}))})));
}

function setsOf(section: Section | undefined): Answer<Sets> {
  if (section === undefined) return unknown('not-recorded', 'the ipsets were not read');
  const said = section.stderr.trim().split('\n').at(-1) ?? '';
  if (section.exit !== 0) return unknown(/memory|too many/i.test(said) ? 'truncated' : 'unparsed', `ipset save ended with status ${section.exit}${said === '' ? '' : `: ${said}`}`);
  const {sets, strange} = parseSets(section.stdout);
  return strange[0] === undefined ? known(sets) : unknown('unparsed', `ipset save printed a line that kdiag does not understand: ${strange[0]}`);
}

/** `ip -o addr`: a line for each address. */
function boundOf(text: string): ReadonlySet<string> | null {
  const found = [...text.matchAll(/ inet6? (\S+?)(?:\/\d+)? /g)].map(([, address = '']) => canonical(address));
  return found.length === 0 && /^kube-ipvs0$/m.test(text) ? null : new Set(found);
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
}

/** The virtual server that takes a packet, as ip_vs_service_find looks for it: by mark, by address and port, by address alone. */
export function serviceFor(services: readonly VirtualServer[], {protocol, destination, port, mark}: {protocol: string; destination: string; port: number; mark: number}): VirtualServer | undefined {
  const index = indices.get(services) ?? new Map(services.map(each => [each.fwmark === null ? `${each.protocol} ${each.address} ${each.port}` : `FWM ${each.fwmark}`, each]));
  indices.set(services, index);
  const own = `${protocol.toUpperCase()} ${destination}`;
  return (mark === 0 ? undefined : index.get(`FWM ${mark}`)) ?? index.get(`${own} ${port}`) ?? index.get(`${own} 0`);
}

const indices = new WeakMap<readonly VirtualServer[], ReadonlyMap<string, VirtualServer>>();

export function servicesIn(ipvs: Ipvs): readonly VirtualServer[] {
  return isKnown(ipvs.services) ? ipvs.services.known : [];
}
