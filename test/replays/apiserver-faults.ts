import type {SaidFault} from './said.ts';

const node1 = {kind: 'Node', name: 'node1'};
const node2 = {kind: 'Node', name: 'node2'};
const kubernetes = {kind: 'Service', name: 'kubernetes'};
const silence = ['apiserver-vip-not-answering'];
const cutOff = [...silence, 'pod-cut-off-from-apiserver'];

/** What `kdiag apiserver-vip` says. test/live/apiserver breaks the cluster so. */
export const apiserverFaults: readonly SaidFault[] = [
  ...([['a taint', 'taint'], ['a nodeSelector', 'node-selector']] as const).flatMap(([by, reason]): SaidFault[] => [
    {name: `kube-proxy kept off node2 by ${by}, its rules stay`, expect: {status: 'degraded', code: 'kube-proxy-missing', subject: node2, reason}},
    {name: `kube-proxy kept off node2 by ${by}, its rules gone`, expect: {status: 'broken', code: 'kube-proxy-missing', subject: node2, reason, explains: silence}},
  ]),
  {name: "kube-proxy's DaemonSet deleted, its rules stay", expect: {status: 'degraded', code: 'kube-proxy-missing', subject: {kind: 'Node'}, reason: 'no-daemonset'}},
  {name: "kube-proxy's DaemonSet deleted, its rules gone from node2", expect: {status: 'broken', code: 'kube-proxy-missing', subject: node2, reason: 'no-daemonset', explains: silence}},
  {name: 'kube-proxy on node2 crashes on its configuration, its rules gone', expect: {status: 'broken', code: 'kube-proxy-not-running', subject: node2, reason: 'crash-loop', explains: silence}},
  {name: 'a dead address in a second EndpointSlice', expect: {status: 'broken', code: 'apiserver-endpoints-stale', subject: kubernetes, reason: 'dead', says: /172\.30\.0\.99:6443.*50/}},
  {name: 'an address that every node has', expect: {status: 'broken', code: 'apiserver-advertise-address-unreachable', subject: kubernetes, reason: 'local-address', says: /10\.0\.2\.15:6443/}},
  {name: "the address's rules gone on node1", expect: {status: 'broken', code: 'rules-jump-missing', subject: node1, explains: silence}},
  {name: 'a firewall on node1 refuses pods the API server', expect: {status: 'broken', code: 'rules-foreign-drop', subject: node1, explains: silence}},
  {name: 'a firewall on node1 drops what pods send to the API server', expect: {status: 'broken', code: 'rules-foreign-drop', subject: node1, explains: silence}},
  {name: 'a firewall on node1 drops what it sends by the address itself', expect: {status: 'broken', code: 'rules-foreign-drop', subject: node1, explains: silence}},
  {name: 'a firewall on cp drops what comes from pods of node1', expect: {status: 'broken', code: 'rules-foreign-drop', subject: {kind: 'Node', name: 'cp'}, explains: silence}},
  {name: "the API server's certificate without the address", expect: {status: 'broken', code: 'apiserver-certificate-lacks-vip', subject: kubernetes, reason: 'address', says: /10\.96\.0\.1/}},
  {name: "the API server's certificate without the name", expect: {status: 'broken', code: 'apiserver-certificate-lacks-vip', subject: kubernetes, reason: 'name', says: /kubernetes\.default\.svc/}},
  {name: 'an API server runs that is no endpoint', expect: {status: 'degraded', code: 'apiserver-endpoints-stale', subject: kubernetes, reason: 'missing', says: /172\.30\.0\.10:6444/}},
  {name: 'CoreDNS is where the address is dead', expect: {status: 'broken', code: 'kube-proxy-missing', subject: node2, reason: 'node-selector', explains: cutOff}},
  {name: 'a network plug-in is where the address is dead', expect: {status: 'broken', code: 'kube-proxy-missing', subject: node2, reason: 'taint', explains: cutOff}},
];
