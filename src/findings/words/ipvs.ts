import type {Words} from '../wording.ts';
import {inNamespace, list} from './phrases.ts';

type Own = 'ipvs-module-missing' | 'kube-proxy-mode-not-as-configured' | 'ipvs-address-not-bound' | 'ipvs-set-incomplete' | 'ipvs-destination-drained' | 'rules-left-over-from-mode';

/** In ipvs mode kube-proxy puts virtual servers, addresses and sets in order at each sync (syncPeriod, 30 s), and weights when it starts. */
const restart = (node: string): readonly string[] => [
  `kubectl delete pod -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName=${node}   # it comes back and writes everything anew`,
];

/** What takes away what a mode left: the device and the virtual servers, kube-proxy's chains, its nft tables. */
const sweep: Readonly<Record<string, readonly string[]>> = {
  ipvs: ['ipvsadm -C; ip link delete kube-ipvs0'],
  iptables: ['iptables-save -t nat | grep -E "^:KUBE-(SVC|SEP|EXT)-"   # chains that nothing jumps to do no harm; a reboot clears them'],
  nftables: ['nft delete table ip kube-proxy; nft delete table ip6 kube-proxy'],
};

export const ipvsWords: {readonly [C in Own]: Words<C>} = {
  'ipvs-module-missing': {
    title: 'The kernel has not what mode ipvs needs',
    level: 'error',
    link: 'kube-proxy',
    message: ({node, detail}) => `kube-proxy on ${node} is to run in mode ipvs and refuses to start, for want of kernel modules: ${detail}`,
    remedy: ({node}) => [
      `# on ${node}, now, and at each boot (one name a line in /etc/modules-load.d/ipvs.conf):`,
      'modprobe -a ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh nf_conntrack   # and ip_vs_NAME of the scheduler that is configured',
      ...restart(node),
    ],
  },
  'kube-proxy-mode-not-as-configured': {
    title: 'kube-proxy works in another mode than it is configured for',
    level: 'warning',
    link: 'kube-proxy',
    message: ({node, configured, running, lacksIpvs}) => `kube-proxy on ${node} is configured for mode ${configured}, and the rules that serve there are those of mode ${running}: it was not restarted since its configuration changed${lacksIpvs ? ', or, if it is an old release, fell back as the kernel has no ip_vs' : ''}`,
    remedy: ({node, running, lacksIpvs}) => [
      ...(lacksIpvs ? [`modprobe -a ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh   # on ${node}, first: a new release does not start without`] : []),
      ...restart(node),
      `# what mode ${running} wrote may stay behind; on ${node}, afterwards:`,
      ...(sweep[running] ?? []),
    ],
  },
  'ipvs-address-not-bound': {
    title: "The Service's address is not on kube-ipvs0",
    level: 'error',
    link: 'Node rules',
    message: ({node, service, addresses}) => `${node} has virtual servers for Service ${service}, but ${list(addresses)} is none of its addresses: packets from pods and from outside are routed away, and only ${node} itself gets through`,
    remedy: ({node}) => [...restart(node), `# on ${node}: does something else manage the device (NetworkManager, systemd-networkd)?`, 'ip addr show dev kube-ipvs0'],
  },
  'ipvs-set-incomplete': {
    title: "kube-proxy's ipset lacks the Service",
    level: 'error',
    link: 'Node rules',
    message: ({node, service, addresses, set}) => `On ${node} the ipset ${set} lacks ${list(addresses)} of Service ${service}: kube-proxy's rules do not take it for a Service's, refuse it to pods and do not masquerade it`,
    remedy: ({node, set}) => [...restart(node), `ipset list ${set}   # on ${node}`],
  },
  'ipvs-destination-drained': {
    title: 'ipvs sends nothing to a ready endpoint',
    level: 'error',
    link: 'Node rules',
    message: ({node, service, endpoints, all}) => all
      ? `On ${node} all destinations of Service ${service} have weight 0 (${list(endpoints)}), so new connections are refused though these endpoints are ready`
      : `On ${node} ipvs has weight 0 for ${list(endpoints)} of Service ${service}, which ${endpoints.length === 1 ? 'is ready and gets' : 'are ready and get'} no new connection`,
    remedy: ({node}) => [...restart(node)],
  },
  'rules-left-over-from-mode': {
    title: 'What another mode of kube-proxy left is still there',
    level: 'warning',
    link: 'Node rules',
    message: ({node, service, mode, left, takes}) => takes
      ? `On ${node}, which is in mode ${mode}, what kube-proxy left from mode ${list(left)} takes connections to Service ${service}`
      : `On ${node}, which is in mode ${mode}, kube-proxy left things from mode ${list(left)}; connections to Service ${service} do not meet them`,
    remedy: ({node, left, service}) => [`# on ${node}; or drain and reboot it:`, ...left.flatMap(mode => sweep[mode] ?? []), `kdiag svc ${inNamespace(service).trim().split(' ').reverse().slice(0, 1).join('')} -n ${service.split('/')[0]}`],
  },
};
