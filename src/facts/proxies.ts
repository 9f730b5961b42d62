import {isKnown} from '../cluster/answer.ts';
import type {ConfigMap, Workload} from '../cluster/objects.ts';
import {configMapsOf, usualConfigMap} from '../model/proxy-config.ts';
import {isOfKdiag, isKubeProxy, proxiesOf} from '../model/proxy.ts';
import type {Learn} from './facts.ts';

/** DaemonSets are only asked for when a node lacks a kube-proxy, Cilium's settings only when no kube-proxy is there at all. */
export const proxies: Learn<'proxies'> = async ({cluster, need, take}) => {
  const read = (name: string) => cluster.get<ConfigMap>('configmaps', 'kube-system', name);
  const usual = read(usualConfigMap);
  const [pods, nodes] = await Promise.all([need('systemPods'), need('nodes')]);
  const own = pods.filter(pod => !isOfKdiag(pod) && pod.spec.containers.some(isKubeProxy));
  const served = new Set(own.map(({spec}) => spec.nodeName));
  const everywhere = nodes.every(({metadata}) => served.has(metadata.name));
  const sets = everywhere ? [] : await take(cluster.list<Workload>({resource: 'daemonsets', namespace: 'kube-system'}));
  const cilium = served.size > 0 ? null : await cluster.get<ConfigMap>('configmaps', 'kube-system', 'cilium-config');
  const others = [...new Set(own.flatMap(configMapsOf))].filter(name => name !== usualConfigMap).map(read);
  const configs = await Promise.all([usual, ...others]);
  return proxiesOf(pods, sets, nodes, configs.flatMap(each => (isKnown(each) && each.known !== null ? [each.known] : [])), cilium !== null && isKnown(cilium) ? cilium.known : null);
};
