import {isKnown} from '../cluster/answer.ts';
import {evidence} from '../findings/finding.ts';
import {saidIn} from '../model/dns/server-logs.ts';
import {forwardsOf} from '../model/dns/upstreams.ts';
import {clusterIPs} from '../model/endpoints.ts';
import {check} from './check.ts';
import {corednsSubject, noDnsPod, podName} from './dns-subject.ts';

export default check({
  id: 'coredns-does-not-loop',
  link: 'CoreDNS',
  question: 'CoreDNS does not forward to itself',
  needs: ['dnsPods', 'dnsLogs', 'dnsService'],
  hopes: ['corefile', 'upstreams', 'resolvers'],
  can: ['coredns-forwarding-loop'],
  run: ({dnsPods, dnsLogs, dnsService, corefile, upstreams, resolvers}) => {
    if (dnsPods.length === 0) return {skipped: noDnsPod};
    const parsed = isKnown(corefile) ? corefile.known.corefile : null;
    const forwards = parsed === null ? [] : forwardsOf(parsed);
    const file = forwards.find(target => target.startsWith('/')) ?? null;
    const [seen] = saidIn(dnsLogs, dnsPods, 'loop').filter(({troubled}) => troubled);
    const nodeFiles = isKnown(resolvers) ? resolvers.known.filter(({nodeConf, at}) => nodeConf !== null && dnsPods.some(({spec}) => spec.nodeName === at.place.node)) : [];
    const inherited = file === null ? [] : nodeFiles.flatMap(({nodeConf, nodeNameservers, at}) => nodeNameservers.filter(isLoopback).map(address => ({address, node: at.place.node, text: nodeConf ?? ''})));
    const shown = [
      ...(isKnown(corefile) && corefile.known.text !== null ? corefile.known.text.split('\n').filter(line => /^\s*(forward|proxy)\s/.test(line)).map(line => evidence('object', `ConfigMap ${corefile.known.configMap}`, line.trim())) : []),
      ...inherited.slice(0, 2).map(({node, text}) => evidence('file', `resolv.conf that the kubelet of ${node} hands to CoreDNS`, text.trimEnd())),
    ];
    const subject = corednsSubject(dnsPods);
    const pods = dnsPods.map(podName);
    if (seen !== undefined) {
      const target = forwards.find(isLoopback) ?? inherited[0]?.address ?? forwards[0] ?? seen.cause.to ?? 'itself';
      const via = forwards.some(isLoopback) ? null : file;
      return {findings: [{code: 'coredns-forwarding-loop', subject, args: {reason: 'seen', zone: seen.cause.zone, target, pods, via}, evidence: [...seen.finding.lines.map(line => evidence('log', `Pod ${podName(seen.pod)}`, line)), ...shown]}]};
    }
    const own = new Set([...(dnsService === null ? [] : clusterIPs(dnsService)), ...dnsPods.flatMap(({status}) => status?.podIP ?? [])]);
    const targets = [...forwards.filter(target => !target.startsWith('/')).map(target => ({address: target.replace(/^dns:\/\//, '').replace(/:\d+$/, ''), via: null as string | null})),
      ...(isKnown(upstreams) ? upstreams.known.filter(({via}) => via.startsWith('/')).map(({address, via}) => ({address, via})) : [])];
    const bad = targets.find(({address}) => isLoopback(address) || own.has(address));
    if (bad === undefined || dnsPods.every(({spec}) => spec.hostNetwork === true)) return {};
    return {findings: [{code: 'coredns-forwarding-loop', subject, args: {reason: isLoopback(bad.address) ? 'loopback' : 'own-address', zone: '.', target: bad.address, pods, via: bad.via}, evidence: shown}]};
  },
});

/** In a pod's own network: CoreDNS itself. */
function isLoopback(address: string): boolean {
  return /^127\./.test(address) || address === '::1' || address === '[::1]' || address === 'localhost';
}
