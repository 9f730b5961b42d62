import type {Words} from '../wording.ts';
import {inNamespace, list, percent} from './phrases.ts';

type Own =
  | 'rules-never-synced' | 'rules-hook-missing' | 'rules-missing-service' | 'rules-jump-missing' | 'rules-missing-endpoint'
  | 'rules-stale-endpoint' | 'rules-wrong-balance' | 'rules-reject-despite-endpoints' | 'rules-in-both-backends'
  | 'rules-missing-masquerade' | 'rules-masquerade-differs' | 'rules-foreign-drop' | 'forward-policy-drop' | 'load-balancer-source-ranges-exclude-client';

/** A kube-proxy that starts writes everything anew; one that runs mends such damage at the next full sync only, hourly. */
const restart = (node: string): readonly string[] => [
  `kubectl delete pod -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName=${node}   # it comes back and writes all rules anew`,
];

/** `Service a`, `Services a and b`. */
function of(services: readonly string[]): string {
  return `Service${services.length === 1 ? '' : 's'} ${list(services)}`;
}

/** Pods and outsiders come in by PREROUTING, the node's own processes by OUTPUT; nft's chains have these names in them too. */
function whom(hooks: readonly string[]): string {
  if (hooks.every(hook => /output/i.test(hook))) return 'for processes of the node itself, and pods on its network';
  return hooks.every(hook => /prerouting/i.test(hook)) ? 'for its pods, and from outside' : 'there';
}

function senders(node: string, clients: readonly ('pod' | 'host' | 'outside')[]): string {
  return list(clients.map(client => ({pod: 'from its pods', host: `from ${node} itself`, outside: 'from outside'})[client]));
}

