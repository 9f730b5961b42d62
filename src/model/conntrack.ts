import type {ConntrackListing, Flow} from '../parse/conntrack.ts';
import type {IpvsConnections} from '../parse/ipvs-connections.ts';
import {formatAddress, parseAddress} from './ip.ts';

/** A Service's address and port, and where connections to it may go. UDP; addresses in any spelling. */
export interface Served {
  readonly address: string;
  readonly port: number;
  /** Ready ones, and serving ones that terminate: kube-proxy leaves entries to both alone. */
  readonly endpoints: readonly {readonly address: string; readonly port: number}[];
}

/** A flow of a Service that the node remembers wrongly. Addresses in canonical form. */
export interface WrongFlow {
  /** `stale`: it leads to what is no endpoint; `untranslated`: its packets keep the Service's address, and no rule sees them any more. */
  readonly fault: 'stale' | 'untranslated';
  readonly table: 'conntrack' | 'ip_vs';
  readonly client: string;
  readonly clientPort: number;
  /** Of `stale`; of `untranslated` the Service's own address. */
  readonly leadsTo: string;
  /** No packet came back. Not known of ip_vs's. */
  readonly unreplied: boolean | null;
  /** Until it is forgotten, unless the client sends again; null: it does not age. */
  readonly seconds: number | null;
  /** The client sent not long ago, so it suffers by this: what nobody uses any more is as good as gone. */
  readonly recent: boolean;
  /** More than a question and its answer: the client keeps its port. Not known of ip_vs's. */
  readonly kept: boolean;
  readonly raw: string;
}

/** The same for every spelling of an address; text that is none stays. */
function canonical(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
}

/**
 * The flows of a Service that conntrack remembers wrongly. An entry decides for as long as packets come: rules are asked for the
 * first packet of a flow only (nf_nat). Where mode ipvs sends, an entry's reply comes from the destination as well. A client whose
 * packets are not tracked (NOTRACK, as NodeLocal DNSCache has it) has no entry.
 * An address the node itself has is none of `untranslated`'s business: something may listen on it there, as NodeLocal DNSCache does
 * on the Service's own: `own` are the addresses that are so.
 */
export function wrongFlows({flows}: Pick<ConntrackListing, 'flows'>, {address, port, endpoints}: Served, own: readonly string[] = []): WrongFlow[] {
  const virtual = canonical(address);
  const right = new Set(endpoints.map(endpoint => `${canonical(endpoint.address)} ${endpoint.port}`));
  const local = own.map(canonical).includes(virtual);
  return flows.filter(({original}) => original.destinationPort === port && canonical(original.destination) === virtual).flatMap((flow): WrongFlow[] => {
    const answers = canonical(flow.reply.source);
    if (right.has(`${answers} ${flow.reply.sourcePort}`)) return [];
    if (answers !== virtual) return [toWrong('stale', flow, answers)];
    return local ? [] : [toWrong('untranslated', flow, virtual)];
  });
}

/**
 * Seconds that are left of an entry's time when its client sent within the last 20 to 30: of 30 without an answer (and for the
 * first two seconds of a flow), of 120 else (nf_conntrack_udp_timeout, nf_conntrack_udp_timeout_stream), of 300 in ip_vs, unless
 * somebody set other times.
 */
const recently = {answered: 10, assured: 95, ipvs: 275} as const;
/** Ports that a client keeps at the same time; who has more takes a new one for each question, as libcs and kdiag itself do. */
const mostKept = 3;

/**
 * Those by which somebody suffers: who sends again from the same port. Who asks each time from another one has left his entries behind,
 * by and by, while something was wrong, and is well since.
 */
export function suffered(flows: readonly WrongFlow[]): WrongFlow[] {
  const recent = flows.filter(each => each.recent);
  const passing = Map.groupBy(recent.filter(({kept}) => !kept), ({table, client}) => `${table} ${client}`);
  return recent.filter(({kept, table, client}) => kept || (passing.get(`${table} ${client}`)?.length ?? 0) <= mostKept);
}

function toWrong(fault: WrongFlow['fault'], {original, flags, seconds, raw}: Flow, leadsTo: string): WrongFlow {
  return {fault, table: 'conntrack', client: canonical(original.source), clientPort: original.sourcePort, leadsTo, unreplied: flags.includes('UNREPLIED'), seconds, recent: seconds === null || seconds >= recently[flags.includes('ASSURED') ? 'assured' : 'answered'], kept: flags.includes('ASSURED'), raw};
}

/**
 * The same of ip_vs's own table: a connection of UDP goes on to its destination until it ends, unless net.ipv4.vs.expire_nodest_conn
 * is set and the destination is gone (kube-proxy sets it; __ip_vs_get_out_rt and ip_vs_in_hook of net/netfilter/ipvs).
 */
export function wrongConnections({connections}: Pick<IpvsConnections, 'connections'>, {address, port, endpoints}: Served): WrongFlow[] {
  const virtual = canonical(address);
  const right = new Set(endpoints.map(endpoint => `${canonical(endpoint.address)} ${endpoint.port}`));
  return connections.filter(each => each.protocol === 'UDP' && each.virtualPort === port && canonical(each.virtual) === virtual && !right.has(`${canonical(each.destination)} ${each.destinationPort}`))
    .map(each => ({fault: 'stale', table: 'ip_vs', client: canonical(each.client), clientPort: each.clientPort, leadsTo: canonical(each.destination), unreplied: null, seconds: each.seconds, recent: each.seconds >= recently.ipvs, kept: false, raw: each.raw}));
}

/** From this share on the table counts as full: what the kernel then drops is new flows, at times. */
const fullShare = 0.95;

/**
 * How full the node's table is, from the section `sysctl`; null: not told. nf_conntrack_max is the whole machine's, the count its own
 * network namespace's: where nodes share a machine, the table is fuller than it seems. 0: without a limit.
 */
export function fullness(sysctl: string): {readonly count: number; readonly most: number; readonly full: boolean} | null {
  const valueOf = (name: string): number | null => {
    const [, value] = new RegExp(`^net/netfilter/${name} = (\\d+)$`, 'm').exec(sysctl) ?? [];
    return value === undefined ? null : Number(value);
  };
  const [count, most] = [valueOf('nf_conntrack_count'), valueOf('nf_conntrack_max')];
  return count === null || most === null ? null : {count, most, full: most > 0 && count >= fullShare * most};
}
