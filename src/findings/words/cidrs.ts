import type {Words} from '../wording.ts';
import {list} from './phrases.ts';

type Own = 'node-internal-ip-not-local' | 'pod-cidr-overlap' | 'service-cidr-overlap' | 'cidr-not-private' | 'pod-cidr-not-assigned' | 'pod-ip-outside-node-cidr';

export const cidrWords: {readonly [C in Own]: Words<C>} = {
  'node-internal-ip-not-local': {
    title: "A Node's InternalIP is not its own",
    level: 'error',
    link: 'Pod network',
    message: ({reason, address, nodes, has}) => ({
      shared: `${list(nodes)} all have the InternalIP ${address}: nothing that is sent to one of them finds it, nor its pods (a NAT network gives every machine the same address)`,
      'not-local': `${nodes[0]} has no address ${address}, its InternalIP; it has ${list(has, 4)}`,
      loopback: `${nodes[0]} has the InternalIP ${address}, which no other machine can reach`,
    })[reason],
    remedy: ({nodes}) => ['kubectl get nodes -o wide', `# on ${list(nodes)}: --node-ip=ADDRESS among the kubelet's flags (KUBELET_EXTRA_ARGS in /etc/default/kubelet), the address of the interface that the nodes share`, 'systemctl restart kubelet   # there'],
  },
  'pod-cidr-overlap': {
    title: 'The addresses of pods overlap with others',
    level: 'error',
    link: 'Pod network',
    message: ({reason, cidr, other, nodes, passes}) => `${{
      nodes: `The podCIDRs ${cidr} and ${other} of ${list(nodes)} overlap: two pods may have the same address, and routes to one node take what is for the other`,
      'node-address': `${other}, an address of node ${list(nodes)}, is within the podCIDR ${cidr}: packets for the node are taken for packets for pods`,
      'node-network': `The podCIDR ${cidr} overlaps with the network ${other}, on which ${list(nodes)} ${nodes.length === 1 ? 'is' : 'are'}: pods do not reach what is there, or nodes do not reach the pods`,
    }[reason]}${passes ? '; what kdiag tried passes all the same' : ''}`,
    remedy: () => ['kubectl get nodes -o custom-columns=NAME:.metadata.name,PODCIDR:.spec.podCIDR,ADDRESS:.status.addresses[0].address', '# choose a pod network that nothing else uses (kubeadm init --pod-network-cidr, the network plug-in\'s own setting); podCIDRs of Nodes cannot be changed: nodes have to join anew'],
  },
  'service-cidr-overlap': {
    title: 'The addresses of Services overlap with others',
    level: 'warning',
    link: 'Pod network',
    message: ({cidr, other, what, nodes}) => `${cidr}, the address of a Service, is within ${other}, ${{pods: `the podCIDR of ${list(nodes)}`, 'node-network': `a network on which ${list(nodes)} ${nodes.length === 1 ? 'is' : 'are'}`}[what]}: what has the address of a Service there cannot be reached`,
    remedy: () => ['kubectl get servicecidrs', '# --service-cluster-ip-range of the API server, of addresses that nothing else has'],
  },
  'cidr-not-private': {
    title: 'The cluster uses public addresses',
    level: 'warning',
    link: 'Pod network',
    message: ({what, cidrs}) => `${what === 'pods' ? 'Pods have' : 'Services have'} addresses of ${list(cidrs)}, which is public address space: the machines on the internet that own them cannot be reached from here, and packets that no rule translates go there`,
    remedy: () => ['# use private addresses (RFC 1918, RFC 6598, RFC 4193): 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, fd00::/8'],
  },
  'pod-cidr-not-assigned': {
    title: 'A node has no addresses for pods',
    level: 'warning',
    link: 'Pod network',
    message: ({nodes}) => `${list(nodes)} ${nodes.length === 1 ? 'has' : 'have'} no podCIDR, while the other nodes have one: no network plug-in that uses it can run pods there, and no route leads to them`,
    remedy: () => ['kubectl get nodes -o custom-columns=NAME:.metadata.name,PODCIDR:.spec.podCIDR', '# the controller manager gives them: --allocate-node-cidrs=true and a --cluster-cidr that is large enough', 'kubectl get events -A --field-selector reason=CIDRNotAvailable'],
  },
  'pod-ip-outside-node-cidr': {
    title: "Pods have addresses that are not of their node's podCIDR",
    level: 'error',
    link: 'Pod network',
    message: ({pods, cidrs}) => `${list(pods.map(({pod, address, node}) => `${pod} (${address}, on ${node})`))} ${pods.length === 1 ? 'has an address' : 'have addresses'} outside of ${list(cidrs)}, unlike the other pods there: other nodes have no route to ${pods.length === 1 ? 'it' : 'them'}`,
    remedy: ({pods}) => [...pods.slice(0, 3).map(({pod}) => `kubectl delete pod -n ${pod.split('/')[0]} ${pod.split('/')[1]}   # a new one gets an address of the node's podCIDR`), '# if new ones do not: look at /etc/cni/net.d on the node'],
  },
};
