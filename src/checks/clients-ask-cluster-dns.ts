import {knownOf} from '../cluster/answer.ts';
import {evidence} from '../findings/finding.ts';
import {type Cell, codeOf, count, dataOf, wasTried} from '../model/dns/heard.ts';
import type {Resolver} from '../model/dns/resolver.ts';
import {isDnsServer, isNodeCache} from '../model/dns/servers.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {isLinkLocal} from '../model/ip.ts';
import {check, type Found} from './check.ts';
import {exchanges} from './dns-cells.ts';
import {noDnsService} from './dns-subject.ts';
import {confEvidence, subjectOf, whoOf} from './dns-who.ts';

type Own = 'resolv-conf-wrong-nameserver' | 'dns-policy-bypasses-cluster-dns';

export default check({
  id: 'clients-ask-cluster-dns',
  link: 'Resolver',
  question: "Clients ask the cluster's DNS",
  needs: ['dnsService', 'resolvers', 'dnsAnswers'],
  hopes: ['nodeRules'],
  can: ['resolv-conf-wrong-nameserver', 'dns-policy-bypasses-cluster-dns'],
  run: ({dnsService, resolvers, dnsAnswers, nodeRules}) => {
    if (resolvers.length === 0) return {skipped: 'there is no client to look from'};
    if (dnsService === null) return {skipped: noDnsService};
    const vips = clusterIPs(dnsService);
    const known = resolvers.filter(({source}) => source !== 'none');
    const isCache = ({at}: Resolver, address: string): boolean => isLinkLocal(address) || (at.pod !== null && !address.startsWith('127.') && knownOf(nodeRules, at.place.node)?.localAddresses?.has(address) === true && at.pod.spec.hostNetwork !== true);
    const cellsOf = ({at, nameservers}: Resolver): Cell[] => dnsAnswers.filter(({purpose, server, from}) => purpose === 'cluster' && from === at && nameservers.includes(server.address));
    const isWrong = (resolver: Resolver): boolean => !resolver.nameservers.some(address => vips.includes(address) || isCache(resolver, address)) && !cellsOf(resolver).some(knowsCluster);
    const findings = known.filter(isWrong).flatMap((resolver): Found<Own>[] => {
      const {nameservers, at} = resolver;
      const pod = at.pod;
      const cells = cellsOf(resolver);
      const one = {subject: subjectOf(at), evidence: [confEvidence(resolver), ...exchanges(cells, 4)]};
      const policy = pod?.spec.dnsPolicy ?? 'ClusterFirst';
      const bypass = pod === null ? null : policy === 'Default' ? 'default' : policy === 'ClusterFirst' && pod.spec.hostNetwork === true ? 'host-network' : null;
      if (pod !== null && bypass !== null) {
        const own = isDnsServer(pod) || isNodeCache(pod);
        return [{code: 'dns-policy-bypasses-cluster-dns', ...one, ...(own ? {level: 'info' as const} : {}), args: {reason: bypass, pod: whoOf(at), nameservers}, evidence: [evidence('object', `Pod ${whoOf(at)}`, `spec.dnsPolicy: ${policy}, spec.hostNetwork: ${pod.spec.hostNetwork === true}`), ...one.evidence]}];
      }
      const reason = pod === null ? 'kubelet' : pod.spec.dnsConfig?.nameservers !== undefined ? 'dns-config' : resolver.kubelet !== null && nameservers.every(address => resolver.kubelet?.clusterDNS.includes(address)) ? 'kubelet' : 'file';
      // what a kubelet does is told of its node, once
      if (reason === 'kubelet' && pod !== null && known.some(other => other.at.pod === null && other.at.place.node === at.place.node && isWrong(other))) return [];
      const told = pod?.spec.dnsConfig === undefined ? [] : [evidence('object', `Pod ${whoOf(at)}`, `spec.dnsPolicy: ${policy}, spec.dnsConfig: ${JSON.stringify(pod.spec.dnsConfig)}`)];
      const configured = resolver.kubelet === null ? [] : [evidence('file', `kubelet of ${at.place.node}`, `clusterDNS: ${resolver.kubelet.clusterDNS.join(', ') || 'none'}, clusterDomain: ${resolver.kubelet.clusterDomain || 'none'}`)];
      return [{code: 'resolv-conf-wrong-nameserver', ...one, evidence: [...one.evidence, ...told, ...configured], args: {reason, who: whoOf(at), nameservers, wanted: vips, answered: wasTried(cells) ? count(cells).answered > 0 : null}}];
    });
    const lacking = resolvers.filter(({source}) => source === 'none').map(({at, lacking: why}) => ({subject: subjectOf(at), unknown: why ?? {why: 'absent' as const, detail: 'its resolv.conf is not known'}}));
    return {findings, unknown: lacking, note: [...new Set(known.flatMap(({nameservers}) => nameservers))].sort().join(' ')};
  },
});

function knowsCluster(cell: Cell): boolean {
  return codeOf(cell) === 'NOERROR' && dataOf(cell).length > 0;
}
