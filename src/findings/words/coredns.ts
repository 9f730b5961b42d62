import type {Words} from '../wording.ts';
import {count, inNamespace, list, percent} from './phrases.ts';

type Own =
  | 'coredns-not-deployed' | 'coredns-not-running' | 'coredns-no-ready-pod' | 'coredns-pod-not-ready' | 'coredns-forwarding-loop' | 'coredns-corefile-invalid' | 'coredns-rbac-forbidden'
  | 'coredns-cannot-reach-apiserver' | 'coredns-upstream-unreachable' | 'coredns-upstream-slow' | 'coredns-upstreams-disagree' | 'coredns-pod-not-answering' | 'coredns-answers-wrong' | 'coredns-overloaded' | 'coredns-plugin-answers-all' | 'coredns-domain-not-served'
  | 'coredns-single-point-of-failure';

const namespaceOf = (pods: readonly string[]): string => pods[0]?.split('/')[0] ?? 'kube-system';
const edit = (pods: readonly string[]): string => `kubectl edit configmap -n ${namespaceOf(pods)} coredns`;
const restart = (pods: readonly string[]): string => `kubectl rollout restart deployment -n ${namespaceOf(pods)} coredns`;

export const corednsWords: {readonly [C in Own]: Words<C>} = {
  'coredns-not-deployed': {
    title: 'No CoreDNS pod exists',
    level: 'error',
    link: 'CoreDNS',
    message: ({reason, service, workload}) => (reason === 'scaled-to-zero' ? `Nobody answers DNS in this cluster: ${workload} is scaled to 0` : `Nobody answers DNS in this cluster: the DNS Service ${service} has no pod, and no pod of its namespace runs CoreDNS`),
    remedy: ({reason, service, workload}) => (reason === 'scaled-to-zero' ? [`kubectl scale -n ${service.split('/')[0]} ${workload} --replicas=2`] : ['# on a kubeadm cluster:', 'kubeadm init phase addon coredns --kubeconfig /etc/kubernetes/admin.conf']),
  },
  'coredns-not-running': {
    title: 'CoreDNS pods are not running',
    level: 'error',
    link: 'CoreDNS',
    message: ({pods, detail, usable, total}) => `${usable === 0 ? 'No CoreDNS pod' : `Only ${usable} of ${count(total, 'CoreDNS pod')}`} can answer: ${list(pods, 2)} ${pods.length === 1 ? 'is' : 'are'} not running (${detail})`,
    remedy: ({reason, pods}) => [...(reason === 'crash-loop' || reason === 'oom' || reason === 'failed' ? [`kubectl logs ${inNamespace(pods[0] ?? '')} --previous`] : []), ...(reason === 'oom' ? [`kubectl set resources deployment -n ${namespaceOf(pods)} coredns --limits=memory=340Mi`] : []), `kubectl describe pod ${inNamespace(pods[0] ?? '')}`],
  },
  'coredns-no-ready-pod': {
    title: 'No CoreDNS pod is ready',
    level: 'error',
    link: 'CoreDNS',
    message: ({pods, detail, total}) => `${total === 1 ? 'The only CoreDNS pod is' : `None of ${count(total, 'CoreDNS pod')} is`} ${total === 1 ? 'not ready' : 'ready'}, so the DNS Service has no endpoint: ${list(pods, 2)} (${detail})`,
    remedy: ({pods}) => [`kubectl logs ${inNamespace(pods[0] ?? '')}`, `kubectl describe pod ${inNamespace(pods[0] ?? '')}`],
  },
  'coredns-pod-not-ready': {
    title: 'One of the CoreDNS pods is not ready',
    level: 'warning',
    link: 'CoreDNS',
    message: ({pods, detail, usable, total}) => `Only ${usable} of ${count(total, 'CoreDNS pod')} ${usable === 1 ? 'is' : 'are'} ready; ${list(pods, 2)} ${pods.length === 1 ? 'gets' : 'get'} no queries (${detail})`,
    remedy: ({pods}) => [`kubectl logs ${inNamespace(pods[0] ?? '')}`, `kubectl describe pod ${inNamespace(pods[0] ?? '')}`],
  },
  'coredns-forwarding-loop': {
    title: 'CoreDNS forwards to itself',
    level: 'error',
    link: 'CoreDNS',
    message: ({reason, zone, target, via}) => `CoreDNS forwards ${zone === '.' ? 'what it does not serve itself' : `zone ${zone}`} to ${target}${via === null ? '' : ` (from ${via})`}, which is ${reason === 'own-address' ? 'its own Service' : 'CoreDNS itself'}${reason === 'seen' ? ': it saw its own query come back, and ended' : ''}`,
    remedy: ({pods, via}) => [
      ...(via === null ? [`${edit(pods)}   # forward . to a resolver outside of the cluster`] : ['# on each node that runs CoreDNS, let the kubelet hand out the real resolvers, not the local stub; in /var/lib/kubelet/config.yaml:', '#   resolvConf: /run/systemd/resolve/resolv.conf', 'systemctl restart kubelet']),
      restart(pods),
    ],
  },
  'coredns-corefile-invalid': {
    title: 'CoreDNS cannot load its Corefile',
    level: 'error',
    link: 'CoreDNS',
    message: ({configMap, line, detail, running}) => `The Corefile${configMap === null ? '' : ` in ConfigMap ${configMap}`} is not valid${line === null ? '' : ` at line ${line}`}: ${detail}${running ? '; CoreDNS goes on with the one before, until it is restarted' : ''}`,
    remedy: ({configMap, pods}) => [`kubectl edit configmap ${inNamespace(configMap ?? `${namespaceOf(pods)}/coredns`)}`, restart(pods)],
  },
  'coredns-rbac-forbidden': {
    title: "CoreDNS may not read the cluster's Services",
    level: 'error',
    link: 'CoreDNS',
    message: ({resources, user}) => `CoreDNS (${user}) is not allowed to list ${list(resources)}: it cannot learn the cluster's names`,
    remedy: ({resources}) => ['kubectl edit clusterrole system:coredns   # with these rules:', ...resources.map(resource => { const [name = '', group = ''] = resource.split(/\.(.*)/s); return `#   - {apiGroups: ["${group}"], resources: ["${name}"], verbs: ["list", "watch"]}`; })],
  },
  'coredns-cannot-reach-apiserver': {
    title: 'CoreDNS does not reach the API server',
    level: 'error',
    link: 'CoreDNS',
    message: ({address, detail}) => `CoreDNS does not reach the API server at ${address} (${detail}), so it does not know the cluster's names`,
    remedy: () => ['kdiag apiserver-vip   # the way to the API server: its endpoints, kube-proxy, the rules of CoreDNS’s node', 'kubectl get pods -n kube-system -o wide'],
  },
  'coredns-upstream-unreachable': {
    title: 'The resolvers that CoreDNS forwards to do not answer',
    level: 'error',
    link: 'CoreDNS',
    message: ({reason, upstreams, alive, failure}) => (reason === 'none' ? 'CoreDNS has nobody to ask for names outside of the cluster: its Corefile forwards nowhere' : reason === 'all' ? `Names outside of the cluster cannot be resolved: ${list(upstreams)}, where CoreDNS forwards to, ${upstreams.length === 1 ? 'does' : 'do'} not answer its pods (${failure})` : alive.length === 0 ? `${list(upstreams)}, where CoreDNS forwards to, ${upstreams.length === 1 ? 'answers' : 'answer'} only a part of its pods' queries (${failure})` : `${list(upstreams)}, one of the resolvers that CoreDNS forwards to, ${upstreams.length === 1 ? 'does' : 'do'} not answer (${failure}); ${list(alive)} ${alive.length === 1 ? 'does' : 'do'}`),
    remedy: ({pods, upstreams}) => [`${edit(pods)}   # forward . to resolvers that answer${upstreams.length === 0 ? '' : `; now ${upstreams.join(' ')}`}`, '# where the targets come from /etc/resolv.conf: that of the node is inherited, mend it there and restart CoreDNS'],
  },
  'coredns-upstream-slow': {
    title: 'The resolvers that CoreDNS forwards to are slow',
    level: 'warning',
    link: 'CoreDNS',
    message: ({upstreams, ms}) => `${list(upstreams)}, where CoreDNS forwards to, ${upstreams.length === 1 ? 'takes' : 'take'} ${(ms / 1000).toFixed(1)} s for an answer; CoreDNS gives up after 2 s of silence`,
    remedy: ({pods}) => [`${edit(pods)}   # forward . to faster resolvers, and let cache keep their answers`],
  },
  'coredns-upstreams-disagree': {
    title: 'The resolvers that CoreDNS forwards to know different names',
    level: 'warning',
    link: 'CoreDNS',
    message: ({name, answers}) => `The resolvers that CoreDNS forwards to answer differently for ${name}: ${list(Object.entries(answers).map(([server, code]) => `${server} ${code}`), 4)}; CoreDNS picks one at random, so that such names come and go`,
    remedy: () => ['kubectl edit configmap -n kube-system coredns   # a server block of its own for the private zone, forwarding to the resolver that knows it'],
  },
  'coredns-pod-not-answering': {
    title: 'A CoreDNS pod does not answer',
    level: 'error',
    link: 'DNS answers',
    message: ({pod, node, from, answersAt, failure, share}) => `CoreDNS pod ${pod} on ${node} ${share === 0 ? 'does not answer' : `answers only ${percent(share)} of queries`} (${failure}), asked from ${list(from, 4)}${answersAt.length === 0 ? '' : `; from ${list(answersAt, 4)} it does: the pod works, the way to it does not`}`,
    remedy: ({pod, answersAt}) => (answersAt.length === 0 ? [`kubectl logs ${inNamespace(pod)}`, `kubectl delete pod ${inNamespace(pod)}   # a new one takes its place`] : ['kubectl get nodes -o wide   # the pod network between these nodes: routes, overlay, firewall', `kubectl delete pod ${inNamespace(pod)}   # a new one may land elsewhere`]),
  },
  'coredns-answers-wrong': {
    title: 'CoreDNS answers wrongly for a name of the cluster',
    level: 'error',
    link: 'DNS answers',
    message: ({pod, name, expected, got}) => `CoreDNS pod ${pod} answers ${got} for ${name}, which by the API is ${expected}: it does not know the state of the cluster`,
    remedy: ({pod}) => [`kubectl logs ${inNamespace(pod)}`, `kubectl delete pod ${inNamespace(pod)}   # it reads the cluster's state anew`],
  },
  'coredns-domain-not-served': {
    title: 'The Corefile leaves the cluster domain out',
    level: 'error',
    link: 'CoreDNS',
    message: ({reason, domain, configMap}) => `No name of the cluster can be resolved: in the Corefile (ConfigMap ${configMap}) ${reason === 'no-server' ? `no server block is for ${domain}` : `the server block for ${domain} has no plugin kubernetes for it`}`,
    remedy: ({reason, domain, configMap}) => [`kubectl edit configmap ${inNamespace(configMap)}   # ${reason === 'no-server' ? `a server block .:53, with kubernetes ${domain} in it` : `kubernetes ${domain} in-addr.arpa ip6.arpa, in that block`}`, `kubectl rollout restart deployment -n ${configMap.split('/')[0]} coredns`],
  },
  'coredns-plugin-answers-all': {
    title: 'A plugin answers for names that others should answer',
    level: 'error',
    link: 'CoreDNS',
    message: ({plugin, zones, type, rcode, hides, line, configMap}) => `The plugin ${plugin} at line ${line} of the Corefile (ConfigMap ${configMap}) answers ${type === 'ANY' ? 'every question' : `every ${type} question`} for ${zones.join(' ')} by itself, with ${rcode} for what it does not know, and has no fallthrough: ${list(hides)} ${hides.length === 1 ? 'is' : 'are'} never asked`,
    remedy: ({plugin, configMap}) => [`kubectl edit configmap ${inNamespace(configMap)}   # fallthrough in the block of ${plugin}, or zones behind its name`],
  },
  'coredns-overloaded': {
    title: 'CoreDNS has more queries than it can answer',
    level: 'warning',
    link: 'CoreDNS',
    message: ({pods, detail}) => `CoreDNS (${list(pods, 2)}) says that it is overloaded: ${detail}`,
    remedy: ({pods}) => [`kubectl scale deployment -n ${namespaceOf(pods)} coredns --replicas=4`, edit(pods)],
  },
  'coredns-single-point-of-failure': {
    title: 'One failure ends all name resolution',
    level: 'info',
    link: 'CoreDNS',
    message: ({reason, node, pods}) => (reason === 'one-replica' ? `Only one CoreDNS pod runs (${list(pods)} on ${node}): when it or its node ends, nobody answers for some minutes` : `All CoreDNS pods (${list(pods)}) run on ${node}: when it ends, nobody answers for some minutes`),
    remedy: () => [],
  },
};
