import {type Answer, isKnown, known} from './answer.ts';
import type {Cluster, ListQuery} from './cluster.ts';
import {Derivation} from './derive.ts';
import {placeName} from './dns-tries.ts';
import type {KubeObject} from './objects.ts';

/**
 * A cluster of which nothing is read twice, for a run that asks many questions: what was asked already gets the same answer, and a
 * narrower list or a single object comes from a list that holds it. Questions put to servers are asked each time.
 */
export function remembered(cluster: Cluster): Cluster {
  const answers = new Map<string, Promise<Answer<unknown>>>();
  const lists = new Derivation();
  const once = <T>(key: string, ask: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    const answer = answers.get(key) ?? ask();
    answers.set(key, answer);
    return answer as Promise<Answer<T>>;
  };
  return {
    now: cluster.now, source: cluster.source,
    version: () => once('version', () => cluster.version()),
    async get<T extends KubeObject>(...query: Parameters<Cluster['get']>) {
      const held = lists.get(...query);
      return held === null ? once(`get ${JSON.stringify(query)}`, () => cluster.get<T>(...query)) : known(held.object as T | null);
    },
    async list<T extends KubeObject>(query: ListQuery) {
      const held = lists.list(query);
      return held === null ? once(`list ${JSON.stringify(query)}`, () => listAndKeep<T>(query)) : known(held as readonly T[]);
    },
    log: query => once(`log ${JSON.stringify(query)}`, () => cluster.log(query)),
    readNode: query => once(`node ${query.node}`, () => cluster.readNode(query)),
    readPlace: place => once(`place ${JSON.stringify(placeName(place))}`, () => cluster.readPlace(place)),
    askDns: (place, asks) => cluster.askDns(place, asks),
    askTcp: (place, asks) => cluster.askTcp(place, asks),
    close: () => cluster.close(),
  };

  async function listAndKeep<T extends KubeObject>(query: ListQuery): Promise<Answer<readonly T[]>> {
    const answer = await cluster.list<T>(query);
    if (isKnown(answer)) lists.add(query, answer.known);
    return answer;
  }
}
