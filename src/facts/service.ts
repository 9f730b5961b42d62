import type {Service} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

export const service: Learn<'service'> = ({cluster, target, take}) => take(cluster.get<Service>('services', target.namespace, target.service));
