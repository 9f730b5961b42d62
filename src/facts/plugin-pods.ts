import {isKnown} from '../cluster/answer.ts';
import type {Pod} from '../cluster/objects.ts';
import {isNetworkPlugin} from '../model/network/plugin.ts';
import type {Learn} from './facts.ts';

/** Where plug-ins live that are not in kube-system, and what they write of nodes. */
const homes = [['flannel.alpha.coreos.com/public-ip', 'kube-flannel'], ['projectcalico.org/IPv4Address', 'calico-system']] as const;

/** A namespace is asked for only where a node has its plug-in's annotation; one that may not be read has no pods here. */
export const pluginPods: Learn<'pluginPods'> = async ({cluster, need}) => {
  const [nodes, system] = await Promise.all([need('nodes'), need('systemPods')]);
  const own = system.filter(isNetworkPlugin);
  const away = own.length > 0 ? [] : homes.filter(([annotation]) => nodes.some(({metadata}) => metadata.annotations?.[annotation] !== undefined)).map(([, namespace]) => namespace);
  const found = await Promise.all(away.map(namespace => cluster.list<Pod>({resource: 'pods', namespace})));
  return [...own, ...found.flatMap(answer => (isKnown(answer) ? answer.known.filter(isNetworkPlugin) : []))];
};
