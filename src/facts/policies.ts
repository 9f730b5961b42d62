import {isKnown} from '../cluster/answer.ts';
import type {KubeObject, Labels, NetworkPolicy} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

/** A namespace whose labels may not be read is left out: by its name it is still known. */
export const policies: Learn<'policies'> = async ({cluster, need, take}) => {
  const [places, pods] = await Promise.all([need('dnsPlaces'), need('dnsPods')]);
  const all = [...places.flatMap(({role, pod}) => (role === 'client' && pod !== null ? [pod] : [])), ...pods];
  const names = [...new Set(all.map(({metadata}) => metadata.namespace ?? ''))].sort();
  const found = await Promise.all(names.map(async name => {
    const [policies, namespace] = await Promise.all([take(cluster.list<NetworkPolicy>({resource: 'networkpolicies', namespace: name})), cluster.get<KubeObject>('namespaces', null, name)]);
    const labels: readonly [string, Labels][] = isKnown(namespace) && namespace.known !== null ? [[name, namespace.known.metadata.labels ?? {}]] : [];
    return {policies, labels};
  }));
  return {policies: found.flatMap(each => each.policies), namespaces: new Map(found.flatMap(({labels}) => labels))};
};
