import type {EndpointSlice} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

export const slices: Learn<'slices'> = ({cluster, target, take}) =>
  take(cluster.list<EndpointSlice>({resource: 'endpointslices', namespace: target.namespace, labelSelector: `kubernetes.io/service-name=${target.service}`}));
