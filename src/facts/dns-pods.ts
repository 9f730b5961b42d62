import {isKnown} from '../cluster/answer.ts';
import type {Pod} from '../cluster/objects.ts';
import {canServe} from '../model/pods.ts';
import {isDnsServer, isNodeCache} from '../model/dns/servers.ts';
import type {Learn} from './facts.ts';

/** Those that the DNS Service selects, and those that run CoreDNS all the same: its selector may be what is wrong. */
export const dnsPods: Learn<'dnsPods'> = async ({cluster, one, need, take, try: attempt}) => {
  const {namespace} = await one();
  const [selected, system] = await Promise.all([attempt('pods'), namespace === 'kube-system' ? need('systemPods') : take(cluster.list<Pod>({resource: 'pods', namespace}))]);
  const found = [...(isKnown(selected) ? selected.known : []), ...system.filter(pod => isDnsServer(pod) && !isNodeCache(pod))];
  const byName = new Map(found.filter(canServe).map(pod => [pod.metadata.name, pod]));
  return [...byName.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
};
