import {isKnown, type Unknown} from '../answer.ts';
import {refusal} from './errors.ts';
import type {Transport} from './transport.ts';

export const jobsOf = (namespace: string): string => `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`;
export const daemonSetsOf = (namespace: string): string => `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`;

/** Deletes a run's DaemonSet and the Job of the same name that owns it, and gives what stood against it. What is gone already is as good as deleted. */
export async function deleteCollector(transport: Transport, namespace: string, name: string): Promise<readonly Unknown[]> {
  const failures: Unknown[] = [];
  for (const path of [daemonSetsOf(namespace), jobsOf(namespace)]) {
    const reply = await transport.send({method: 'DELETE', path: `${path}/${name}`, body: {apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background'}});
    if (!isKnown(reply)) failures.push(reply.unknown);
    else if (reply.known.status >= 300 && reply.known.status !== 404) failures.push(refusal(reply.known.status, reply.known.body));
  }
  return failures;
}
