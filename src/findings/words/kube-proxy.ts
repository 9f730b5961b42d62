import type {Words} from '../wording.ts';
import {inNamespace} from './phrases.ts';

type Own = 'kube-proxy-missing' | 'kube-proxy-not-running' | 'kube-proxy-replaced';

const stands = {
  intact: '; the rules that it left behind still serve, but nobody renews them',
  broken: ', so its rules for Services are missing or stale, and connections from there fail',
  unread: '',
} as const;

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
    message: ({node, pod, detail, rules}) => `kube-proxy on ${node} (pod ${pod.split('/')[1]}) does not run: ${detail}${stands[rules]}`,
    remedy: ({reason, pod}) => [
      ...(reason === 'crash-loop' || reason === 'failed' ? [`kubectl logs ${inNamespace(pod)} --previous`] : []),
      `kubectl describe pod ${inNamespace(pod)}`,
    ],
  },
  'kube-proxy-replaced': {
    title: 'Something else does the work of kube-proxy',
    level: 'info',
    link: 'kube-proxy',
    message: ({by, detail}) => `Services are handled by ${by}, not by a kube-proxy pod: ${detail}`,
    remedy: () => [],
  },
};
