import type {ConfigMap} from '../cluster/objects.ts';
import {unknown} from '../cluster/answer.ts';
import {readPem} from '../cluster/tls-certificate.ts';
import type {Learn} from './facts.ts';

/** KEP-1205: the controller manager puts it into each namespace, and the kubelet beside each service account's token. */
export const clusterCa: Learn<'clusterCa'> = async ({cluster, take}) => {
  const configMap = await take(cluster.get<ConfigMap>('configmaps', 'default', 'kube-root-ca.crt'));
  const certificates = readPem(configMap?.data?.['ca.crt'] ?? '');
  return certificates.length > 0 ? certificates : take<never>(unknown('absent', configMap === null ? 'there is no ConfigMap default/kube-root-ca.crt' : 'ConfigMap default/kube-root-ca.crt holds no certificate that can be read'));
};
