import type {Pod} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

export const client: Learn<'client'> = async ({cluster, target, take}) =>
  target.from?.kind === 'pod' ? take(cluster.get<Pod>('pods', target.from.namespace, target.from.name)) : null;
