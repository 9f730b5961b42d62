import type {Pod} from '../cluster/objects.ts';
import {type Evidence, evidence} from '../findings/finding.ts';
import {saidIn, unreadLogs} from '../model/dns/server-logs.ts';
import {check} from './check.ts';
import {corednsSubject, noDnsPod, podName} from './dns-subject.ts';

/** Minutes after which an end for lack of memory is history. */
const recent = 60;
/** Lines after which an error of overload is history; how old it is, is not known: CoreDNS logs little when all is well. */
const fewLines = 20;

export default check({
  id: 'coredns-keeps-up',
  link: 'CoreDNS',
  question: 'CoreDNS keeps up with its queries',
  needs: ['dnsPods', 'dnsLogs', 'now'],
  can: ['coredns-overloaded'],
  run: ({dnsPods, dnsLogs, now}) => {
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    const killed = dnsPods.flatMap(pod => oomOf(pod, now));
    const said = [...saidIn(dnsLogs, dnsPods, 'too-many-queries'), ...saidIn(dnsLogs, dnsPods, 'slow')].filter(({finding}) => finding.linesAfter <= fewLines);
    const [first] = said;
    if (killed.length === 0 && first === undefined) {
      const [unread] = unreadLogs(dnsLogs, dnsPods, () => true);
      return unread === undefined ? {} : {skipped: `the logs could not be read: ${unread.unknown.detail}`};
    }
    const detail = killed.length > 0 ? 'its container was ended for lack of memory (OOMKilled)' : first?.cause.cause === 'too-many-queries' ? `more than ${first.cause.limit} queries waited for an upstream at the same time` : 'its own health check was answered late';
    return {
      findings: [{
        code: 'coredns-overloaded', subject: corednsSubject(dnsPods), ...(killed.length === 0 ? {level: 'info' as const} : {}), args: {pods: [...new Set([...killed.map(({pod}) => pod), ...said.map(({pod}) => podName(pod))])], detail},
        evidence: [...killed.map(({told}) => told), ...said.flatMap(({pod, finding}) => finding.lines.slice(-2).map(line => evidence('log', `Pod ${podName(pod)}`, line)))].slice(0, 6),
      }],
    };
  },
});

function oomOf(pod: Pod, now: Date): {readonly pod: string; readonly told: Evidence}[] {
  return (pod.status?.containerStatuses ?? []).filter(({ready, lastState}) => {
    const ended = lastState?.terminated;
    return ready === true && ended?.reason === 'OOMKilled' && (ended.finishedAt === undefined || now.getTime() - Date.parse(ended.finishedAt) < recent * 60_000);
  }).map(({name, lastState}) => ({pod: podName(pod), told: evidence('object', `Pod ${podName(pod)}`, `containerStatuses[${name}].lastState.terminated: ${JSON.stringify(lastState?.terminated)}`)}));
}
