import {isKnown} from '../cluster/answer.ts';
import {evidence} from '../findings/finding.ts';
import {faultsOf} from '../model/coredns/faults.ts';
import {saidIn, unreadLogs} from '../model/dns/server-logs.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {stateOf} from '../model/pods.ts';
import {check} from './check.ts';
import {corednsSubject, noDnsPod, podName, podSubject} from './dns-subject.ts';

export default check({
  id: 'coredns-does-not-loop',
  link: 'CoreDNS',
  question: 'CoreDNS does not forward to itself',
  needs: ['dnsPods', 'dnsLogs', 'dnsService'],
  hopes: ['corefile', 'upstreams', 'resolvers'],
  can: ['coredns-forwarding-loop'],
  run: ({dnsPods, dnsLogs, dnsService, corefile, upstreams, resolvers}) => {
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    if (dnsPods.every(({spec}) => spec.hostNetwork === true)) return {skipped: "CoreDNS is on its nodes' own network: what its loopback is, is not known"};
    const config = isKnown(corefile) ? corefile.known.config : null;
    // A pod that ended before it could be looked into has its node's file: dnsPolicy Default.
    const ofPods = isKnown(upstreams) ? upstreams.known.filter(({via}) => via.startsWith('/')).map(({address}) => address) : [];
    const nodes = isKnown(resolvers) ? resolvers.known.filter(({nodeConf, at}) => nodeConf !== null && dnsPods.some(({spec}) => spec.nodeName === at.place.node)) : [];
    const seen = saidIn(dnsLogs, dnsPods, 'loop').find(({troubled}) => troubled);
    // Where one has seen the loop, what its node hands out counts, and not what another pod runs well with.
    const inherited = seen !== undefined ? [...nodes.filter(({at}) => at.place.node === seen.pod.spec.nodeName).flatMap(({nodeNameservers}) => nodeNameservers), ...ofPods] : ofPods.length > 0 ? ofPods : nodes.flatMap(({nodeNameservers}) => nodeNameservers);
    const context = {clusterDomain: 'cluster.local', serviceAddresses: dnsService === null ? [] : clusterIPs(dnsService), podAddresses: dnsPods.flatMap(({status}) => status?.podIP ?? []), resolvers: inherited};
    const fault = config === null ? undefined : faultsOf(config, context).find(each => each.fault === 'forwards-to-itself');
    if (seen === undefined && fault === undefined) {
      const unread = unreadLogs(dnsLogs, dnsPods, pod => stateOf(pod).state !== 'ready').map(({pod, unknown}) => ({subject: podSubject(pod), unknown}));
      return {unknown: [...unread, ...(isKnown(corefile) ? [] : [{subject: corednsSubject(dnsPods), unknown: corefile.unknown}])]};
    }
    const via = fault?.via ?? null;
    return {
      findings: [{
        code: 'coredns-forwarding-loop', subject: corednsSubject(dnsPods),
        args: {reason: seen !== undefined ? 'seen' : fault?.why === 'loopback' ? 'loopback' : 'own-address', zone: seen?.cause.zone ?? fault?.zone ?? '.', target: fault?.target ?? seen?.cause.to ?? 'itself', pods: dnsPods.map(podName), via},
        evidence: [
          ...(seen === undefined ? [] : seen.finding.lines.map(line => evidence('log', `Pod ${podName(seen.pod)}`, line))),
          ...(fault === undefined || !isKnown(corefile) ? [] : [evidence('object', `ConfigMap ${corefile.known.configMap}, line ${fault.line}`, corefile.known.text?.split('\n')[fault.line - 1]?.trim() ?? '')]),
          ...(via === null ? [] : nodes.filter(({at}) => seen === undefined || at.place.node === seen.pod.spec.nodeName).slice(0, 1).map(({nodeConf, at}) => evidence('file', `resolv.conf that the kubelet of ${at.place.node} hands to CoreDNS`, (nodeConf ?? '').trimEnd()))),
        ],
      }],
    };
  },
});
