import type {Pod} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

/** One namespace as a whole: which of its pods is kube-proxy is seen from what runs, not from a label. */
export const systemPods: Learn<'systemPods'> = ({cluster, take}) => take(cluster.list<Pod>({resource: 'pods', namespace: 'kube-system'}));
