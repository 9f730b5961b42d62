import type {ClusterRole} from '../cluster/objects.ts';
import type {Learn} from './facts.ts';

/** As kubeadm calls it; other installations have other names, and are judged by their logs. */
export const dnsRole: Learn<'dnsRole'> = ({cluster, take}) => take(cluster.get<ClusterRole>('clusterroles', null, 'system:coredns'));
