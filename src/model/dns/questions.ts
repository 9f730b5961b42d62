import type {DnsAsk} from '../../cluster/dns.ts';
import type {DnsPlace} from './place.ts';

/** A DNS server of the chain, as a place asks it. */
export interface Server {
  /** `vip`: the DNS Service; `pod`: one CoreDNS pod; `nameserver`: any other of the client's resolv.conf; `upstream`: where CoreDNS forwards to. */
  readonly kind: 'vip' | 'pod' | 'nameserver' | 'upstream';
  /** `kube-system/coredns-1`; of the others the address. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** `cluster`: a name that always exists; `external`: one that CoreDNS forwards; `lookup`: a step of the lookup that was asked for; `stray`: a name that nobody has. */
export type Purpose = 'cluster' | 'external' | 'lookup' | 'stray';

export interface Question {
  readonly purpose: Purpose;
  readonly server: Server;
  readonly ask: DnsAsk;
}

/** What there is to ask about. */
export interface Ground {
  /** The domain that CoreDNS serves, `cluster.local`. */
  readonly domain: string;
  readonly vips: readonly string[];
  readonly pods: readonly {readonly name: string; readonly address: string; readonly port: number}[];
  /** Of this place's resolv.conf, in order; of a node's, those that its kubelet gives to pods. */
  readonly nameservers: readonly string[];
  /** Of the CoreDNS pod at this place. */
  readonly upstreams: readonly {readonly address: string; readonly port: number}[];
  /** What the place's resolver would ask its nameservers, without a doubt in which order. */
  readonly lookups: readonly {readonly name: string; readonly type: string}[];
  /** Search domains that are none of the cluster's. */
  readonly strays: readonly string[];
  /** The type of `clusterName`'s address: that of the API server's Service. */
  readonly addressType: 'A' | 'AAAA';
  readonly tries: number;
}

/** Exists in any cluster: the API server's own Service. */
const clusterName = (domain: string): string => `kubernetes.default.svc.${domain}`;
/** RFC 2606: any resolver that reaches the Internet's DNS knows it, and any other says that it does not. */
export const externalName = 'example.com';
/** A name that only a wildcard answers for. */
export const strayLabel = 'kdiag-no-such-name';

/** Milliseconds. The first is what resolvers wait by default (resolv.conf(5), `timeout`). */
const patience = {lookup: 5_000, server: 3_000} as const;
const dns = 53;

/** What is asked from one place. Each server gets each question over UDP and TCP; a lookup goes as a resolver sends it, over UDP. */
export function questionsFor({role}: DnsPlace, ground: Ground): Question[] {
  const {domain, tries} = ground;
  const vips = ground.vips.map((address): Server => ({kind: 'vip', name: address, address, port: dns}));
  const pods = ground.pods.map(({name, address, port}): Server => ({kind: 'pod', name, address, port}));
  const both = (purpose: Purpose, servers: readonly Server[], name: string): Question[] => servers.flatMap(server =>
    (['udp', 'tcp'] as const).map(protocol => ({purpose, server, ask: {server: server.address, port: server.port, protocol, name, type: purpose === 'cluster' ? ground.addressType : 'A', tries, timeoutMs: patience.server}})));
  if (role === 'server') return both('external', ground.upstreams.map(({address, port}): Server => ({kind: 'upstream', name: address, address, port})), externalName);
  const answering = both('cluster', pods, clusterName(domain));
  if (role === 'other') return answering;
  const known = new Set([...vips, ...pods].map(({address}) => address));
  const others = ground.nameservers.filter(address => !known.has(address)).map((address): Server => ({kind: 'nameserver', name: address, address, port: dns}));
  const first = ground.nameservers.map((address): Server => [...vips, ...pods, ...others].find(server => server.address === address) ?? {kind: 'nameserver', name: address, address, port: dns})[0] ?? vips[0];
  const once = (purpose: Purpose, name: string, type: string): Question[] => first === undefined ? [] : [{purpose, server: first, ask: {server: first.address, port: first.port, protocol: 'udp', name, type, tries: 1, timeoutMs: patience.lookup}}];
  return [
    ...answering,
    ...both('cluster', vips, clusterName(domain)),
    ...both('cluster', others, clusterName(domain)),
    ...pods.map((server): Question => ({purpose: 'external', server, ask: {server: server.address, port: server.port, protocol: 'udp', name: externalName, type: 'A', tries: 1, timeoutMs: patience.lookup}})),
    ...ground.lookups.flatMap(({name, type}) => once('lookup', name, type)),
    ...ground.strays.flatMap(domainName => once('stray', `${strayLabel}.${domainName}`, 'A')),
  ];
}
