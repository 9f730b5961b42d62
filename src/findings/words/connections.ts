import type {ArgsOf} from '../codes.ts';
import type {Words} from '../wording.ts';
import {count, inNamespace, list, percent} from './phrases.ts';

type Own = 'network-policy-denies' | 'conntrack-entry-stale' | 'conntrack-table-full';
type Denied = ArgsOf['network-policy-denies'];

const depends: Readonly<Record<Exclude<Denied['reason'], 'denied'>, string>> = {
  'block-of-pod': 'only by an ipBlock, which some network plug-ins do not match with the addresses of pods (Cilium)',
  'selector-of-host-network': "only by labels of pods in their node's network, which most network plug-ins do not know",
  'namespace-unknown': 'only by labels of a namespace that could not be read',
  'not-understood': 'only by something that kdiag does not understand',
};

const lacks: Readonly<Record<'protocol' | 'port' | 'peer', string>> = {protocol: 'has another protocol', port: 'has another port', peer: 'has other peers'};

/** The rule to add: no policy of its own, as that would close the pods that none selects yet. */
function mend({of, direction, policies, hasRules, peer, servers, port, ports: own}: Denied): string {
  const to = peer === null ? servers.map(address => ({ipBlock: {cidr: `${address}/${address.includes(':') ? 128 : 32}`}})) : [{namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': peer.namespace}}, podSelector: {matchLabels: peer.labels}}];
  const ports = of === 'dns' ? ['UDP', 'TCP'].map(protocol => ({protocol, port})) : own.map(each => ({protocol: each.protocol, port: each.port}));
  const rule = direction === 'egress' ? {to, ports} : {from: [{namespaceSelector: {}}], ports};
  const path = `/spec/${direction}`;
  return `kubectl patch networkpolicy ${inNamespace(policies[0] ?? '')} --type json -p '${JSON.stringify([hasRules ? {op: 'add', path: `${path}/-`, value: rule} : {op: 'add', path, value: [rule]}])}'`;
}

export const connectionWords: {readonly [C in Own]: Words<C>} = {
  'network-policy-denies': {
    title: 'A NetworkPolicy keeps clients out',
    level: 'error',
    link: 'Network policy',
    message: ({of, reason, direction, policies, clients, servers, protocols, port, ports, nearest, seen}) => {
      const who = policies.length === 1 ? `NetworkPolicy ${policies[0]}` : `NetworkPolicies ${list(policies)}`;
      const what = direction === 'egress' ? `${list(clients)} to send to ${list(servers)}` : `${list(servers)} to be asked by ${clients.length === 0 ? 'anybody' : list(clients)}`;
      const how = ports.every(each => each.port === port) ? `, port ${port} over ${list(protocols)}` : `, ports ${list(ports.map(each => `${each.port}/${each.protocol}`))}`;
      const near = nearest === null ? '' : `; rule ${nearest.rule + 1} of ${nearest.policy} comes nearest and ${lacks[nearest.lacks]}`;
      const verb = policies.length === 1 ? 'allows' : 'allow';
      return `${reason === 'denied' ? `${who} ${policies.length === 1 ? 'does' : 'do'} not allow ${what}${how}${near}` : `${who} ${verb} ${what}${how}, ${depends[reason]}`}${{lost: `, and such ${of === 'dns' ? 'queries' : 'connections'} get lost`, 'not-asked': of === 'dns' ? ' (not tried)' : ' (this is evaluated, not measured)', passes: '; connections pass all the same: nothing here enforces it yet'}[seen]}`;
    },
    remedy: args => [mend(args), `kubectl describe networkpolicy ${inNamespace(args.policies[0] ?? '')}`],
  },
  'conntrack-entry-stale': {
    title: 'Connection tracking leads DNS to where nothing answers',
    level: 'error',
    link: 'Connection tracking',
    message: ({reason, node, address, port, leadsTo, clients, entries, tables}) => reason === 'stale'
      ? `${node} still sends ${count(entries, 'flow')} to ${address} port ${port}/UDP on to ${list(leadsTo)}, which ${leadsTo.length === 1 ? 'is no endpoint' : 'are no endpoints'} any more (${list(tables)}): ${list(clients)} ${clients.length === 1 ? 'waits' : 'wait'} there for as long as the same port sends`
      : `${node} has ${count(entries, 'flow')} to ${address} port ${port}/UDP that ${entries === 1 ? 'was' : 'were'} never translated: ${list(clients)} began to send before the Service's rules were there, and no rule is asked again for as long as the same port sends`,
    remedy: ({reason, node, address, port, leadsTo, tables}) => {
      const family = address.includes(':') ? '-f ipv6 ' : '';
      const of = reason === 'stale' ? leadsTo.map(each => ` --reply-src ${each}`) : [` --reply-src ${address}`];
      return [
        `# on ${node}:`,
        ...of.map(reply => `conntrack -D ${family}-p udp --orig-dst ${address} --orig-port-dst ${port}${reply}`),
        ...(tables.includes('ip_vs') ? ['sysctl -w net.ipv4.vs.expire_nodest_conn=1   # ip_vs then forgets a flow whose destination is gone'] : []),
        `# where there is no conntrack tool, a kube-proxy that starts anew clears such entries:`,
        `kubectl delete pod -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName=${node}`,
      ];
    },
  },
  'conntrack-table-full': {
    title: "The node's connection tracking table is full",
    level: 'error',
    link: 'Connection tracking',
    message: ({node, count, most}) => `${node} tracks ${count} of ${most} connections (${percent(count / most)}): packets of new ones, DNS queries among them, are dropped when the table is full`,
    remedy: ({node, most}) => [`# on ${node}:`, `sysctl -w net.netfilter.nf_conntrack_max=${most * 2}`, '# so that it stays: conntrack.maxPerCore or conntrack.min in the ConfigMap kube-system/kube-proxy; then find who opens so many:', "conntrack -L 2>/dev/null | sed 's/.*src=\\([^ ]*\\) dst=.* src=.*/\\1/' | sort | uniq -c | sort -rn | head"],
  },
};
