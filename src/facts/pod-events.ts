import type {Event} from '../cluster/objects.ts';
import {stateOf} from '../model/pods.ts';
import type {Learn} from './facts.ts';

/** Of how many pods at most: they usually all fail in the same way. */
const most = 5;

export const podEvents: Learn<'podEvents'> = async ({cluster, one, need, take}) => {
  const troubled = (await need('pods')).filter(pod => stateOf(pod).state.startsWith('not-')).slice(0, most);
  const {namespace} = await one();
  const lists = await Promise.all(troubled.map(({metadata}) =>
    take(cluster.list<Event>({resource: 'events', namespace, fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${metadata.name}`}))));
  return lists.flat().sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
};

function timeOf(event: Event): string {
  return event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? '';
}
