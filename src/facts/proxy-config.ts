import type {ConfigMap} from '../cluster/objects.ts';
import {proxyConfigOf} from '../model/proxy-config.ts';
import type {Learn} from './facts.ts';

export const proxyConfig: Learn<'proxyConfig'> = async ({cluster, take}) => {
  const object = await take(cluster.get<ConfigMap>('configmaps', 'kube-system', 'kube-proxy'));
  return object === null ? null : proxyConfigOf(object);
};
