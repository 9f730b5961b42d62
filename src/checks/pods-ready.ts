import type {Level} from '../findings/finding.ts';
import {evidence} from '../findings/finding.ts';
import {isYoung, type PodState, stateOf} from '../model/pods.ts';
import {check} from './check.ts';
import {nameOf, noService, subjectOf} from './service-subject.ts';

type NotReady = Extract<PodState, {state: 'not-ready'}>;

export default check({
  id: 'pods-ready',
  link: 'Endpoints',
  question: 'The running pods are ready',
  needs: ['service', 'pods', 'now'],
  hopes: ['podEvents'],
  can: ['service-pods-not-ready'],
  run: ({service, pods, now, podEvents}) => {
    if (service === null) return {skipped: noService};
    if (pods.length === 0) return {skipped: 'no pod is selected'};
    const states = pods.map(pod => ({pod, state: stateOf(pod)}));
    const unready = states.filter((each): each is {pod: typeof each.pod; state: NotReady} => each.state.state === 'not-ready');
    const ready = states.filter(({state}) => state.state === 'ready').length;
    const [first] = unready;
    if (first === undefined) return ready === 0 ? {skipped: 'no pod is running'} : {note: `${ready} of ${ready}`};
    if (service.spec.publishNotReadyAddresses === true) return {note: `${ready} of ${ready + unready.length} ready, and publishNotReadyAddresses makes all of them endpoints`};
    const level: Level = ready === 0 ? 'error' : unready.every(({pod}) => isYoung(pod, now)) ? 'info' : 'warning';
    const where = `Pod ${first.pod.metadata.namespace}/${first.pod.metadata.name}`;
    const event = 'known' in podEvents ? podEvents.known.findLast(({involvedObject, reason}) => involvedObject.name === first.pod.metadata.name && reason === 'Unhealthy') : undefined;
    return {
      findings: [{
        code: 'service-pods-not-ready', subject: subjectOf(service), level,
        args: {reason: first.state.reason, service: nameOf(service), pods: unready.map(({pod}) => pod.metadata.name), detail: first.state.detail, usable: ready, total: ready + unready.length},
        evidence: [evidence('object', where, first.state.field), ...(event === undefined ? [] : [evidence('object', `Event of ${where}`, `${event.reason}: ${event.message}`)])],
      }],
    };
  },
});
