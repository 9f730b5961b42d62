import {isKnown} from '../cluster/answer.ts';
import type {ConfigMap, Workload} from '../cluster/objects.ts';
import {isDebugPod, isKubeProxy, proxiesOf} from '../model/proxy.ts';
import type {Learn} from './facts.ts';

/** DaemonSets are only asked for when a node lacks a kube-proxy, Cilium's settings only when no kube-proxy is there at all. */
export const proxies: Learn<'proxies'> = async ({cluster, need, take}) => {
  const configMap = cluster.get<ConfigMap>('configmaps', 'kube-system', 'kube-proxy');
  const [pods, nodes] = await Promise.all([need('systemPods'), need('nodes')]);
  const served = new Set(pods.filter(pod => !isDebugPod(pod) && pod.spec.containers.some(isKubeProxy)).map(({spec}) => spec.nodeName));
  const everywhere = nodes.every(({metadata}) => served.has(metadata.name));
  const sets = everywhere ? [] : await take(cluster.list<Workload>({resource: 'daemonsets', namespace: 'kube-system'}));
  const cilium = served.size > 0 ? null : await cluster.get<ConfigMap>('configmaps', 'kube-system', 'cilium-config');
  const config = await configMap;
  return proxiesOf(pods, sets, nodes, isKnown(config) ? config.known : null, cilium !== null && isKnown(cilium) ? cilium.known : null);
};
