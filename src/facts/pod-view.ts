import {isKnown, knownOf, unknown} from '../cluster/answer.ts';
import {podView as view} from '../model/network/pod-view.ts';
import {podPlace} from './client-places.ts';
import type {Learn} from './facts.ts';

/** Of the pod of --from. */
export const podView: Learn<'podView'> = async ({cluster, need, take, try: attempt}) => {
  const [pod, nodes, proxies] = await Promise.all([need('client'), need('nodes'), attempt('proxies')]);
  if (pod === null) return take<never>(unknown('absent', 'there is no such pod'));
  const [place] = podPlace('client', pod, nodes, isKnown(proxies) ? proxies.known : null);
  if (place === undefined) return take<never>(unknown('absent', `pod ${pod.metadata.namespace}/${pod.metadata.name} is on no node yet`));
  const [reading, readings] = await Promise.all([take(cluster.readPlace(place.place)), attempt('nodeReadings')]);
  return take(view(pod, reading, knownOf(readings, place.place.node)?.sections ?? null));
};
