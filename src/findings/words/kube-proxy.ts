import type {Words} from '../wording.ts';
import type {ProxyTrouble} from '../codes.ts';
import {inNamespace, list} from './phrases.ts';

type Own = 'kube-proxy-missing' | 'kube-proxy-not-running' | 'kube-proxy-replaced' | 'kube-proxy-config-not-applied' | 'kube-proxy-wrong-cluster-cidr' | 'kube-proxy-cannot-reach-apiserver' | 'kube-proxy-stale' | 'kube-proxy-wrong-node-name';

const stands = {
  intact: '; the rules that it left behind still serve, but nobody renews them',
  broken: ', so its rules for Services are missing or stale, and connections from there fail',
  unread: '',
} as const;

const edit = 'kubectl edit configmap -n kube-system kube-proxy';

/** What its log says, and what to do about it. */
const troubles: Readonly<Record<ProxyTrouble, {readonly says: string; readonly mend: readonly string[]}>> = {
  'configuration-refused': {says: 'it does not accept its configuration', mend: [edit]},
  'no-api-credentials': {says: 'it has no credentials for the API server', mend: ['kubectl get serviceaccount -n kube-system kube-proxy']},
  'mode-unsupported': {says: 'the node cannot do what its mode needs', mend: [`${edit}   # mode`]},
  'conntrack-denied': {says: 'it may not set the size of the connection tracking table there, as in a container on newer kernels', mend: [`${edit}   # conntrack.maxPerCore: 0 leaves it as it is; it can be set on the host`]},
  'rules-refused': {says: 'iptables-restore or nft does not take its rules', mend: []},
  'apiserver-unreachable': {says: 'it does not reach its API server', mend: [`${edit}   # server in kubeconfig.conf`]},
  unauthorized: {says: 'the API server does not know it', mend: ['kubectl get serviceaccount -n kube-system kube-proxy']},
  forbidden: {says: 'it may not read what it needs', mend: ['kubectl get clusterrolebindings -o wide | grep node-proxier']},
  'node-unknown': {says: 'there is no Node of the name that it takes for its own', mend: ['# on the node: hostname; in the DaemonSet: --hostname-override=$(NODE_NAME)', 'kubectl get nodes']},
  'cannot-listen': {says: 'one of its own ports is taken', mend: ['# on the node:', "ss -ltnp '( sport = :10249 or sport = :10256 )'"]},
  panic: {says: 'it crashes', mend: []},
};

