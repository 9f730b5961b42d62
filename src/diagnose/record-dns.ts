import {type Answer, isKnown, type Unknown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import {Knowledge} from '../facts/knowledge.ts';
import type {DnsPlace} from '../model/dns/place.ts';
import {narrowed, type QuestionScope} from './narrowed.ts';

/** How often a recording holds that each server was asked: as often as the command asks by default. */
const tries = 5;

/**
 * Asks, through a cluster that remembers, all that a question about name resolution as a whole would ask, by learning its facts. Gives
 * what could not be asked, a sentence each.
 */
export async function recordDns(cluster: Cluster, scope: QuestionScope): Promise<string[]> {
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
