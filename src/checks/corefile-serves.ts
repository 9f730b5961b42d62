import {evidence} from '../findings/finding.ts';
import {faultsOf} from '../model/coredns/faults.ts';
import {check, type Found} from './check.ts';
import {corednsSubject, noDnsPod, podName} from './dns-subject.ts';

/** What a Corefile that is valid keeps from being answered. */
export default check({
  id: 'corefile-serves',
  link: 'CoreDNS',
  question: 'Its Corefile lets the cluster’s names and those of outside be answered',
  needs: ['dnsPods', 'corefile', 'clusterDomain'],
  can: ['coredns-plugin-answers-all', 'coredns-upstream-unreachable'],
  run: ({dnsPods, clusterDomain, corefile: {config, configMap, text}}) => {
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    if (config === null) return {skipped: 'there is no Corefile that could be read'};
    const line = (number: number | null): string => (number === null ? '' : text?.split('\n')[number - 1]?.trim() ?? '');
    const faults = faultsOf(config, {clusterDomain, serviceAddresses: [], podAddresses: [], resolvers: null});
    const findings = faults.flatMap((fault): Found<'coredns-plugin-answers-all' | 'coredns-upstream-unreachable'>[] => {
      const subject = corednsSubject(dnsPods);
      if (fault.fault === 'answers-all') return [{code: 'coredns-plugin-answers-all', subject, args: {plugin: fault.plugin, zones: fault.zones, type: fault.type, rcode: fault.rcode, hides: fault.hides, line: fault.line, configMap}, evidence: [evidence('object', `ConfigMap ${configMap}, line ${fault.line}`, line(fault.line))]}];
      if (fault.fault === 'no-upstream') return [{code: 'coredns-upstream-unreachable', subject, level: 'info', args: {reason: 'none', upstreams: [], alive: [], pods: dnsPods.map(podName), failure: ''}, evidence: [evidence('object', `ConfigMap ${configMap}`, text ?? '')]}];
      return [];
    });
    return {findings: findings.slice(0, 1)};
  },
});
