import {isKnown} from '../cluster/answer.ts';
import type {Pod} from '../cluster/objects.ts';
import {evidence} from '../findings/finding.ts';
import {codeOf} from '../model/dns/heard.ts';
import {lacksOf} from '../model/dns/role.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {hostPort} from '../model/ip.ts';
import {saidIn, unreadLogs, waitingForApi} from '../model/dns/server-logs.ts';
import {stateOf} from '../model/pods.ts';
import {check, type Found} from './check.ts';
import {corednsSubject, noDnsPod, podName, podSubject} from './dns-subject.ts';

type Own = 'coredns-rbac-forbidden' | 'coredns-cannot-reach-apiserver';
const reasons = {refused: 'refused', 'no-route': 'no-route', 'network-unreachable': 'no-route', 'timed-out': 'timed-out', certificate: 'certificate', reset: 'other', 'no-such-host': 'other', other: 'other'} as const;

export default check({
  id: 'coredns-reads-cluster',
  link: 'CoreDNS',
  question: 'CoreDNS may and can read Services and EndpointSlices',
  needs: ['dnsPods', 'dnsLogs'],
  hopes: ['dnsRole', 'dnsAnswers', 'apiService'],
  can: ['coredns-rbac-forbidden', 'coredns-cannot-reach-apiserver'],
  run: ({dnsPods, dnsLogs, dnsRole, dnsAnswers, apiService}) => {
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    // Of a pod that is ready, and knows the cluster's names, old lines say nothing: CoreDNS does not log that a trouble is over.
    const ignorant = new Set(isKnown(dnsAnswers) ? dnsAnswers.known.filter(cell => cell.purpose === 'cluster' && cell.server.kind === 'pod' && ['NXDOMAIN', 'SERVFAIL'].includes(codeOf(cell))).map(({server}) => server.name) : []);
    const matters = (pod: Pod): boolean => stateOf(pod).state !== 'ready' || ignorant.has(podName(pod));
    const counts = <T extends {readonly pod: Pod}>(said: readonly T[]): T[] => said.filter(({pod}) => matters(pod));
    const subject = corednsSubject(dnsPods);
    const findings: Found<Own>[] = [];
    const forbidden = counts(saidIn(dnsLogs, dnsPods, 'forbidden'));
    const lacks = isKnown(dnsRole) && dnsRole.known !== null ? lacksOf(dnsRole.known) : [];
    if (forbidden.length > 0 || lacks.length > 0) {
      const resources = [...new Set([...forbidden.map(({cause}) => (cause.group === '' ? cause.resource : `${cause.resource}.${cause.group}`)), ...lacks])].sort();
      const serving = forbidden.length === 0 && dnsPods.some(pod => stateOf(pod).state === 'ready');
      findings.push({
        code: 'coredns-rbac-forbidden', subject, ...(serving ? {level: 'warning' as const} : {}), args: {resources, user: forbidden[0]?.cause.user ?? 'by ClusterRole system:coredns', pods: dnsPods.map(podName)},
        evidence: [...forbidden.slice(0, 2).flatMap(({pod, finding}) => finding.lines.slice(-1).map(line => evidence('log', `Pod ${podName(pod)}`, line))), ...(lacks.length === 0 || !isKnown(dnsRole) ? [] : [evidence('object', 'ClusterRole system:coredns', `rules: ${JSON.stringify(dnsRole.known?.rules ?? [])}`)])],
      });
    }
    const [unreachable] = counts(saidIn(dnsLogs, dnsPods, 'apiserver-unreachable'));
    if (unreachable !== undefined && findings.length === 0) {
      const {address, reason, detail} = unreachable.cause;
      const node = unreachable.pod.spec.nodeName;
      findings.push({code: 'coredns-cannot-reach-apiserver', subject, ...(node === undefined || reason === 'certificate' ? {} : {nodes: [node]}), args: {reason: reasons[reason], address, pods: [podName(unreachable.pod)], detail}, evidence: unreachable.finding.lines.map(line => evidence('log', `Pod ${podName(unreachable.pod)}`, line))});
    }
    const [waits] = waitingForApi(dnsLogs, dnsPods);
    if (waits !== undefined && findings.length === 0) {
      const addresses = isKnown(apiService) && apiService.known !== null ? clusterIPs(apiService.known).map(address => hostPort(address, apiService.known?.spec.ports?.[0]?.port ?? 443)) : [];
      findings.push({code: 'coredns-cannot-reach-apiserver', subject, ...(waits.pod.spec.nodeName === undefined ? {} : {nodes: [waits.pod.spec.nodeName]}), confidence: 'likely', args: {reason: 'no-answer', address: addresses[0] ?? 'its Service address', pods: [podName(waits.pod)], detail: 'it waits for an answer'}, evidence: waits.finding.lines.slice(-2).map(line => evidence('log', `Pod ${podName(waits.pod)}`, line))});
    }
    return {findings, unknown: findings.length > 0 ? [] : unreadLogs(dnsLogs, dnsPods, matters).map(({pod, unknown}) => ({subject: podSubject(pod), unknown}))};
  },
});
