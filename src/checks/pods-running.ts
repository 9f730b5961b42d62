import type {Pod, Service} from '../cluster/objects.ts';
import {evidence, type FindingOf, type Level} from '../findings/finding.ts';
import {condition, isYoung, type PodState, stateOf} from '../model/pods.ts';
import {check} from './check.ts';
import {nameOf, noService, subjectOf} from './service-subject.ts';

type NotRunning = Extract<PodState, {state: 'not-running'}>;

export default check({
  id: 'pods-running',
  link: 'Endpoints',
  question: 'The pods are running',
  needs: ['service', 'pods', 'now'],
  hopes: ['podEvents', 'podLogs'],
  can: ['service-pods-not-running'],
  run: ({service, pods, now, podEvents, podLogs}) => {
    if (service === null) return {skipped: noService};
    if (pods.length === 0) return {skipped: 'no pod is selected'};
    const states = pods.map(pod => ({pod, state: stateOf(pod)})).filter(({state}) => state.state !== 'gone' && state.state !== 'terminating');
    const down = states.filter((each): each is {pod: typeof each.pod; state: NotRunning} => each.state.state === 'not-running');
    const ready = states.filter(({state}) => state.state === 'ready').length;
    const [first] = down;
    if (states.length === 0) return ended(service, pods);
    if (first === undefined) return {note: `${states.length} of ${states.length}`};
    // What a controller has given up and replaced (an evicted pod, a failed one of a ReplicaSet) harms nobody.
    const replaced = down.every(({state}) => state.reason === 'failed') && ready > 0;
    const level: Level = ready === 0 ? 'error' : replaced || down.every(({pod, state}) => state.reason === 'pending' && isYoung(pod, now)) ? 'info' : 'warning';
    const events = 'known' in podEvents ? podEvents.known.filter(({involvedObject, type}) => involvedObject.name === first.pod.metadata.name && type === 'Warning').slice(-2) : [];
    const log = 'known' in podLogs ? podLogs.known[first.pod.metadata.name] : undefined;
    const where = `Pod ${first.pod.metadata.namespace}/${first.pod.metadata.name}`;
    return {
      findings: [{
        code: 'service-pods-not-running', subject: subjectOf(service), level,
        args: {reason: first.state.reason, service: nameOf(service), pods: down.map(({pod}) => pod.metadata.name), detail: first.state.detail, usable: ready, total: states.length},
        evidence: [
          evidence('object', where, first.state.field),
          ...events.map(event => evidence('object', `Event of ${where}`, `${event.reason}: ${event.message}`)),
          ...(log === undefined ? [] : [evidence('log', `${where}, container ${first.state.container}`, log.trimEnd())]),
        ],
      }],
    };
  },
});

/** Every pod has completed or is being deleted. One that is Ready until it is gone still answers: its EndpointSlice says that. */
function ended(service: Service, pods: readonly Pod[]): {skipped: string} | {findings: FindingOf<'service-pods-not-running'>[]} {
  if (pods.some(pod => stateOf(pod).state === 'terminating' && condition(pod, 'Ready')?.status === 'True')) return {skipped: 'only pods that are being deleted are left'};
  const reason = pods.every(pod => stateOf(pod).state === 'gone') ? 'completed' : 'terminating';
  const detail = {completed: 'completed, and not started again', terminating: 'being deleted'}[reason];
  return {
    findings: [{
      code: 'service-pods-not-running', subject: subjectOf(service),
      args: {reason, service: nameOf(service), pods: pods.map(({metadata}) => metadata.name), detail, usable: 0, total: pods.length},
      evidence: pods.map(({metadata, status}) => evidence('object', `Pod ${metadata.namespace}/${metadata.name}`, `status.phase: ${status?.phase}${metadata.deletionTimestamp === undefined ? '' : `, metadata.deletionTimestamp: ${metadata.deletionTimestamp}`}`)),
    }],
  };
}
