import {isKnown} from '../cluster/answer.ts';
import type {ConfigMap, ServiceCIDR} from '../cluster/objects.ts';
import {serviceRangesOf} from '../model/apiserver/api-servers.ts';
import type {Learn} from './facts.ts';

/** From ServiceCIDR objects (KEP-1880), the API server's own flags, or kubeadm's ConfigMap; empty: nothing says. */
export const serviceCidrs: Learn<'serviceCidrs'> = async ({cluster, need}) => {
  const objects = await cluster.list<ServiceCIDR>({resource: 'servicecidrs'});
  const told = isKnown(objects) ? objects.known.filter(({metadata}) => metadata.name === 'kubernetes').flatMap(({spec}) => spec?.cidrs ?? []) : [];
  if (told.length > 0) return {cidrs: told, from: 'ServiceCIDR kubernetes'};
  const flags = serviceRangesOf(await need('systemPods'));
  if (flags.length > 0) return {cidrs: flags, from: '--service-cluster-ip-range of kube-apiserver'};
  const config = await cluster.get<ConfigMap>('configmaps', 'kube-system', 'kubeadm-config');
  const subnet = isKnown(config) ? /^\s*serviceSubnet:\s*(\S+)\s*$/m.exec(config.known?.data?.['ClusterConfiguration'] ?? '')?.[1] : undefined;
  return subnet === undefined ? {cidrs: [], from: 'nothing'} : {cidrs: subnet.split(','), from: 'ConfigMap kube-system/kubeadm-config'};
};
