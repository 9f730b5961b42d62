import type {Service} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

export const apiService: Learn<'apiService'> = ({cluster, take}) => take(cluster.get<Service>('services', 'default', 'kubernetes'));
