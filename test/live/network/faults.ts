import type {Broken} from '../break-each.ts';
import {iptables} from '../node-rules.ts';
import {apply, kubectl, onNode, rigName, tryOnNode} from '../rig.ts';
import {app, service} from './apps.ts';
import {ownAddresses, sharedAddress} from './node-address.ts';
import {lostBetween, mendRoutes, type NodeName, nodes, nothingLostBetween, onSwitch, podsOf, secondAddressOf} from './nodes.ts';
import {noOverlay, overlay} from './overlay.ts';
import {hang, inPod, nodeOfClient, podOf} from './pods.ts';
import {noSecondNetwork, podsOverSecond, secondNetwork} from './second-network.ts';

const routes = (node: NodeName, script: string): Broken => ({break: () => onNode(node, script).then(() => {}), repair: mendRoutes});
const between = (...rules: readonly string[]): Broken => ({break: () => lostBetween(...rules), repair: nothingLostBetween});
const onNode2 = (there: string, back: string): Broken => ({break: () => onNode('node2', there).then(() => {}), repair: async () => { await tryOnNode('node2', back); }});
const sysctl = (name: string): Broken => onNode2(`sysctl -qw ${name}=0`, `sysctl -qw ${name}=1`);
const hairpin = (value: 0 | 1): string => `for p in /sys/class/net/cni0/brif/*; do echo ${value} > $p/hairpin_mode; done`;
/** As firewalld's: what is established was let through before. */
const prohibited = (chain: string): string => `${chain} -d 10.244.0.0/16 -m conntrack --ctstate NEW -j REJECT --reject-with icmp-host-prohibited`;
const toNode2 = podsOf('node2');

/** How each fault of test/replays/network-faults.ts is made, by its name. */
export const breaks: Readonly<Record<string, Broken>> = {
  'a NetworkPolicy lets nobody in': {
    break: async () => { await apply({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {name: 'default-deny', namespace: 'default'}, spec: {podSelector: {}, policyTypes: ['Ingress']}}); },
    repair: async () => { await kubectl('-n default delete networkpolicy default-deny --ignore-not-found'); },
  },
  "the route to node2's pods gone on node1": routes('node1', `ip route del ${toNode2}`),
  'the routes between node1 and node2 gone both ways': {
    break: async () => {
      await onNode('node1', `ip route del ${toNode2}`);
      await onNode('node2', `ip route del ${podsOf('node1')}`);
    },
    repair: mendRoutes,
  },
  "a route on node1 refuses node2's pods": routes('node1', `ip route del ${toNode2}; ip route add unreachable ${toNode2}`),
  "the route to node2's pods on node1 leads to another machine": routes('node1', `ip route replace ${toNode2} via 172.30.0.99`),
  'the pod network goes over a second NIC, which carries nothing': {
    break: async () => {
      await secondNetwork();
      await podsOverSecond();
      await lostBetween(...nodes.map(node => `iifname s2${node} ip daddr 10.244.0.0/16`));
    },
    repair: async () => {
      await nothingLostBetween();
      await noSecondNetwork();
    },
  },
  'the policy of FORWARD on node2 is DROP': onNode2(`${iptables} -P FORWARD DROP`, `${iptables} -P FORWARD ACCEPT`),
  'a firewall on node2 prohibits what is for pods': onNode2(
    ['FORWARD', 'INPUT'].map(chain => `${iptables} -I ${prohibited(chain)}`).join('; '), ['FORWARD', 'INPUT'].map(chain => `${iptables} -D ${prohibited(chain)}`).join('; ')),
  // a CNI plug-in that starts a pod there would turn it on again
  'node2 does not forward': sysctl('net.ipv4.ip_forward'),
  'the bridge of a node does not ask the rules': {
    break: async () => { await onNode(await nodeOfClient(), 'sysctl -qw net.bridge.bridge-nf-call-iptables=0'); },
    repair: async () => { await onNode(await nodeOfClient(), 'sysctl -qw net.bridge.bridge-nf-call-iptables=1'); },
  },
  'node2 answers by another interface than it is asked by, and filters strictly': {
    break: async () => {
      await secondNetwork();
      await onNode('node2', `ip route replace ${podsOf('node1')} via ${secondAddressOf('node1')} dev eth1; sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.eth0.rp_filter=1`);
    },
    repair: async () => {
      await onNode('node2', 'sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0');
      await noSecondNetwork();
    },
  },
  'the way from node2 carries packets of 1400 bytes, and does not say so': between('iifname node2 ip length > 1400 ip daddr 10.244.0.0/16'),
  'hairpin mode is off on node2': onNode2(hairpin(0), hairpin(1)),
  'all workers have the same InternalIP': {break: sharedAddress, repair: ownAddresses},
  "node1 is on a network of node2's pods' addresses": {
    // a veth pair and no bridge: an interface without a carrier would be another fault
    break: async () => {
      await onSwitch(`ip link add lan1 type veth peer name lan0 netns ${rigName}-node1; ip link set lan1 up`);
      await onNode('node1', `ip route del ${toNode2}; ip addr add 10.244.2.200/24 dev lan0; ip link set lan0 up`);
    },
    repair: async () => {
      await tryOnNode('node1', 'ip link del lan0');
      await mendRoutes();
    },
  },
  "a firewall on node2 drops the overlay's packets": {
    break: async () => {
      await overlay();
      await onNode('node2', `${iptables} -I INPUT -p udp --dport 4789 -j DROP`);
    },
    repair: async () => {
      await tryOnNode('node2', `${iptables} -D INPUT -p udp --dport 4789 -j DROP`);
      await noOverlay();
    },
  },
  'the program listens on 127.0.0.1': {
    break: async () => {
      await app('lo', ['socat', 'TCP-LISTEN:9376,bind=127.0.0.1,fork,reuseaddr', 'EXEC:date']);
      await service('lo');
    },
  },
  'the Service sends to a port where nothing listens': {break: () => service('wrongport', 'hostnames', 9999)},
  'the program takes UDP and the Service sends TCP': {
    break: async () => {
      await app('udpapp', ['socat', 'UDP-LISTEN:9376,fork', 'EXEC:date']);
      await service('udpapp');
    },
  },
  'one of two programs hangs': {
    break: async () => {
      await app('hung', ['socat', 'TCP-LISTEN:9376,fork,reuseaddr', 'EXEC:date']);
      await service('hung');
      await hang(await podOf('hung'), 'socat', 9376);
    },
  },
  "a firewall between the nodes drops what node1 sends to node2's pods": between(`iifname node1 ip daddr ${toNode2}`),
  'node1 takes another machine for node2': {
    break: () => onNode('node1', 'ip neigh replace 172.30.0.12 lladdr 02:00:00:00:00:99 nud permanent dev eth0').then(() => {}),
    repair: async () => { await tryOnNode('node1', 'ip neigh del 172.30.0.12 dev eth0'); },
  },
  // node2 answers node1 directly: cp's conntrack sees half of each connection, and kube-proxy's own rule there drops what is INVALID
  "what node1 sends to node2's pods goes by way of cp": routes('node1', `ip route replace ${toNode2} via 172.30.0.10`),
  'the pod on node2 has lost its default route': {
    break: async () => inPod(await podOf('hostnames', 'node2'), 'ip route del default'),
    repair: async () => inPod(await podOf('hostnames', 'node2'), 'ip route replace default via 10.244.2.1'),
  },
  "the port of node2's second NIC, over which the pod network goes, is down": {
    break: async () => {
      await secondNetwork();
      await podsOverSecond();
      await onSwitch('ip link set s2node2 down');
    },
    repair: noSecondNetwork,
  },
};
