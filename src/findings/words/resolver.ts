import type {Words} from '../wording.ts';
import {nonexistence} from './nonexistence.ts';
import {inNamespace, list} from './phrases.ts';

type Own =
  | 'resolv-conf-wrong-nameserver' | 'resolv-conf-missing-search' | 'resolv-conf-cluster-domain-mismatch' | 'resolv-conf-limits-exceeded' | 'dns-policy-bypasses-cluster-dns'
  | 'ndots-query-amplification' | 'search-domain-wildcard' | 'search-stopped-early' | 'lookup-failed' | 'name-does-not-exist' | 'external-name-unresolvable';

/** Of a pod its owner is edited; of a node its kubelet. */
const isNode = (who: string): boolean => !who.includes('/');

export const resolverWords: {readonly [C in Own]: Words<C>} = {
  'resolv-conf-wrong-nameserver': {
    title: 'resolv.conf names a server that is not the cluster’s DNS',
    level: 'error',
    link: 'Resolver',
    message: ({reason, who, nameservers, wanted, answered}) => `${isNode(who) ? `The kubelet of ${who} gives pods` : `Pod ${who} has`} nameserver ${list(nameservers) || 'none'}${reason === 'dns-config' ? ' from its own dnsConfig' : ''}, and the DNS Service is ${list(wanted)}${answered === false ? '; nothing answers there' : ''}`,
    remedy: ({reason, who, wanted}) => (reason === 'kubelet' || isNode(who)
      ? ['# in /var/lib/kubelet/config.yaml of the node:', `#   clusterDNS: [${wanted.join(', ')}]`, 'systemctl restart kubelet   # then recreate its pods: resolv.conf is written once']
      : [`kubectl get pod ${inNamespace(who)} -o jsonpath='{.spec.dnsPolicy}{" "}{.spec.dnsConfig}'`, '# mend dnsPolicy and dnsConfig where the pod comes from (its Deployment, …), and recreate it']),
  },
  'resolv-conf-missing-search': {
    title: "resolv.conf lacks the cluster's search domains",
    level: 'error',
    link: 'Resolver',
    message: ({who, missing, search}) => `${isNode(who) ? `The kubelet of ${who} gives pods` : `Pod ${who} has`} no search domain ${list(missing)} (it has ${search.length === 0 ? 'none' : list(search, 4)}): short names of Services are not found`,
    remedy: ({who}) => (isNode(who) ? ['# in /var/lib/kubelet/config.yaml of the node: clusterDomain', 'systemctl restart kubelet'] : [`kubectl get pod ${inNamespace(who)} -o jsonpath='{.spec.dnsPolicy}{" "}{.spec.dnsConfig}'`, '# with dnsPolicy None, dnsConfig.searches must name them']),
  },
  'resolv-conf-cluster-domain-mismatch': {
    title: 'Pods and CoreDNS have different cluster domains',
    level: 'error',
    link: 'Resolver',
    message: ({who, domain, served}) => `${isNode(who) ? `The kubelet of ${who} gives pods` : `Pod ${who} has`} the cluster domain ${domain}, and CoreDNS serves ${served.length === 0 ? 'none' : list(served)}: names of the cluster are not found`,
    remedy: ({served}) => ['# either in /var/lib/kubelet/config.yaml of each node:', `#   clusterDomain: ${served[0] ?? 'cluster.local'}`, 'systemctl restart kubelet   # then recreate its pods', 'kubectl edit configmap -n kube-system coredns   # or the zones of the kubernetes plugin'],
  },
  'resolv-conf-limits-exceeded': {
    title: 'resolv.conf holds more than is used',
    level: 'warning',
    link: 'Resolver',
    message: ({reason, who, cut, limit, by}) => `${isNode(who) ? `Of ${who}` : `Of pod ${who}`}'s ${reason === 'nameservers' ? 'nameservers' : 'search domains'}, ${list(cut, 4)} ${cut.length === 1 ? 'is' : 'are'} not used: ${by} takes ${limit}`,
    remedy: ({who}) => [isNode(who) ? `# shorten the search list or the nameservers of /etc/resolv.conf on ${who}, or give its kubelet another file (resolvConf)` : '# shorten dnsConfig, or the resolv.conf that the node hands down'],
  },
  'dns-policy-bypasses-cluster-dns': {
    title: "A pod does not ask the cluster's DNS",
    level: 'error',
    link: 'Resolver',
    message: ({reason, pod, nameservers}) => `Pod ${pod} asks ${list(nameservers) || 'nobody'} and not the cluster's DNS: ${{'host-network': 'it is on its node’s network with dnsPolicy ClusterFirst, which then means Default', default: 'its dnsPolicy is Default, the node’s own resolv.conf'}[reason]}; names of Services are not found`,
    remedy: ({reason, pod}) => [`# where pod ${pod.split('/')[1]} comes from (its Deployment, …):`, `#   dnsPolicy: ${reason === 'host-network' ? 'ClusterFirstWithHostNet' : 'ClusterFirst'}`],
  },
  'ndots-query-amplification': {
    title: 'A lookup costs many queries',
    level: 'info',
    link: 'Resolver',
    message: ({name, who, queries, least, ndots}) => `A lookup of ${name} from ${isNode(who) ? `pods on ${who}` : `pod ${who}`} costs ${queries} queries instead of ${least}: it has fewer than ${ndots} dots, so the search list is asked first`,
    remedy: () => [],
  },
  'search-domain-wildcard': {
    title: 'A search domain answers for every name',
    level: 'warning',
    link: 'Resolver',
    message: ({who, domain, answer, hijacks}) => `The search domain ${domain} of ${isNode(who) ? `pods on ${who}` : `pod ${who}`} answers for any name (${answer})${hijacks ? ': names outside of the cluster get its address instead of their own' : ''}`,
    remedy: ({domain}) => [`# take ${domain} out of the search line of the node’s resolv.conf (kubelet: resolvConf), or the wildcard out of that zone`, '# meanwhile: a final dot after the name, or dnsConfig.options ndots: "1"'],
  },
  'search-stopped-early': {
    title: 'The search list is not walked to its end',
    level: 'error',
    link: 'Resolver',
    message: ({name, who, libc, candidate, rcode}) => `A lookup of ${name} from ${isNode(who) ? `pods on ${who}` : `pod ${who}`} ends at ${candidate}, which was answered with ${rcode}: ${libc} then does not go on to the next candidate`,
    remedy: ({candidate}) => [`# the server of ${candidate} should say NXDOMAIN; until then ask with a final dot, or with dnsConfig.options ndots: "1"`],
  },
  'lookup-failed': {
    title: 'A lookup gets no answer',
    level: 'error',
    link: 'DNS answers',
    message: ({name, who, detail}) => `A lookup of ${name} from ${isNode(who) ? `pods on ${who}` : `pod ${who}`} fails: ${detail}`,
    remedy: ({who}) => [`kdiag dns --from ${isNode(who) ? 'node' : 'pod'}/${who}`],
  },
  'name-does-not-exist': {
    title: 'The name does not exist',
    level: 'error',
    link: 'DNS answers',
    message: args => `${args.name}, looked up from ${isNode(args.who) ? `pods on ${args.who}` : `pod ${args.who}`}, ${nonexistence(args)}${args.meant === null ? '' : args.reason === 'no-service' || args.reason === 'swapped' ? `; ${args.meant} does exist` : `; perhaps ${args.meant} is meant`}`,
    remedy: ({meant, namespace, service, reason}) => [
      ...(meant === null ? [] : [`# use ${meant}`]),
      ...(reason === 'no-ready-endpoints' && service !== null ? [`kdiag svc ${service} -n ${namespace}`] : []),
      `kubectl get services -n ${namespace ?? 'default'}`,
    ],
  },
  'external-name-unresolvable': {
    title: "An ExternalName's target cannot be resolved",
    level: 'error',
    link: 'DNS answers',
    message: ({service, externalName, rcode}) => `Service ${service} is another name for ${externalName}, which cannot be resolved (${rcode})`,
    remedy: ({service}) => [`kubectl get service ${inNamespace(service)} -o jsonpath='{.spec.externalName}'`, `kubectl edit service ${inNamespace(service)}`],
  },
};
