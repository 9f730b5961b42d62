import {atNode, everywhere, type Fault} from '../fault.ts';
import {calmly, configure, crash, daemonSet, deleted, offNode2ByAffinity, offNode2BySelector, offNode2ByTaint} from '../kube-proxy-off.ts';
import {cleanRules, kubeProxyPods, kubeProxySynced, restartKubeProxy} from '../node-rules.ts';
import {kubectl, must, patch, root, tryOnNode, until} from '../rig.ts';
import {join} from 'node:path';

const node1 = {kind: 'Node', name: 'node1'};
const node2 = {kind: 'Node', name: 'node2'};
const node2Cut = atNode('node2', {share: 0, why: 'timeout'});
const broken = {exit: 1, status: ['broken']} as const;
const node2Dead = {...broken, reach: {cp: 1, node1: 1, node2: 0}};

/** kube-proxy's presence, configuration and health, one node or all. */
export const kubeProxyFaults: readonly Fault[] = [
  {
    name: 'kube-proxy kept off node2 by affinity, its rules gone', legacy: true,
    break: async () => {
      await offNode2ByAffinity.off();
      await cleanRules('node2');
    },
    repair: () => kubeProxySynced('node2'),
    clients: node2Cut,
    expect: {...node2Dead, code: ['kube-proxy-missing'], subject: node2, reason: 'node-selector'},
  },
  {
    name: 'kube-proxy kept off node2 by affinity, its rules stay and still fit',
    break: offNode2ByAffinity.off,
    repair: () => kubeProxySynced('node2'),
    clients: {},
    expect: {exit: 0, status: ['degraded'], code: ['kube-proxy-missing'], subject: node2, reach: {cp: 1, node1: 1, node2: 1}},
  },
  {
    name: 'kube-proxy kept off node2 by affinity, its rules stay and grow stale',
    break: async () => {
      await offNode2ByAffinity.off();
      await kubectl('rollout restart deploy/hostnames');
      await kubectl('rollout status deploy/hostnames --timeout=60s');
    },
    repair: () => kubeProxySynced('node2'),
    clients: atNode('node2', {share: 0}),
    expect: {...node2Dead, code: ['kube-proxy-missing'], subject: node2, reason: 'node-selector'},
  },
  {
    name: 'kube-proxy kept off node2 by nodeSelector, its rules gone', rarely: true,
    break: async () => {
      await offNode2BySelector.off();
      await cleanRules('node2');
    },
    repair: async () => {
      await offNode2BySelector.undo?.();
      await kubeProxySynced('node2');
    },
    clients: node2Cut,
    expect: {...node2Dead, code: ['kube-proxy-missing'], subject: node2, reason: 'node-selector'},
  },
  {
    name: 'kube-proxy does not tolerate the taint of node2, its rules gone',
    break: async () => {
      await offNode2ByTaint.off();
      await cleanRules('node2');
    },
    repair: async () => {
      await offNode2ByTaint.undo?.();
      await kubeProxySynced('node2');
    },
    clients: node2Cut,
    expect: {...node2Dead, code: ['kube-proxy-missing'], subject: node2, reason: 'taint'},
  },
  {
    name: 'kube-proxy on node2 crashes on its configuration, its rules gone',
    break: async () => {
      await configure(config => config.replace('mode: "iptables"', 'mode: "bogus"'));
      await crash('node2');
      await cleanRules('node2');
    },
    repair: () => restartKubeProxy('node2'),
    clients: node2Cut,
    expect: {...node2Dead, code: ['kube-proxy-not-running'], subject: node2, reason: 'crash-loop'},
  },
  {
    name: "kube-proxy's image for node2 cannot be pulled, its rules gone", rarely: true,
    break: async () => {
      await patch(daemonSet, calmly, {op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.rig.example/kube-proxy:v0.0.1'});
      await crash('node2');
      await cleanRules('node2');
    },
    repair: () => restartKubeProxy('node2'),
    clients: node2Cut,
    expect: {...node2Dead, code: ['kube-proxy-not-running'], subject: node2, reason: 'image-pull'},
  },
  {
    name: 'kube-proxy on node1 asks an API server that is not there, its rules gone',
    break: async () => {
      await configure(config => config.replace('server: https://172.30.0.10:6443', 'server: https://172.30.0.99:6443'));
      await kubectl('-n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=node1');
      await until('kube-proxy to run on node1', 60, async () => ((await kubeProxyPods('node1')).some(pod => pod.ready) ? true : null));
      await cleanRules('node1');
    },
    repair: () => restartKubeProxy('node1'),
    clients: atNode('node1', {share: 0, why: 'timeout'}),
    expect: {...broken, code: ['kube-proxy-cannot-reach-apiserver', 'rules-never-synced'], subject: node1, reach: {cp: 1, node1: 0, node2: 1}},
  },
  {
    name: 'the kubelet of node2 is gone: its rules work and cannot be read',
    break: async () => {
      await must(join(root, 'test/cluster/cluster'), ['stop-kubelet', 'node2']);
      await until('the kubelet to be gone', 20, async () => ((await tryOnNode('node2', 'curl -sk -m 1 https://127.0.0.1:10250/')).code === 7 ? true : null));
    },
    repair: async () => {
      await must(join(root, 'test/cluster/cluster'), ['start-kubelet', 'node2']);
      await kubectl('wait --for=condition=Ready node/node2 --timeout=90s');
    },
    clients: {},
    expect: {exit: 3, status: ['unknown'], reach: {cp: 1, node1: 1}},
  },
  {
    name: "kube-proxy's DaemonSet deleted and all nodes rebooted",
    break: async () => {
      await deleted.off();
      for (const node of ['cp', 'node1', 'node2']) await cleanRules(node);
    },
    repair: async () => {
      for (const node of ['cp', 'node1', 'node2']) await kubeProxySynced(node);
    },
    clients: everywhere({share: 0, why: 'timeout'}),
    expect: {...broken, code: ['kube-proxy-missing'], reason: 'no-daemonset'},
  },
];
