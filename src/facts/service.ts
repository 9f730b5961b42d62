import type {Service} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

export const service: Learn<'service'> = async ({cluster, target, one, need, take}) => {
  if (target.kind === 'dns') return need('dnsService');
  const {namespace, service: name} = await one();
  return take(cluster.get<Service>('services', namespace, name));
};
