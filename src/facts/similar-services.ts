import {isKnown} from '../cluster/answer.ts';
import type {Service} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

/** Looking beyond the namespace is a courtesy: without the right to, the namespace's own Services do. */
export const similarServices: Learn<'similarServices'> = async ({cluster, one, need, take}) => {
  if (await need('service') !== null) return [];
  const {namespace, service} = await one();
  const [here, elsewhere] = await Promise.all([
    take(cluster.list<Service>({resource: 'services', namespace})),
    cluster.list<Service>({resource: 'services', fieldSelector: `metadata.name=${service}`}),
  ]);
  return [...here, ...(isKnown(elsewhere) ? elsewhere.known.filter(({metadata}) => metadata.namespace !== namespace) : [])];
};
