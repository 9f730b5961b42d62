import type {EndpointSlice} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

export const slices: Learn<'slices'> = async ({cluster, one, take}) => {
  const {namespace, service} = await one();
  return take(cluster.list<EndpointSlice>({resource: 'endpointslices', namespace, labelSelector: `kubernetes.io/service-name=${service}`}));
};
