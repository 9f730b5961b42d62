import {evidence} from '../findings/finding.ts';
import {isKnown} from '../cluster/answer.ts';
import {faultsOf} from '../model/coredns/faults.ts';
import {codeOf} from '../model/dns/heard.ts';
import {check, type Found} from './check.ts';
import {corednsSubject, noDnsPod, podName} from './dns-subject.ts';

/** What a Corefile that is valid keeps from being answered. */
export default check({
  id: 'corefile-serves',
  link: 'CoreDNS',
  question: 'Its Corefile lets the cluster’s names and those of outside be answered',
  needs: ['dnsPods', 'corefile', 'clusterDomain'],
  hopes: ['dnsTarget', 'dnsAnswers'],
  can: ['coredns-plugin-answers-all', 'coredns-domain-not-served', 'coredns-upstream-unreachable'],
  run: ({dnsPods, clusterDomain, corefile: {config, configMap, text}, dnsTarget, dnsAnswers}) => {
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    if (config === null) return {skipped: 'there is no Corefile that could be read'};
    const line = (number: number | null): string => (number === null ? '' : text?.split('\n')[number - 1]?.trim() ?? '');
    const faults = faultsOf(config, {clusterDomain, serviceAddresses: [], podAddresses: [], resolvers: null});
    // Without an upstream a cluster is on purpose, unless somebody asks for a name that it would be needed for.
    const missed = isKnown(dnsTarget) && dnsTarget.known.name !== null && isKnown(dnsAnswers) && dnsAnswers.known.some(cell => cell.purpose === 'lookup' && cell.ask.name === dnsTarget.known.name?.replace(/\.$/, '') && codeOf(cell) === 'SERVFAIL');
    const findings = faults.flatMap((fault): Found<'coredns-plugin-answers-all' | 'coredns-domain-not-served' | 'coredns-upstream-unreachable'>[] => {
      const subject = corednsSubject(dnsPods);
      if (fault.fault === 'answers-all') return [{code: 'coredns-plugin-answers-all', subject, args: {plugin: fault.plugin, zones: fault.zones, type: fault.type, rcode: fault.rcode, hides: fault.hides, line: fault.line, configMap}, evidence: [evidence('object', `ConfigMap ${configMap}, line ${fault.line}`, line(fault.line))]}];
      if (fault.fault === 'cluster-domain-not-served' && (fault.why === 'no-server' || fault.kubernetesZones.every(zone => zone.endsWith('arpa')))) return [{code: 'coredns-domain-not-served', subject, args: {reason: fault.why, domain: fault.domain, configMap}, evidence: [evidence('object', `ConfigMap ${configMap}`, text ?? '')]}];
      if (fault.fault === 'no-upstream') return [{code: 'coredns-upstream-unreachable', subject, level: missed ? 'error' : 'info', args: {reason: 'none', upstreams: [], alive: [], pods: dnsPods.map(podName), failure: ''}, evidence: [evidence('object', `ConfigMap ${configMap}`, text ?? '')]}];
      return [];
    });
    return {findings: findings.slice(0, 1)};
  },
});
