import type {Pod} from '../cluster/objects.ts';
import {evidence} from '../findings/finding.ts';
import {isStarting, type PodState, stateOf} from '../model/pods.ts';
import {check} from './check.ts';
import {corednsSubject, noDnsPod, podName} from './dns-subject.ts';

type Unready = {readonly pod: Pod; readonly state: Extract<PodState, {state: 'not-ready'}>};

export default check({
  id: 'coredns-ready',
  link: 'CoreDNS',
  question: 'The running CoreDNS pods are ready',
  needs: ['dnsPods', 'now'],
  hopes: ['podEvents'],
  can: ['coredns-no-ready-pod', 'coredns-pod-not-ready'],
  run: ({dnsPods, now, podEvents}) => {
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    const states = dnsPods.map(pod => ({pod, state: stateOf(pod)}));
    const unready = states.filter((each): each is Unready => each.state.state === 'not-ready');
    const ready = states.filter(({state}) => state.state === 'ready').length;
    const [first] = unready;
    if (first === undefined) return ready === 0 ? {skipped: 'no CoreDNS pod is running'} : {note: `${ready} of ${ready}`};
    const where = `Pod ${podName(first.pod)}`;
    const event = 'known' in podEvents ? podEvents.known.findLast(({involvedObject, reason}) => involvedObject.name === first.pod.metadata.name && reason === 'Unhealthy') : undefined;
    const common = {
      subject: corednsSubject(dnsPods),
      evidence: [evidence('object', where, first.state.field), ...(event === undefined ? [] : [evidence('object', `Event of ${where}`, `${event.reason}: ${event.message}`)])],
    };
    const args = {reason: first.state.reason, pods: unready.map(({pod}) => podName(pod)), detail: first.state.detail, total: ready + unready.length};
    if (ready === 0) return {findings: [{code: 'coredns-no-ready-pod', ...common, args}]};
    return {findings: [{code: 'coredns-pod-not-ready', ...common, ...(unready.every(({pod}) => isStarting(pod, now)) ? {level: 'info' as const} : {}), args: {...args, usable: ready}}]};
  },
});
