import type {Pod} from '../cluster/objects.ts';
import {type Evidence, evidence, type Level} from '../findings/finding.ts';
import {isYoung, type PodState, stateOf} from '../model/pods.ts';
import {check} from './check.ts';
import {corednsSubject, noDnsPod, podName} from './dns-subject.ts';

type Down = {readonly pod: Pod; readonly state: Extract<PodState, {state: 'not-running'}>};

export default check({
  id: 'coredns-running',
  link: 'CoreDNS',
  question: 'The CoreDNS pods are running',
  needs: ['dnsPods', 'now'],
  hopes: ['dnsLogs', 'podEvents'],
  can: ['coredns-not-running'],
  run: ({dnsPods, now, dnsLogs, podEvents}) => {
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    const states = dnsPods.map(pod => ({pod, state: stateOf(pod)}));
    const down = states.filter((each): each is Down => each.state.state === 'not-running');
    const ready = states.filter(({state}) => state.state === 'ready').length;
    const [first] = down;
    if (first === undefined) return {note: `${dnsPods.length} of ${dnsPods.length}${restarts(dnsPods)}`};
    const level: Level = ready === 0 ? 'error' : down.every(({pod, state}) => state.reason === 'pending' && isYoung(pod, now)) || (ready > 0 && down.every(({state}) => state.reason === 'failed')) ? 'info' : 'warning';
    const log = 'known' in dnsLogs ? dnsLogs.known.find(({pod}) => pod === first.pod.metadata.name)?.text : undefined;
    const events = 'known' in podEvents ? podEvents.known.filter(({involvedObject, type}) => involvedObject.name === first.pod.metadata.name && type === 'Warning').slice(-2) : [];
    const where = `Pod ${podName(first.pod)}`;
    return {
      findings: [{
        code: 'coredns-not-running', subject: corednsSubject(dnsPods), level,
        args: {reason: reasonOf(first), pods: down.map(({pod}) => podName(pod)), detail: first.state.detail, usable: ready, total: dnsPods.length},
        evidence: [
          evidence('object', where, first.state.field),
          ...events.map(event => evidence('object', `Event of ${where}`, `${event.reason}: ${event.message}`)),
          ...lastLines(where, log),
        ],
      }],
    };
  },
});

function lastLines(where: string, log: string | undefined): Evidence[] {
  const lines = (log ?? '').trimEnd().split('\n').slice(-4).join('\n');
  return lines === '' ? [] : [evidence('log', where, lines)];
}

function reasonOf({pod, state}: Down): 'crash-loop' | 'pending' | 'image-pull' | 'oom' | 'evicted' | 'container-config' | 'failed' | 'init' | 'node-lost' {
  if (state.reason === 'failed' && pod.status?.reason === 'Evicted') return 'evicted';
  const ended = (pod.status?.containerStatuses ?? []).flatMap(({state: now, lastState}) => [now?.terminated?.reason, lastState?.terminated?.reason]);
  return state.reason === 'crash-loop' && ended.includes('OOMKilled') ? 'oom' : state.reason;
}

function restarts(pods: readonly Pod[]): string {
  const n = pods.flatMap(({status}) => status?.containerStatuses ?? []).reduce((sum, {restartCount = 0}) => sum + restartCount, 0);
  return n === 0 ? '' : `, ${n} ${n === 1 ? 'restart' : 'restarts'} up to now`;
}