export const ruleWords: {readonly [C in Own]: Words<C>} = {
  'rules-never-synced': {
    title: 'The node has no Service rules at all',
    level: 'error',
    link: 'Node rules',
    message: ({node, services}) => `${node} has no rules for any Service, so connections from there to ${of(services)} are not translated and time out`,
    remedy: ({node}) => [...restart(node), `kubectl logs -n kube-system -l k8s-app=kube-proxy --tail=50`],
  },
  'rules-hook-missing': {
    title: "Packets do not reach kube-proxy's chains",
    level: 'error',
    link: 'Node rules',
    message: ({node, hooks, bypassed}) => bypassed
      ? `On ${node} another rule takes packets out of ${list(hooks)} before they reach kube-proxy's rules`
      : `On ${node} the jump from ${list(hooks)} to kube-proxy's rules is gone, so packets pass them by and every Service fails ${whom(hooks)}`,
    // kube-proxy puts its jump in front only when it is not there: a rule that somebody put before it stays there.
    remedy: ({node, bypassed}) => bypassed ? [`# on ${node}: which rule stands before kube-proxy's, and who wrote it?`, 'iptables-save -t nat | grep -E "^-A (PREROUTING|OUTPUT) "   # in nftables mode: nft -a list ruleset'] : restart(node),
  },
  'rules-missing-service': {
    title: 'The node has rules for other Services, and none for this one',
    level: 'error',
    link: 'Node rules',
    message: ({node, services, addresses}) => `${node} has no rule for ${of(services)} (${list(addresses)}), though it has rules for others`,
    remedy: ({node}) => restart(node),
  },
  'rules-jump-missing': {
    title: "Nothing leads to the Service's chain",
    level: 'error',
    link: 'Node rules',
    message: ({node, services, addresses, chain}) => `On ${node} the chain ${chain} of ${of(services)} is there, but no rule sends ${list(addresses)} to it`,
    remedy: ({node}) => restart(node),
  },
  'rules-missing-endpoint': {
    title: "The node's rules lack endpoints",
    level: 'error',
    link: 'Node rules',
    message: ({node, services, endpoints, chain, all}) => all
      ? `On ${node} the rules of ${of(services)} lead to none of its endpoints: ${chain ?? 'its chain'} holds no way to ${list(endpoints)}`
      : `On ${node} the rules of ${of(services)} lack ${list(endpoints)}, which ${endpoints.length === 1 ? 'is' : 'are'} ready`,
    remedy: ({node}) => restart(node),
  },
  'rules-stale-endpoint': {
    title: "The node's rules send connections to addresses that are no endpoints",
    level: 'error',
    link: 'Node rules',
    message: ({node, services, endpoints, share}) => `${node} sends ${share === 0 ? 'clients that have been there before (session affinity)' : `${percent(share)} of the connections`} to ${of(services)} to ${list(endpoints)}, which ${endpoints.length === 1 ? 'is no ready endpoint' : 'are no ready endpoints'} of it`,
    remedy: ({node}) => restart(node),
  },
  'rules-wrong-balance': {
    title: 'The node does not share connections evenly',
    level: 'warning',
    link: 'Node rules',
    message: ({node, services, starved, lost, shares}) => lost > 0
      ? `${node} lets ${percent(lost)} of the connections to ${of(services)} through untranslated: its chain ends before every connection has got an endpoint`
      : starved.length > 0
      ? `${node} never sends a connection for ${of(services)} to ${list(starved)}`
      : `${node} shares connections to ${of(services)} unevenly: ${list(Object.entries(shares).map(([to, share]) => `${to} gets ${percent(share)}`), 5)}`,
    remedy: ({node}) => restart(node),
  },
  'rules-reject-despite-endpoints': {
    title: 'The node refuses a Service that has endpoints',
    level: 'error',
    link: 'Node rules',
    message: ({node, services}) => `${node} still has the rule that refuses ${of(services)} for want of endpoints, though it has some`,
    remedy: ({node}) => restart(node),
  },
  'rules-missing-masquerade': {
    title: 'The node does not masquerade, so answers go astray',
    level: 'error',
    link: 'Node rules',
    message: ({node, services, outside, itself, host, reason}) => [
      outside === null ? null : `${node} sends ${percent(outside.share)} of the connections from outside to ${of(services)} to ${list(outside.endpoints)} on other nodes, under the client's own address, so the answers pass ${node} by`,
      itself === null ? null : `A pod of ${node} that draws itself behind ${of(services)} (${percent(itself.share)} of its connections) gets them from its own address and drops them`,
      host === null ? null : `${node} itself asks ${of(services)} under the VIP, which it has as an address of its own: ${percent(host.share)} of its connections, those to ${list(host.endpoints)} on other nodes, get no answer`,
      reason === 'marked' ? "the packets carry kube-proxy's mark, and nothing in POSTROUTING masquerades them" : 'no rule marks them to be masqueraded',
    ].filter(part => part !== null).join('; '),
    remedy: ({node}) => restart(node),
  },
  'rules-masquerade-differs': {
    title: 'Endpoints see another sender than kube-proxy means them to see',
    level: 'warning',
    link: 'Node rules',
    message: ({node, services, how, clients, endpoints}) => how === 'kept'
      ? `${node} leaves their own address on connections ${senders(node, clients)} to ${of(services)}, where kube-proxy puts the node's: ${list(endpoints)} must find the way back to it by themselves`
      : `${node} puts its own address on connections ${senders(node, clients)} to ${of(services)}, so ${list(endpoints)} and NetworkPolicies there do not see who connects`,
    remedy: ({node}) => restart(node),
  },
  'rules-in-both-backends': {
    title: 'Both iptables backends hold rules for the Service',
    level: 'error',
    link: 'Node rules',
    message: ({node, services, harmful}) => `On ${node} both iptables-nft and iptables-legacy translate ${of(services)}${harmful ? ', to different endpoints: whichever was registered last decides' : ''}`,
    remedy: ({node}) => [
      `# on ${node}: find out which backend kube-proxy writes (the one with KUBE-PROXY-CANARY that is renewed), and clean the other one:`,
      'iptables-legacy-save | grep -c KUBE-; iptables-nft-save | grep -c KUBE-',
      `# or cordon, drain and reboot ${node}: rules that nobody writes do not come back`,
    ],
  },
  'rules-foreign-drop': {
    title: 'A rule that kube-proxy did not write stops the traffic',
    level: 'error',
    link: 'Node rules',
    message: ({node, services, share, with: how, rule}) => `On ${node} a rule that kube-proxy did not write ${how === 'drop' ? 'drops' : 'rejects'} ${percent(share)} of the connections to ${of(services)}: ${rule}`,
    remedy: ({node, rule, table, chain}) => [
      `# on ${node}, after you know who wrote it (firewalld, ufw, a security agent, a CNI plug-in):`,
      ...(table.includes(' ') ? [`nft -a list chain ${table} ${chain}`, `nft delete rule ${table} ${chain} handle NUMBER`] : [`iptables -t ${table} ${rule.replace(/^-A /, '-D ')}`]),
    ],
  },
  'forward-policy-drop': {
    title: "The node's FORWARD policy drops the traffic",
    level: 'error',
    link: 'Node rules',
    message: ({node, services, share}) => `On ${node} ${percent(share)} of the connections to ${of(services)} fall through the FORWARD chain, whose policy is DROP`,
    remedy: ({node}) => [`# on ${node}; and find out who sets the policy (Docker, ufw):`, 'iptables -P FORWARD ACCEPT'],
  },
  'load-balancer-source-ranges-exclude-client': {
    title: "The node's rules shut out clients that loadBalancerSourceRanges lets in",
    level: 'error',
    link: 'Node rules',
    message: ({node, services}) => `${node} drops connections to the load balancer's address of ${of(services)} from a client that its loadBalancerSourceRanges should let in`,
    remedy: ({service, node}) => [...restart(node), `kubectl get service ${inNamespace(service)} -o jsonpath='{.spec.loadBalancerSourceRanges}'   # what should be let in`],
  },
};
