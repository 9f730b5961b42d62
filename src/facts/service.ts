import type {Service} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

export const service: Learn<'service'> = ({cluster, one, take}) => {
  const {namespace, service: name} = one();
  return take(cluster.get<Service>('services', namespace, name));
};
