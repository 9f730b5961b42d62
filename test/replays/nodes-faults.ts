import type {SaidFault} from './said.ts';

const node1 = {kind: 'Node', name: 'node1'};
const node2 = {kind: 'Node', name: 'node2'};

/** What `kdiag nodes` says: kube-proxy, judged by what it did. test/live/nodes breaks the cluster so. */
export const nodesFaults: readonly SaidFault[] = [
  {name: 'the API server of node2 is another one that is dead, and nothing has changed since', expect: {status: 'degraded', code: 'kube-proxy-cannot-reach-apiserver', subject: node2, says: /172\.30\.0\.99/}},
  {name: 'the API server of node2 is another one that is dead, and Services change', expect: {status: 'broken', code: 'kube-proxy-cannot-reach-apiserver', subject: node2, says: /172\.30\.0\.99/, explains: ['rules-missing-endpoint']}},
  {name: 'kube-proxy on node1 hangs while Services change', expect: {status: 'broken', code: 'kube-proxy-stale', subject: node1, reason: 'hung', explains: ['rules-missing-endpoint']}},
  {name: "kube-proxy's rules on node1 are refused, since another rule holds on to one of its chains", expect: {status: 'broken', code: 'kube-proxy-stale', subject: node1, reason: 'refused'}},
  {name: "the ConfigMap's mode changed without a restart", expect: {status: 'degraded', code: 'kube-proxy-config-not-applied', subject: {kind: 'Node'}, says: /mode/}},
  {name: 'clusterCIDR is of another cluster', expect: {status: 'degraded', code: 'kube-proxy-wrong-cluster-cidr', subject: {kind: 'ConfigMap', name: 'kube-proxy'}, says: /10\.99\.0\.0\/16/}},
  {name: 'kube-proxy on node2 goes by another name', expect: {status: 'degraded', code: 'kube-proxy-wrong-node-name', subject: node2, says: /ghost/}},
  {name: 'kube-proxy on node2 may not set nf_conntrack_max', expect: {status: 'degraded', code: 'kube-proxy-not-running', subject: node2, reason: 'crash-loop', says: /nf_conntrack_max/}},
];
