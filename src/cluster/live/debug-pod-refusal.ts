import type {Unknown} from '../answer.ts';
import {oneLine, readStatus, refusal} from './errors.ts';
import type {Reply} from './reply.ts';

/** Why a debug pod may not be created, in one sentence, with the ways out. */
export function debugPodRefusal(reply: Reply, namespace: string): Unknown {
  const said = readStatus(reply.body)?.message ?? '';
  const elsewhere = 'choose another --debug-namespace, or use --via kube-proxy or --no-debug-pod';
  const refused = (what: string): Unknown => ({why: 'refused', detail: oneLine(`${what}; ${elsewhere}`)});
  if (reply.status === 404 && /namespaces? "/.test(said)) return {why: 'absent', detail: `the namespace ${namespace} for debug pods does not exist; choose another --debug-namespace`};
  if (/cannot create resource "pods"/.test(said)) return {why: 'forbidden', detail: oneLine(`the right to create pods in namespace ${namespace} is lacking; have it granted, or use --via kube-proxy or --no-debug-pod`)};
  const level = /violates PodSecurity "([^"]+)"/.exec(said)?.[1];
  if (level !== undefined) return refused(`namespace ${namespace} does not allow privileged pods (PodSecurity ${level})`);
  if (/security context constraint/i.test(said)) return refused(`no security context constraint (SCC) of OpenShift allows a privileged pod in namespace ${namespace}`);
  if (/exceeded quota|must specify (limits|requests)/.test(said)) return refused(`the quota of namespace ${namespace} does not allow a debug pod (${quoted(said)})`);
  if (/is being terminated/.test(said)) return refused(`the namespace ${namespace} is being deleted`);
  const webhook = /admission webhook "([^"]+)" denied the request:? ?(.*)/s.exec(said);
  if (webhook !== null) return refused(`the admission webhook ${webhook[1]} refuses a debug pod in namespace ${namespace}${webhook[2] === '' ? '' : ` (${webhook[2]})`}`);
  if (reply.status === 403 || reply.status === 422 || reply.status === 400) return refused(`a debug pod in namespace ${namespace} is refused: ${said}`);
  return refusal(reply.status, reply.body);
}

/** `pods "kdiag-abc" is forbidden: REASON` → REASON */
function quoted(said: string): string {
  return said.replace(/^pods "[^"]*" is forbidden: /, '');
}
