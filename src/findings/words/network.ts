import type {Words} from '../wording.ts';
import {count, list} from './phrases.ts';

type Own =
  | 'pod-network-broken-between-nodes' | 'pod-route-missing' | 'cni-on-wrong-interface' | 'pod-network-next-hop-silent' | 'ip-forward-off' | 'bridge-netfilter-off' | 'rp-filter-strict' | 'mtu-mismatch'
  | 'pod-network-not-set-up' | 'network-plugin-not-running' | 'overlay-blocked' | 'hairpin-off' | 'interface-down' | 'neighbour-table-full';

const lost = (pairs: readonly string[]): string => (pairs.length === 0 ? '' : `: connections ${list(pairs)} are lost`);

export const networkWords: {readonly [C in Own]: Words<C>} = {
  'pod-network-broken-between-nodes': {
    title: 'Packets for pods do not get from node to node',
    level: 'error',
    link: 'Pod network',
    message: ({pairs, clients, failure, sameNode}) => `Connections ${list(pairs)} do not come through${clients.length === 2 ? '' : clients[0] === 'pod' ? ' from pods' : ' from the node itself'} (${failure})${sameNode ? ', also on the node itself' : ''}`,
    remedy: ({from, to}, subject) => [
      '# look for what is between these nodes: a firewall, a security group, a cloud that checks source and destination, a blocked overlay (UDP 8472, UDP 4789, IP protocol 4)',
      ...(subject.kind === 'Node' ? [subject.name] : [...new Set([...from, ...to])].slice(0, 2)).map(node => `kubectl get pods -A -o wide --field-selector spec.nodeName=${node}   # does its network plug-in run?`),
    ],
  },
  'pod-route-missing': {
    title: 'A node has no route to the pods of another one',
    level: 'error',
    link: 'Pod network',
    message: ({reason, node, addresses, blocks, pairs}) => {
      const whose = blocks.length > 0 ? `the pods of ${list(blocks.map(block => `${block.node} (${block.cidr})`))}` : `pods at ${list(addresses)}`;
      return `${node} ${{none: `has no route to ${whose}`, refused: `has a route that refuses ${whose}`, default: `has no route of its own to ${whose}: it sends them to its default gateway`, elsewhere: `sends what is for ${whose} to another machine than that node`}[reason]}${lost(pairs)}`;
    },
    remedy: ({node, blocks}) => [
      `kubectl get pods -A -o wide --field-selector spec.nodeName=${node}   # does its network plug-in run there? it writes these routes`,
      ...blocks.map(({cidr, via}) => `ip route replace ${cidr} via ${via}   # on ${node}, until the plug-in does (not where it joins nodes by an overlay)`),
    ],
  },
  'cni-on-wrong-interface': {
    title: 'The pod network goes over another interface than the cluster',
    level: 'error',
    link: 'Pod network',
    message: ({reason, nodes, pairs, seen}) => {
      const [first] = nodes;
      const alike = reason === 'route' && nodes.length > 1 && nodes.every(({uses, own}) => uses === first?.uses && own === first.own);
      const what = alike
        ? `${list(nodes.map(({node}) => node))} send packets for each other's pods over ${first?.uses}, while their own addresses (${list(nodes.map(({ownAddress}) => ownAddress))}) are on ${first?.own}`
        : list(nodes.map(({node, uses, own, ownAddress}) => `${node} ${reason === 'annotation' ? `has its end of the pod network at ${uses}` : `sends packets for other nodes' pods over ${uses}`}, while its own address ${ownAddress} is on ${own}`));
      return `${what}${seen === 'lost' ? `: connections ${list(pairs)} are lost` : ''}`;
    },
    remedy: ({nodes}) => {
      const [first] = nodes;
      const own = first === undefined || first.own === 'another interface' ? `THE-INTERFACE-OF-${first?.ownAddress ?? ''}` : first.own;
      return [`# flannel: --iface=${own} among the arguments of kube-flannel-ds`, `kubectl set env -n kube-system daemonset/calico-node IP_AUTODETECTION_METHOD=kubernetes-internal-ip   # Calico`, '# with routes of your own: over the interface that has the node\'s InternalIP'];
    },
  },
  'pod-network-not-set-up': {
    title: "A pod's network is not what it should be",
    level: 'error',
    link: 'Pod network',
    message: ({pod, node, detail}) => `The network of ${pod} on ${node} is not as it should be: ${detail}`,
    remedy: ({pod}) => [`kubectl delete pod -n ${pod.split('/')[0]} ${pod.split('/')[1]}   # a new one gets a new network`, '# if it is the same with new pods: the network plug-in (CNI) of that node'],
  },
  'network-plugin-not-running': {
    title: 'The network plug-in does not run on a node',
    level: 'error',
    link: 'Pod network',
    message: ({reason, node, pod, detail}) => (reason === 'not-initialised' ? `${node} has no network for pods: ${detail}${pod === null ? '' : ` (its network plug-in, ${pod}, does not run)`}` : `The network plug-in of ${node}, ${pod}, does not run (${detail}): what it has set up stays, and nobody renews it`),
    remedy: ({node, pod}) => [...(pod === null ? [`kubectl get pods -A -o wide --field-selector spec.nodeName=${node}   # is there a pod of the network plug-in?`] : [`kubectl logs -n ${pod.split('/')[0]} ${pod.split('/')[1]} --all-containers --tail=50`]), `ls /etc/cni/net.d /opt/cni/bin   # on ${node}: its configuration, and its programs`],
  },
  'overlay-blocked': {
    title: 'A rule of a node stops the overlay',
    level: 'error',
    link: 'Pod network',
    message: ({node, device, kind, port, with: how, rule, pairs}) => `On ${node} a rule ${how === 'drop' ? 'drops' : 'rejects'} what carries the pods' packets (${device}, ${kind}, UDP ${port}): ${rule}${lost(pairs)}`,
    remedy: ({node, port, rule, table}) => [...(rule.startsWith('-A ') ? [`iptables -t ${table} ${rule.replace(/^-A/, '-D')}   # on ${node}; whoever wrote it will write it again`] : []), `# let the other nodes in at UDP ${port}: firewall-cmd --permanent --add-port=${port}/udp; ufw allow ${port}/udp`],
  },
  'pod-network-next-hop-silent': {
    title: 'The next hop of the pod network does not answer',
    level: 'error',
    link: 'Pod network',
    message: ({node, gateway, device, pairs}) => `${node} finds nobody at ${gateway} on ${device}, where it sends packets for other nodes' pods${lost(pairs)}`,
    remedy: ({node, gateway, device}) => [`ip neigh show ${gateway} dev ${device}   # on ${node}: FAILED or INCOMPLETE`, 'kubectl get nodes -o wide   # is it still the address of a node?'],
  },
  'ip-forward-off': {
    title: 'A node does not forward packets',
    level: 'error',
    link: 'Pod network',
    message: ({node, sysctl, pairs}) => `${sysctl} is 0 on ${node}: it forwards nothing to its pods, nor from them to other nodes${lost(pairs)}`,
    remedy: ({sysctl}) => [`sysctl -w ${sysctl}=1   # on the node`, `echo '${sysctl} = 1' > /etc/sysctl.d/99-kubernetes.conf   # and so that it stays`],
  },
  'bridge-netfilter-off': {
    title: 'What pods of one node send each other goes past the rules',
    level: 'error',
    link: 'Pod network',
    message: ({node, sysctl, bridge, absent}) => `${absent ? `The module br_netfilter is not loaded on ${node}` : `${sysctl} is 0 on ${node}`}: answers from a pod to another one on the same bridge (${bridge}) are not translated back, so a pod that asks a Service and draws an endpoint on its own node gets no answer that it takes`,
    remedy: ({sysctl}) => ['modprobe br_netfilter   # on the node', `sysctl -w ${sysctl}=1`, `echo br_netfilter > /etc/modules-load.d/kubernetes.conf; echo '${sysctl} = 1' > /etc/sysctl.d/99-kubernetes.conf   # and so that it stays`],
  },
  'rp-filter-strict': {
    title: 'A node drops packets that come in by another interface than answers would leave by',
    level: 'error',
    link: 'Pod network',
    message: ({node, device, sources, back, pairs}) => `On ${node}, packets from ${list(sources)} come in by ${device}, the way back to them is by ${back}, and rp_filter is strict: they are dropped${lost(pairs)}`,
    remedy: ({device}) => ['# mend the routes, so that the way there and back is the same; or, on the node:', `sysctl -w net.ipv4.conf.${device}.rp_filter=2   # the greater of this and of all counts: 2 is loose`],
  },
  'mtu-mismatch': {
    title: 'Large packets do not get through the pod network',
    level: 'error',
    link: 'Pod network',
    message: ({pairs, bytes, mtus}) => `Connections ${list(pairs)} stand, and lose what is larger than a packet there may be (${bytes} bytes were never acknowledged): TLS handshakes and large answers hang. MTUs: ${list(mtus, 6)}`,
    remedy: () => ['# lower the MTU of the pod network (the network plug-in\'s configuration) to what the way between the nodes carries, less the overlay\'s overhead', '# see what it carries, on a node: ping -M do -s 1472 ADDRESS-OF-THE-OTHER-NODE', 'iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu   # until then, on the nodes'],
  },
  'hairpin-off': {
    title: 'A pod does not reach itself through its Service',
    level: 'warning',
    link: 'Pod network',
    message: ({node, bridge, ports, of, share}) => `${ports === of ? 'Ports' : `${ports} of ${of} ports`} of bridge ${bridge} on ${node} send no frame back where it came from (hairpin_mode 0): a pod there that asks its own Service and draws itself gets no answer (1 of ${Math.max(1, Math.round(1 / Math.max(share, 1e-6)))} connections)`,
    remedy: ({node, bridge}) => [`for p in /sys/class/net/${bridge}/brif/*; do echo 1 > $p/hairpin_mode; done   # on ${node}, for the pods that are there`, '# for new pods: "hairpinMode": true in the configuration of the CNI plug-in bridge (/etc/cni/net.d)'],
  },
  'interface-down': {
    title: 'The interface of the pod network is down',
    level: 'error',
    link: 'Pod network',
    message: ({node, device, state, pairs}) => `${device}, by which ${node} sends packets for other nodes' pods, is ${state}${lost(pairs)}`,
    remedy: ({node, device}) => [`ip link show dev ${device}   # on ${node}: NO-CARRIER is a matter of what it is plugged into`, `ip link set ${device} up`],
  },
  'neighbour-table-full': {
    title: "A node's table of neighbours is full",
    level: 'error',
    link: 'Pod network',
    message: ({node, entries, most}) => `${node} knows ${count(entries, 'neighbour')}, and may know ${most} (gc_thresh3): for a new pod or node another one has to be forgotten, or it is not found at all`,
    remedy: ({most}) => [`sysctl -w net.ipv4.neigh.default.gc_thresh3=${most * 4} net.ipv4.neigh.default.gc_thresh2=${most * 2}   # on the node`],
  },
};
