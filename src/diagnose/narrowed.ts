import {type Answer, isKnown, unknown} from '../cluster/answer.ts';
import type {Cluster, ListQuery, NodeReading} from '../cluster/cluster.ts';
import type {KubeObject, Node} from '../cluster/objects.ts';
import type {FactName} from '../facts/facts.ts';

/** How far a question is recorded. */
export interface QuestionScope {
  /** Nodes that are asked from: others are left out of the list that this question sees. */
  readonly nodes: readonly Node[];
  /** What was read of them already. */
  readonly readings: ReadonlyMap<string, Answer<NodeReading>>;
  /** Whose pods may be looked at; empty: all. The first is where is looked from. */
  readonly namespaces: readonly string[];
  /** What the question needs. */
  readonly facts: readonly FactName[];
}

/** Fewer nodes, no pods of other namespaces, and no node is read twice. */
export function narrowed(cluster: Cluster, {nodes, readings, namespaces}: QuestionScope): Cluster {
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
