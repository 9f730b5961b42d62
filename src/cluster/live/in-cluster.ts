import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {KdiagError} from '../../kdiag-error.ts';
import type {Access} from './access.ts';

/** Where the kubelet mounts a service account into each container. */
const mount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The access that a pod has through its service account, or null when kdiag does not run in a pod.
 * Source: client-go rest/config.go, InClusterConfig.
 */
export async function inClusterAccess(environment: NodeJS.ProcessEnv, folder = mount): Promise<Access | null> {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '';
  const tokenFile = join(folder, 'token');
  if (host === '' || port === '' || !existsSync(tokenFile)) return null;
  try {
    const [ca, namespace] = await Promise.all([readFile(join(folder, 'ca.crt')), readFile(join(folder, 'namespace'), 'utf8').catch(() => '')]);
    return {
      context: 'in-cluster',
      namespace: namespace.trim() === '' ? 'default' : namespace.trim(),
      server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
      ca,
      insecure: false,
      user: {name: 'service account', tokenFile},
    };
  } catch (error) {
    throw new KdiagError(3, `this pod's service account cannot be used: ${(error as Error).message}`);
  }
}
