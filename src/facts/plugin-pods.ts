import {isKnown} from '../cluster/answer.ts';
import type {Pod} from '../cluster/objects.ts';
import {isNetworkPlugin} from '../model/network/plugin.ts';
import type {Learn} from './facts.ts';

/** Where plug-ins live that are not in kube-system, and what they write of nodes. */
const homes = [['flannel.alpha.coreos.com/public-ip', 'kube-flannel'], ['projectcalico.org/IPv4Address', 'calico-system']] as const;

/** A namespace is asked for only where a node has its plug-in's annotation. Where none of them has pods, and one may not be read, the pods may be there. */
export const pluginPods: Learn<'pluginPods'> = async ({cluster, need, take}) => {
  const [nodes, system] = await Promise.all([need('nodes'), need('systemPods')]);
  const own = system.filter(isNetworkPlugin);
  const away = own.length > 0 ? [] : homes.filter(([annotation]) => nodes.some(({metadata}) => metadata.annotations?.[annotation] !== undefined)).map(([, namespace]) => namespace);
  const found = await Promise.all(away.map(namespace => cluster.list<Pod>({resource: 'pods', namespace})));
  const there = found.flatMap(answer => (isKnown(answer) ? answer.known.filter(isNetworkPlugin) : []));
  const [unread] = found.flatMap(answer => (isKnown(answer) ? [] : [answer]));
  return own.length === 0 && there.length === 0 && unread !== undefined ? take<never>(unread) : [...own, ...there];
};
