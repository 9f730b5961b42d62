import {isKnown} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {Service} from '../cluster/objects.ts';
import {Knowledge} from '../facts/knowledge.ts';
import {unproxied} from '../model/endpoints.ts';
import {narrowed, type QuestionScope} from './narrowed.ts';

/** Services whose endpoints are asked. */
const most = 20;

/**
 * Asks, through a cluster that remembers, what questions about nodes and about each of some Services would ask of the pod network. Gives what
 * could not be asked, a sentence each.
 */
export async function recordNetwork(cluster: Cluster, scope: QuestionScope, services: readonly Service[]): Promise<string[]> {
  const within = narrowed(cluster, scope);
  const asked = services.filter(service => unproxied(service) !== 'external-name').slice(0, most);
  const questions = [new Knowledge(within, {kind: 'nodes', from: null}), ...asked.map(({metadata}) => new Knowledge(within, {kind: 'service', namespace: metadata.namespace ?? '', service: metadata.name, port: null, from: null}))];
  const answers = await Promise.all(questions.map(async knowledge => {
    await Promise.all(scope.facts.map(name => knowledge.learn(name)));
    await knowledge.learn('endpointAnswers'); // what a check of the whole cluster asks; of one Service it is among the network's answers
    return knowledge.learn('networkAnswers');
  }));
  // what is recorded from a recording lacks what that lacks: it says so itself when it is asked
  const lacking = answers.flatMap(cells => (isKnown(cells) ? cells.known.flatMap(({heard}) => (isKnown(heard) ? [] : [heard.unknown])) : [cells.unknown])).filter(({why}) => why !== 'not-recorded');
  return [...new Set([...lacking.map(({detail}) => `the pod network: ${detail}`), ...(services.length > most ? [`the pod network: endpoints of ${services.length - most} more Services were not asked`] : [])])].sort();
}
