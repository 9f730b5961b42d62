import type {Pod} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

export const namespacePods: Learn<'namespacePods'> = async ({cluster, one, need, take}) => {
  const service = await need('service');
  if (Object.keys(service?.spec.selector ?? {}).length === 0 || (await need('pods')).length > 0) return [];
  return take(cluster.list<Pod>({resource: 'pods', namespace: (await one()).namespace}));
};