export const kubeProxyWords: {readonly [C in Own]: Words<C>} = {
  'kube-proxy-missing': {
    title: 'A node has no kube-proxy',
    level: 'error',
    link: 'kube-proxy',
    message: ({node, detail, rules}) => `No kube-proxy runs on ${node}: ${detail}${stands[rules]}`,
    remedy: ({reason, node, daemonSet}) => {
      if (daemonSet === null) return ['# kube-proxy was never installed there, or was deleted; on a kubeadm cluster:', 'kubeadm init phase addon kube-proxy --kubeconfig /etc/kubernetes/admin.conf'];
      const set = inNamespace(daemonSet);
      if (reason === 'taint') return [`kubectl patch daemonset ${set} --type merge -p '{"spec":{"template":{"spec":{"tolerations":[{"operator":"Exists"}]}}}}'`, `kubectl describe node ${node}`];
      if (reason === 'node-selector') return [`kubectl get daemonset ${set} -o jsonpath='{.spec.template.spec.nodeSelector}{.spec.template.spec.affinity}'`, `kubectl edit daemonset ${set}   # so that it runs on ${node} again`];
      return [`kubectl describe daemonset ${set}`, `kubectl get pods ${set.split(' ').slice(0, 2).join(' ')} -o wide --field-selector spec.nodeName=${node}`];
    },
  },
  'kube-proxy-not-running': {
    title: 'kube-proxy is on the node and does not run',
    level: 'error',
    link: 'kube-proxy',
    message: ({node, pod, detail, said, rules}) => `kube-proxy on ${node} (pod ${pod.split('/')[1]}) does not run: ${detail}${said === null ? '' : `; ${troubles[said.cause].says} (${said.detail})`}${stands[rules]}`,
    remedy: ({reason, pod, said}) => [
      ...(said === null ? [] : troubles[said.cause].mend),
      ...(reason === 'crash-loop' || reason === 'failed' ? [`kubectl logs ${inNamespace(pod)} --previous`] : []),
      `kubectl describe pod ${inNamespace(pod)}`,
    ],
  },
  'kube-proxy-config-not-applied': {
    title: 'kube-proxy runs with other settings than its ConfigMap has',
    level: 'warning',
    link: 'kube-proxy',
    message: ({node, fields}) => `kube-proxy on ${node} runs with ${list(fields.map(({field, running, configured}) => `${field} “${running}” where its ConfigMap says “${configured}”`))}: it reads that only when it starts`,
    remedy: () => ['kubectl rollout restart daemonset -n kube-system kube-proxy'],
  },
  'kube-proxy-wrong-cluster-cidr': {
    title: "kube-proxy's clusterCIDR does not hold the pods' addresses",
    level: 'warning',
    link: 'kube-proxy',
    message: ({clusterCIDR, outside}) => `kube-proxy takes ${clusterCIDR} for the pods' network, and ${list(outside)} ${outside.length === 1 ? 'is' : 'are'} not in it: what pods send to Services gets the node's address as its sender`,
    remedy: () => ['kubectl edit configmap -n kube-system kube-proxy   # clusterCIDR', 'kubectl rollout restart daemonset -n kube-system kube-proxy'],
  },
  'kube-proxy-cannot-reach-apiserver': {
    title: 'kube-proxy does not reach the API server that it was told',
    level: 'error',
    link: 'kube-proxy',
    message: ({node, server, failure, rules}) => `kube-proxy on ${node} was told the API server ${server}, which does not answer there (${failure})${rules === 'broken' ? ': its rules are not what the API asks for' : ': it hears of no change, though its rules still fit'}`,
    remedy: () => ['kubectl edit configmap -n kube-system kube-proxy   # server in kubeconfig.conf', 'kubectl rollout restart daemonset -n kube-system kube-proxy'],
  },
  'kube-proxy-stale': {
    title: 'kube-proxy does not write what changes',
    level: 'error',
    link: 'kube-proxy',
    message: ({reason, node, since, green}) => `kube-proxy on ${node} ${{'never-synced': `has written no rules since it started at ${since}`, late: `has not written a change that it heard of at ${since}`, deaf: `has heard of no change since ${since}, though Services have changed`, refused: `cannot write its rules since ${since}: iptables-restore or nft refuses them`, hung: 'takes connections to its own ports and answers none of them: it hangs'}[reason]}${green ? '; its own health check says that all is well' : ''}`,
    remedy: ({pod}) => [`kubectl logs ${inNamespace(pod)} --tail=50`, `kubectl delete pod ${inNamespace(pod)}   # a new one reads everything anew`],
  },
  'kube-proxy-wrong-node-name': {
    title: 'kube-proxy goes by a name that is not its node’s',
    level: 'warning',
    link: 'kube-proxy',
    message: ({node, name}) => `kube-proxy on ${node} goes by the name ${name}, which is not that of its node: no endpoint counts as local there, so Services with traffic policy Local get nothing through it`,
    remedy: () => [`${edit}   # hostnameOverride: "", so that the flag counts`, 'kubectl edit daemonset -n kube-system kube-proxy   # --hostname-override=$(NODE_NAME), NODE_NAME from spec.nodeName'],
  },
  'kube-proxy-replaced': {
    title: 'Something else does the work of kube-proxy',
    level: 'info',
    link: 'kube-proxy',
    message: ({by, detail}) => `Services are handled by ${by}, not by a kube-proxy pod: ${detail}`,
    remedy: () => [],
  },
};
