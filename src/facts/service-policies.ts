import {isKnown} from '../cluster/answer.ts';
import type {KubeObject, Labels, NetworkPolicy} from '../cluster/objects.ts';
import type {World} from '../model/network-policy.ts';
import type {Learn} from './facts.ts';

/** Of the namespaces of a Service's pods and of the pods that ask. A namespace whose policies may not be read is taken to have none, unless it is the Service's own. */
export const servicePolicies: Learn<'servicePolicies'> = async ({cluster, target, need, take}) => {
  if (target.kind === 'dns') return need('policies');
  const [places, pods] = await Promise.all([need('clientPlaces'), target.kind === 'nodes' ? [] : need('pods')]);
  const own = new Set(pods.map(({metadata}) => metadata.namespace ?? ''));
  const names = [...new Set([...own, ...places.flatMap(({pod}) => (pod === null ? [] : [pod.metadata.namespace ?? '']))])].sort();
  const found = await Promise.all(names.map(async (name): Promise<{readonly policies: readonly NetworkPolicy[]; readonly labels: readonly (readonly [string, Labels])[]}> => {
    const answer = await cluster.list<NetworkPolicy>({resource: 'networkpolicies', namespace: name});
    const policies: readonly NetworkPolicy[] = isKnown(answer) ? answer.known : own.has(name) ? await take(answer) : [];
    if (policies.length === 0) return {policies, labels: []};
    // only a policy that speaks of namespaces needs their labels
    const namespace = await cluster.get<KubeObject>('namespaces', null, name);
    return {policies, labels: isKnown(namespace) && namespace.known !== null ? [[name, namespace.known.metadata.labels ?? {}]] : []};
  }));
  return {policies: found.flatMap(each => each.policies), namespaces: new Map(found.flatMap(each => each.labels))} satisfies World;
};
