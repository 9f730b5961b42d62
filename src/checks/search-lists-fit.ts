import {isKnown} from '../cluster/answer.ts';
import {evidence} from '../findings/finding.ts';
import {domainOf} from '../model/dns/resolver.ts';
import {zonesOfCluster} from '../model/dns/upstreams.ts';
import {check, type Found} from './check.ts';
import {confEvidence, subjectOf, whoOf} from './dns-who.ts';

type Own = 'resolv-conf-missing-search' | 'resolv-conf-cluster-domain-mismatch';

export default check({
  id: 'search-lists-fit',
  link: 'Resolver',
  question: 'Their search lists hold the domain that CoreDNS serves',
  needs: ['resolvers'],
  hopes: ['corefile'],
  can: ['resolv-conf-missing-search', 'resolv-conf-cluster-domain-mismatch'],
  run: ({resolvers, corefile}) => {
    const known = resolvers.filter(({source, at}) => source !== 'none' && !isOwnChoice(at.pod));
    if (known.length === 0) return {skipped: 'no resolv.conf is known of a client that should have them'};
    const served = isKnown(corefile) && corefile.known.config !== null ? zonesOfCluster(corefile.known.config) : [];
    const findings = known.flatMap((resolver): Found<Own>[] => {
      const {at, conf, kubelet} = resolver;
      const domain = domainOf(conf.search);
      const one = {subject: subjectOf(at), evidence: [confEvidence(resolver), ...(kubelet === null ? [] : [evidence('file', `kubelet of ${at.place.node}`, `clusterDomain: ${kubelet.clusterDomain || 'none'}`)])]};
      if (domain === null) {
        const wanted = served[0] ?? 'cluster.local';
        return [{code: 'resolv-conf-missing-search', ...one, args: {who: whoOf(at), missing: [`svc.${wanted}`, wanted], search: conf.search}}];
      }
      if (served.length > 0 && !served.includes(domain.toLowerCase())) {
        // what a kubelet does is told of its node, once
        if (at.pod !== null && known.some(other => other.at.pod === null && other.at.place.node === at.place.node && domainOf(other.conf.search) === domain)) return [];
        return [{code: 'resolv-conf-cluster-domain-mismatch', ...one, args: {who: whoOf(at), domain, served, source: kubelet?.clusterDomain === domain ? 'kubelet' : 'resolv.conf'},
          evidence: [...one.evidence, ...(isKnown(corefile) ? [evidence('object', `ConfigMap ${corefile.known.configMap}`, corefile.known.text?.split('\n').find(line => /\bkubernetes\b/.test(line))?.trim() ?? '')] : [])]}];
      }
      return [];
    });
    const domains = [...new Set(known.flatMap(({conf}) => domainOf(conf.search) ?? []))];
    return {findings, note: domains.join(', ')};
  },
});

/** Pods that were told to have another resolv.conf than ClusterFirst's: another check says so. */
function isOwnChoice(pod: {readonly spec: {readonly dnsPolicy?: string; readonly hostNetwork?: boolean}} | null): boolean {
  return pod !== null && (pod.spec.dnsPolicy === 'Default' || ((pod.spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst' && pod.spec.hostNetwork === true));
}
