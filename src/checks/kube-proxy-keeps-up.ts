import {type Answer, isKnown, knownOf, type Unknown} from '../cluster/answer.ts';
import type {Facts} from '../facts/facts.ts';
import {type Evidence, evidence, nodeSubject} from '../findings/finding.ts';
import {unproxied} from '../model/endpoints.ts';
import {configOf, hostOf} from '../model/proxy-config.ts';
import type {ProxyReport} from '../model/proxy-report.ts';
import {faultsOfWork, type FamilyWork} from '../model/proxy-health.ts';
import {check, type Found} from './check.ts';
import {troubleIn} from './proxy-trouble.ts';
import {rulesState} from './rules-state.ts';
import {noneAsked, nothingToProxy} from './service-subject.ts';

type Own = 'kube-proxy-cannot-reach-apiserver' | 'kube-proxy-stale';

/** kube-proxy's own health says little: it is green while it hears of nothing. It is judged by what it wrote, and when. */
export default check({
  id: 'kube-proxy-keeps-up',
  link: 'kube-proxy',
  question: 'Each kube-proxy reaches the API server, and writes what changes',
  needs: ['services', 'proxies', 'proxyReports', 'now'],
  hopes: ['comparisons', 'proxyServers', 'proxyLogs'],
  can: ['kube-proxy-cannot-reach-apiserver', 'kube-proxy-stale'],
  run: ({services, proxies, proxyReports, now, comparisons, proxyServers, proxyLogs}) => {
    const idle = nothingToProxy(services);
    if (idle !== null) return {skipped: idle};
    if (proxyReports.size === 0) return {skipped: noneAsked};
    const findings = [...proxyReports].flatMap(([node, report]): Found<Own>[] => {
      const rules = rulesState(node, comparisons);
      const level = rules === 'broken' ? {} : {level: 'warning' as const};
      const own = proxies.pods.get(node)?.[0]?.pod;
      const pod = own?.metadata;
      const name = pod === undefined ? '' : `${pod.namespace}/${pod.name}`;
      const config = configOf(proxies, node);
      const server = config?.server ?? '';
      // One that was started before its ConfigMap was changed asks another server.
      const tries = (isServerOf(report, server) ? knownOf(proxyServers, node)?.tries : undefined) ?? [];
      if (tries.length > 0 && tries.every(({connectMicros}) => connectMicros === null)) {
        return [{code: 'kube-proxy-cannot-reach-apiserver', subject: nodeSubject(node), ...level, args: {node, pod: name, server, failure: (tries[0]?.outcome ?? '').replaceAll('-', ' '), rules}, evidence: [evidence('object', `ConfigMap kube-system/${config?.configMaps.at(-1)}`, `server: ${server}`), evidence('probe', `asked from ${node}`, `TCP ${server}: ${tries[0]?.outcome.replaceAll('-', ' ')}`)]}];
      }
      if (isKnown(report) && report.known.ports === 'hung') return [{code: 'kube-proxy-stale', subject: nodeSubject(node), ...level, args: {reason: 'hung', node, pod: name, since: '', green: false, rules}, evidence: [evidence('probe', `GET 127.0.0.1:10249/metrics and :10256/healthz on ${node}`, 'connected, and no answer')]}];
      const log = isKnown(proxyLogs) ? proxyLogs.known[node] : undefined;
      const trouble = log === undefined ? null : troubleIn(log, name);
      // Before it has got its Node, Services and slices it opens no port; where nothing is in its log, its ports may be others.
      if (isKnown(report) && report.known.ports === 'closed' && trouble !== null && trouble.said.cause !== 'node-unknown') {
        return [{code: 'kube-proxy-stale', subject: nodeSubject(node), ...level, args: {reason: 'never-synced', node, pod: name, since: own?.status?.containerStatuses?.[0]?.state?.running?.startedAt ?? 'a while ago', green: false, rules}, evidence: [...trouble.evidence, evidence('probe', `GET 127.0.0.1:10249/metrics and :10256/healthz on ${node}`, 'connection refused')]}];
      }
      if (!isKnown(report) || report.known.work === null) return [];
      const {health, work} = report.known;
      const [fault] = work.families.flatMap(family => faultsOfWork({...work, families: [family]}, now.getTime(), changedAt(services, family.family)));
      if (fault === undefined) return [];
      const said = trouble?.evidence ?? [];
      const told: Evidence[] = work.families.map(({family, syncedAt, queuedAt}) => evidence('probe', `GET 127.0.0.1:10249/metrics on ${node}`, `${family}: last sync ${timeOf(syncedAt)}, last change heard of ${timeOf(queuedAt)}`));
      return [{code: 'kube-proxy-stale', subject: nodeSubject(node), ...level, args: {reason: fault.fault, node, pod: name, since: timeOf(fault.since), green: health?.healthy === true, rules}, evidence: [...said, ...told, ...(health === null ? [] : [evidence('probe', `GET :10256/healthz on ${node}`, `healthy: ${health.healthy}, lastUpdated: ${health.lastUpdated}`)])]}];
    });
    const unread = [...proxyReports].flatMap(([node, report]) => (isKnown(report) ? [] : [{subject: nodeSubject(node), unknown: report.unknown}]));
    const tell = [...proxyReports.values()].filter(report => isKnown(report) && report.known.work !== null).length;
    // Who was not to be asked, or has no such port: the rules alone decide then.
    const lost = unread.filter(({unknown}) => !unasked(unknown));
    if (findings.length === 0 && tell === 0 && lost.length === 0) return {skipped: unread.length === 0 ? 'no kube-proxy tells of its work (127.0.0.1:10249/metrics)' : 'no kube-proxy was asked (127.0.0.1:10249)'};
    return {findings, unknown: lost, note: `${tell} of ${proxyReports.size} tell`};
  },
});

/** Whether it asks this API server, as far as it tells. */
function isServerOf(report: Answer<ProxyReport>, server: string): boolean {
  const servers = isKnown(report) ? report.known.work?.servers ?? [] : [];
  return servers.length === 0 || servers.includes(hostOf(server) ?? '');
}

/** When endpoints last changed that the proxier of a family hears of, in milliseconds since 1970; each gets slices of its own address type. Null: not known. */
function changedAt(services: Facts['services'], family: FamilyWork['family']): number | null {
  const slices = services.filter(({service}) => unproxied(service) === null).flatMap(asked => asked.slices).filter(({addressType}) => family === 'all' || addressType === family);
  return Math.max(0, ...slices.map(({metadata}) => Date.parse(metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'] ?? '') || 0)) || null;
}

function unasked({why}: Unknown): boolean {
  return why === 'not-asked' || why === 'not-recorded';
}

function timeOf(ms: number | null): string {
  return ms === null ? 'never' : new Date(ms).toISOString();
}
