import {type Answer, isKnown, known, unknown} from '../cluster/answer.ts';
import type {NodeReading} from '../cluster/cluster.ts';
import {type ConntrackListing, parseConntrack} from '../parse/conntrack.ts';
import {type IpvsConnections, parseIpvsConnections} from '../parse/ipvs-connections.ts';
import {fullness} from './conntrack.ts';
import {localAddresses} from './node-rules.ts';

/** What a node remembers of the flows of DNS over UDP. */
export interface NodeFlows {
  readonly node: string;
  /** How it was read, for evidence: `debug pod on node1`. */
  readonly from: string;
  /** Null: the kernel tracks no connections. */
  readonly listing: ConntrackListing | null;
  /** Null: the node has no ip_vs. */
  readonly ipvs: IpvsConnections | null;
  readonly full: ReturnType<typeof fullness>;
  /** The node's own addresses. */
  readonly own: readonly string[];
}

export function nodeFlows({node, via, sections}: NodeReading): Answer<NodeFlows> {
  const {conntrack, ip_vs_conn: connections, sysctl} = sections;
  if (conntrack === undefined || connections === undefined) return unknown('not-recorded', `what ${node} remembers of connections was not recorded`);
  const listing = parseConntrack(conntrack.stdout, conntrack.stderr);
  const tracks = conntrack.exit !== 0 || listing.way !== null || conntrack.stderr.trim() !== 'the kernel tracks no connections';
  const hasIpvs = connections.exit !== 0 || connections.stdout !== '' || connections.stderr.trim() !== 'the kernel has no ip_vs';
  const ipvs = parseIpvsConnections(connections.stdout);
  if (hasIpvs && (!ipvs.listed || ipvs.strange.length > 0)) return unknown('unparsed', `ip_vs's connections on ${node} were not understood: ${(ipvs.strange[0] ?? connections.stderr.trim()) || 'nothing was listed'}`);
  return known({
    node, from: `${via === 'debug-pod' ? 'debug pod' : 'kube-proxy pod'} on ${node}`, listing: tracks ? listing : null, ipvs: hasIpvs ? ipvs : null,
    full: fullness(sysctl?.stdout ?? ''), own: [...localAddresses(sections) ?? []],
  });
}

/** Why flows may be there that are not listed; null: all are. */
export function unlisted(flows: Answer<NodeFlows>): {readonly unknown: {readonly why: 'unparsed'; readonly detail: string}} | null {
  if (!isKnown(flows)) return null;
  const {listing, node} = flows.known;
  return listing === null || listing.lacking === null ? null : {unknown: {why: 'unparsed', detail: `connection tracking on ${node}: ${listing.lacking}`}};
}
