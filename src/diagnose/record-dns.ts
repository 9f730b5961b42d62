import {type Answer, isKnown, type Unknown, unknown} from '../cluster/answer.ts';
import type {Cluster, ListQuery, NodeReading} from '../cluster/cluster.ts';
import type {KubeObject, Node} from '../cluster/objects.ts';
import type {FactName} from '../facts/facts.ts';
import {Knowledge} from '../facts/knowledge.ts';
import type {DnsPlace} from '../model/dns/place.ts';

export interface DnsScope {
  /** Nodes that are asked from: others are left out of the list that this question sees. */
  readonly nodes: readonly Node[];
  /** What was read of them already. */
  readonly readings: ReadonlyMap<string, Answer<NodeReading>>;
  /** Whose pods may be looked at; empty: all. The first is where names are looked up from. */
  readonly namespaces: readonly string[];
  /** What a question about DNS needs. */
  readonly facts: readonly FactName[];
}

/** How often a recording holds that each server was asked: as often as the command asks by default. */
const tries = 5;

/**
 * Asks, through a cluster that remembers, all that a question about name resolution as a whole would ask, by learning its facts. Gives
 * what could not be asked, a sentence each.
 */
export async function recordDns(cluster: Cluster, scope: DnsScope): Promise<string[]> {
  const knowledge = new Knowledge(narrowed(cluster, scope), {kind: 'dns', namespace: scope.namespaces[0] ?? 'default', name: null, type: null, from: null, tries});
  await Promise.all(scope.facts.map(name => knowledge.learn(name)));
  const [cells, resolvers, upstreams] = await Promise.all([knowledge.learn('dnsAnswers'), knowledge.learn('resolvers'), knowledge.learn('upstreams')]);
  const lacking: Unknown[] = [];
  const value = <T>(answer: Answer<readonly T[]>): readonly T[] => {
    if (!isKnown(answer)) lacking.push(answer.unknown);
    return isKnown(answer) ? answer.known : [];
  };
  value(upstreams);
  const told = new Set<DnsPlace>(); // one reason a place: most are the same for all that was asked from there
  const tell = (at: DnsPlace, why: Unknown | null): void => {
    if (why !== null && !told.has(at)) lacking.push(why);
    if (why !== null) told.add(at);
  };
  for (const {at, lacking: why} of value(resolvers)) tell(at, why);
  for (const {from, heard} of value(cells)) tell(from, isKnown(heard) ? null : heard.unknown);
  return [...new Set(lacking.map(({detail}) => `name resolution: ${detail}`))].sort();
}

/** Fewer nodes, no pods of other namespaces, and no node is read twice. */
function narrowed(cluster: Cluster, {nodes, readings, namespaces}: DnsScope): Cluster {
  const names = new Set(nodes.map(({metadata}) => metadata.name));
  return {
    now: cluster.now, source: cluster.source,
    version: () => cluster.version(),
    get: (resource, namespace, name) => cluster.get(resource, namespace, name),
    list: async <T extends KubeObject>(query: ListQuery): Promise<Answer<readonly T[]>> => {
      if (query.resource === 'pods' && query.namespace === undefined && namespaces.length > 0) return unknown('not-asked', 'pods of other namespaces are not recorded');
      const answer = await cluster.list<T>(query);
      return query.resource === 'nodes' && isKnown(answer) ? {known: answer.known.filter(({metadata}) => names.has(metadata.name))} : answer;
    },
    log: query => cluster.log(query),
    readNode: async query => readings.get(query.node) ?? cluster.readNode(query),
    readPlace: place => cluster.readPlace(place),
    askDns: (place, asks) => cluster.askDns(place, asks),
    askTcp: (place, asks) => cluster.askTcp(place, asks),
    close: () => cluster.close(),
  };
}
