import {isKnown, type Unknown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import {Knowledge} from '../facts/knowledge.ts';
import {narrowed, type QuestionScope} from './narrowed.ts';

/**
 * Asks, through a cluster that remembers, all that a question about the way to the API server would ask, by learning its facts. Gives what
 * could not be asked, a sentence each.
 */
export async function recordApiserver(cluster: Cluster, scope: QuestionScope): Promise<string[]> {
  const knowledge = new Knowledge(narrowed(cluster, scope), {kind: 'apiserver', namespace: scope.namespaces[0] ?? 'default', from: null});
  await Promise.all(scope.facts.map(name => knowledge.learn(name)));
  const cells = await knowledge.learn('apiAnswers');
  const lacking: Unknown[] = isKnown(cells) ? cells.known.flatMap(({heard}) => (isKnown(heard) ? [] : [heard.unknown])) : [cells.unknown];
  return [...new Set(lacking.map(({detail}) => `the way to the API server: ${detail}`))].sort();
}
