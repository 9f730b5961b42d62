import type {Words} from '../wording.ts';
import {inNamespace, list, percent} from './phrases.ts';

type Own = 'dns-path-broken' | 'dns-vip-not-answering' | 'dns-udp-only-broken' | 'dns-tcp-only-broken' | 'dns-answers-slow' | 'nodelocaldns-not-answering';

export const dnsAnswerWords: {readonly [C in Own]: Words<C>} = {
  'dns-vip-not-answering': {
    title: "The DNS Service's address does not answer on a node",
    level: 'error',
    link: 'DNS answers',
    message: ({node, addresses, clients, protocols, failure, share, expected, sysctl}) => `On ${node}, ${list(addresses)} port 53 ${share === 0 ? 'does not answer queries' : `answers only ${percent(share)} of queries`} over ${list(protocols)}${clients.length === 2 ? '' : clients[0] === 'pod' ? ' from pods' : ' from the node itself'} (${failure})${expected < 1 ? '' : ', though every CoreDNS pod answers by itself'}${sysctl === null ? '' : `: ${sysctl} is 0 there, so answers between two of its pods do not pass the rules that would translate them back`}`,
    remedy: ({node, service, sysctl}) => [...(sysctl === null ? [] : switchOn(node, sysctl)), `kdiag svc ${service.split('/')[1]} -n ${service.split('/')[0]} --from node/${node}`, `kubectl get pods -n kube-system -o wide --field-selector spec.nodeName=${node}`],
  },
  'dns-path-broken': {
    title: 'Queries get lost on the way to CoreDNS pods that answer others',
    level: 'error',
    link: 'DNS answers',
    message: ({reason, node, others, clients, servers, protocols, failure, share, sysctl}) => {
      const lost = `${share === 0 ? '' : `${percent(1 - share)} of the `}queries${protocols.length === 2 ? '' : ` over ${protocols[0]}`}`;
      if (reason === 'client') return `${sentence(lost)} of ${list(clients, 2)} to the CoreDNS pods get lost (${failure})${protocols.length === 2 ? '' : `, not those over ${protocols[0] === 'UDP' ? 'TCP' : 'UDP'}`}; the same CoreDNS pods answer others: what stops them is on ${node}${clients.length === 1 ? ', at that end' : ''}`;
      return `${sentence(lost)} to CoreDNS pods get lost between ${node} and ${list(others)} (${failure}), asked from ${list(clients, 4)}; ${servers.length === 1 ? 'the CoreDNS pod answers others: it works' : 'the CoreDNS pods answer others: they work'}, and ${sysctl === null ? 'the pod network between these nodes does not' : `${node} forwards nothing: ${sysctl} is 0 there`}`;
    },
    remedy: ({reason, node, others, clients, sysctl, ways}) => {
      if (sysctl !== null) return switchOn(node, sysctl);
      const pod = /^pod (\S+)\/(\S+) on /.exec(clients[0] ?? '');
      if (reason === 'client' && clients.length === 1 && pod !== null) return [
        '# at that pod: policies of the network plug-in itself, a sidecar that takes port 53, a firewall in its network namespace',
        `kubectl get networkpolicies -n ${pod[1]}`, `kubectl get pod -n ${pod[1]} ${pod[2]} -o jsonpath='{.spec.initContainers[*].name} {.spec.containers[*].name}'`,
      ];
      return [
        ...ways.map(({on, to, name}) => `ip route get ${to}   # on ${on}: the way to ${name}`),
        `kubectl get pods -A -o wide --field-selector spec.nodeName=${node}   # does its network plug-in run${others.length === 0 ? '' : `, as on ${list(others)}`}?`,
      ];
    },
  },
  'dns-udp-only-broken': {
    title: 'DNS answers over TCP and not over UDP',
    level: 'error',
    link: 'DNS answers',
    message: ({what, failure, from}) => `${what} answers over TCP and not over UDP (${failure}), asked from ${list(from, 4)}: resolvers ask over UDP`,
    remedy: () => ['# look for a firewall rule, a NetworkPolicy or a security group that lets through 53/TCP only', 'kubectl get networkpolicies -A'],
  },
  'dns-tcp-only-broken': {
    title: 'DNS answers over UDP and not over TCP',
    level: 'error',
    link: 'DNS answers',
    message: ({what, failure, from}) => `${what} answers over UDP and not over TCP (${failure}), asked from ${list(from, 4)}: answers that do not fit into a datagram cannot be fetched`,
    remedy: () => ['# look for a firewall rule, a NetworkPolicy or a security group that lets through 53/UDP only', 'kubectl get networkpolicies -A'],
  },
  'dns-answers-slow': {
    title: 'DNS answers take long',
    level: 'warning',
    link: 'DNS answers',
    message: ({server, ms, from}) => `${server} takes ${(ms / 1000).toFixed(1)} s for a name of the cluster, asked from ${list(from, 4)}`,
    remedy: () => ['kubectl top pods -n kube-system -l k8s-app=kube-dns', 'kubectl logs -n kube-system -l k8s-app=kube-dns --tail=50'],
  },
  'nodelocaldns-not-answering': {
    title: "A node's DNS cache does not answer",
    level: 'error',
    link: 'DNS answers',
    message: ({node, address, failure, pod, clients}) => `The DNS cache of ${node}, ${address}, does not answer (${failure})${pod === null ? ', and no pod of it runs there' : ` though pod ${pod} is there`}: ${clients.length === 0 ? 'pods' : list(clients, 2)} on that node ask nobody else`,
    remedy: ({node, pod}) => (pod === null ? [`kubectl get daemonsets -n kube-system node-local-dns`, `kubectl get pods -n kube-system -o wide --field-selector spec.nodeName=${node}`] : [`kubectl logs ${inNamespace(pod)}`, `kubectl delete pod ${inNamespace(pod)}   # the DaemonSet starts a new one`]),
  },
};

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

const switchOn = (node: string, sysctl: string): string[] => [`# on ${node}, and for good in a file of /etc/sysctl.d:`, ...(sysctl.includes('bridge') ? ['modprobe br_netfilter'] : []), `sysctl -w ${sysctl}=1`];
