import type {SaidFault} from './said.ts';

const node1 = {kind: 'Node', name: 'node1'};
const node2 = {kind: 'Node', name: 'node2'};
const podNetwork = {kind: 'Cluster', name: 'pod-network'};
const service = (name: string) => ({args: [name], subject: {kind: 'Service', name}});
const [lo, wrongport, udpapp, hung] = [service('lo'), service('wrongport'), service('udpapp'), service('hung')];
const routeMissing = {status: 'broken', code: 'pod-route-missing', subject: node1} as const;

/** What `kdiag svc hostnames` says of the pod network, and of programs that do not listen. test/live/network breaks the cluster so. */
export const networkFaults: readonly SaidFault[] = [
  {name: "the route to node2's pods gone on node1", expect: {...routeMissing, reason: 'default', says: /node2 \(10\.244\.2\.0\/24\)/}},
  {name: 'the routes between node1 and node2 gone both ways', expect: {...routeMissing, reason: 'default', says: /10\.244\.2\.0\/24/}},
  {name: "a route on node1 refuses node2's pods", expect: {...routeMissing, reason: 'refused', says: /10\.244\.2\.0\/24/}},
  {name: "the route to node2's pods on node1 leads to another machine", expect: {...routeMissing, reason: 'elsewhere', says: /10\.244\.2\.0\/24/}},
  {name: 'the pod network goes over a second NIC, which carries nothing', expect: {status: 'broken', code: 'cni-on-wrong-interface', subject: podNetwork, reason: 'route', says: /over eth1.* on eth0/}},
  // an endpoint that asks its own Service: kube-proxy marks what it sends to itself, and its rule in FORWARD lets that mark through
  {name: 'the policy of FORWARD on node2 is DROP', reachIsBlind: true, expect: {status: 'broken', code: 'forward-policy-drop', subject: node2, explains: ['pod-network-broken-between-nodes']}},
  {name: 'a firewall on node2 prohibits what is for pods', expect: {status: 'broken', code: 'rules-foreign-drop', subject: node2}},
  {name: 'node2 does not forward', expect: {status: 'broken', code: 'ip-forward-off', subject: node2}},
  {name: 'the bridge of a node does not ask the rules', expect: {status: 'broken', code: 'bridge-netfilter-off', subject: {kind: 'Node', name: /^node\d$/}, says: /bridge-nf-call-iptables is 0/}},
  {name: 'node2 answers by another interface than it is asked by, and filters strictly', expect: {status: 'broken', code: 'rp-filter-strict', subject: node2}},
  {name: 'the way from node2 carries packets of 1400 bytes, and does not say so', expect: {status: 'broken', code: 'mtu-mismatch', subject: node2}},
  {name: 'hairpin mode is off on node2', expect: {status: 'degraded', code: 'hairpin-off', subject: node2}},
  {name: 'all workers have the same InternalIP', expect: {status: 'broken', code: 'node-internal-ip-not-local', subject: podNetwork, reason: 'shared', says: /10\.0\.2\.15/}},
  {name: "node1 is on a network of node2's pods' addresses", expect: {status: 'broken', code: 'pod-cidr-overlap', subject: node1, reason: 'node-network', says: /10\.244\.2\.0\/24 dev lan0/}},
  {name: "a firewall on node2 drops the overlay's packets", expect: {status: 'broken', code: 'overlay-blocked', subject: node2, says: /--dport 4789 -j DROP/}},
  {name: 'the program listens on 127.0.0.1', args: lo.args, expect: {status: 'broken', code: 'app-listens-on-loopback-only', subject: lo.subject}},
  {name: 'the Service sends to a port where nothing listens', args: wrongport.args, expect: {status: 'broken', code: 'service-target-port-not-listening', subject: wrongport.subject, says: /9999.*9376/}},
  {name: 'the program takes UDP and the Service sends TCP', args: udpapp.args, expect: {status: 'broken', code: 'service-protocol-mismatch', subject: udpapp.subject}},
  {name: 'one of two programs hangs', args: hung.args, expect: {status: 'broken', code: 'endpoint-not-answering', subject: hung.subject, reason: 'timed-out'}},
  {name: "a firewall between the nodes drops what node1 sends to node2's pods", expect: {status: 'broken', code: 'pod-network-broken-between-nodes'}},
  {name: 'node1 takes another machine for node2', expect: {status: 'broken', code: 'pod-network-broken-between-nodes'}},
  {name: 'the pod on node2 has lost its default route', expect: {status: 'broken', code: 'pod-network-broken-between-nodes', subject: node2}},
  {name: "what node1 sends to node2's pods goes by way of cp", expect: {...routeMissing, reason: 'elsewhere', says: /10\.244\.2\.0\/24/}},
  {name: "the port of node2's second NIC, over which the pod network goes, is down", expect: {status: 'broken', code: 'interface-down', subject: node2}},
  // the test cluster's network plug-in heeds none: it is evaluated, not measured
  {name: 'a NetworkPolicy lets nobody in', expect: {status: 'broken', code: 'network-policy-denies', subject: {kind: 'Service', name: 'hostnames'}, reason: 'denied', says: /evaluated, not measured/}},
];
