import {type Answer, isKnown, known, unknown} from '../answer.ts';
import type {Pod} from '../objects.ts';
import {resourcePath} from '../resources.ts';
import {isOfDaemonSet} from './debug-daemon-set.ts';
import type {Workload} from '../objects.ts';
import {managedBy} from './debug-pod.ts';
import {deleteCollector} from './delete-collector.ts';
import {refusal} from './errors.ts';
import {listObjects} from './read-objects.ts';
import type {Transport} from './transport.ts';

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** Deletes pods without grace. One that is gone already is as good as deleted. Unknown names those that are left. */
export async function deletePods(transport: Transport, pods: readonly PodName[]): Promise<Answer<null>> {
  const failures = (await Promise.all(pods.map(pod => deletePod(transport, pod)))).filter(failure => failure !== null);
  const [first] = failures;
  return first === undefined ? known(null) : unknown(first.why, failures.map(failure => failure.detail).join('; '));
}

async function deletePod(transport: Transport, {namespace, name}: PodName): Promise<{readonly why: Parameters<typeof unknown>[0]; readonly detail: string} | null> {
  const reply = await transport.send({method: 'DELETE', path: resourcePath('pods', namespace, name), body: {apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0}});
  const failure = isKnown(reply) ? (reply.known.status < 300 || reply.known.status === 404 ? null : refusal(reply.known.status, reply.known.body)) : reply.unknown;
  return failure === null ? null : {why: failure.why, detail: `${namespace}/${name}: ${failure.detail}`};
}

export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
}

/**
 * Deletes every debug pod that any run of kdiag left, also one that is in use right now, and gives `namespace/name` of each.
 * Not those of `kdiag manifest daemonset`: they would come back. `namespace` null: everywhere.
 */
export async function cleanup(transport: Transport, namespace: string | null): Promise<Answer<readonly string[]>> {
  const sets = await listObjects<Workload>(transport, {resource: 'daemonsets', labelSelector: managedBy, ...(namespace !== null && {namespace})});
  // a run's DaemonSet first, with the Job that owns it: its pods would come back
  for (const {metadata} of (isKnown(sets) ? sets.known : []).filter(each => !isOfDaemonSet(each.metadata.labels))) await deleteCollector(transport, metadata.namespace ?? '', metadata.name);
  const pods = await listObjects<Pod>(transport, {resource: 'pods', labelSelector: managedBy, ...(namespace !== null && {namespace})});
  if (!isKnown(pods)) return pods;
  const names = pods.known.filter(({metadata}) => !isOfDaemonSet(metadata.labels)).map(({metadata}) => ({namespace: metadata.namespace ?? '', name: metadata.name}));
  const deleted = await deletePods(transport, names);
  return isKnown(deleted) ? known(names.map(pod => `${pod.namespace}/${pod.name}`)) : deleted;
}
