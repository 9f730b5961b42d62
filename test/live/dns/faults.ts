import {apply, kubectl, onNode, patch, until} from '../rig.ts';
import type {Broken} from '../break-each.ts';
import {corednsCutOff} from '../coredns-cut-off.ts';
import {clientPod, corefile, dnsPods, dnsReady, inPod, restartDns, stub, stubPort} from './dns-fault.ts';

const forward = (to: string) => (text: string): string => text.replace(/forward \. \S+/, `forward . ${to}`);
let endStub: (() => void) | undefined;

async function withStub(...settings: readonly string[]): Promise<void> {
  endStub = await stub(...settings);
  await corefile(forward(`172.30.0.1:${stubPort}`));
  await restartDns();
  await dnsReady();
}

async function crashing(): Promise<void> {
  await restartDns();
  await until('CoreDNS to crash', 60, async () => ((await dnsPods()).every(({status}) => (status.containerStatuses?.[0]?.restartCount ?? 0) > 0) ? true : null));
}

/** How each fault of test/replays/dns-faults.ts is made, by its name. */
export const breaks: Readonly<Record<string, Broken>> = {
  'CoreDNS scaled to 0': {
    break: async () => {
      await kubectl('-n kube-system scale deploy coredns --replicas=0');
      await until('the pods to go', 30, async () => ((await dnsPods()).length === 0 ? true : null));
    },
  },
  "CoreDNS is where the API server's address is dead": corednsCutOff,
  'one of two replicas drops packets': {
    break: async () => {
      const [pod] = await dnsPods();
      for (const protocol of ['udp', 'tcp']) await inPod(pod!.spec.nodeName, pod!.metadata.uid, `iptables -A INPUT -p ${protocol} --dport 53 -j DROP`);
    },
    repair: restartDns,
  },
  'one replica unready': {
    break: async () => {
      const [pod] = await dnsPods();
      await inPod(pod!.spec.nodeName, pod!.metadata.uid, 'iptables -A INPUT -p tcp --dport 8181 -j REJECT');
      await until('it to be unready', 60, async () => ((await dnsPods())[0]?.status.containerStatuses?.[0]?.ready === false ? true : null));
    },
    repair: restartDns,
  },
  'Corefile with an unknown directive': {
    break: async () => {
      await corefile(text => text.replace('    ready', '    redy'));
      await crashing();
    },
  },
  'CoreDNS forwards to itself': {
    break: async () => {
      await corefile(forward('127.0.0.1'));
      await crashing();
    },
  },
  'upstream dead': {
    break: async () => {
      await corefile(forward('172.30.0.99'));
      await restartDns();
      await dnsReady();
    },
  },
  'one of two upstreams dead': {
    break: async () => {
      await corefile(forward('172.30.0.1 172.30.0.99'));
      await restartDns();
      await dnsReady();
    },
  },
  'upstream slow': {
    break: () => withStub('slow=2000'),
  },
  'CoreDNS may not list EndpointSlices': {
    break: async () => {
      await kubectl('patch clusterrole system:coredns --type json -p', JSON.stringify([{op: 'replace', path: '/rules', value: [{apiGroups: [''], resources: ['services', 'pods', 'namespaces', 'endpoints'], verbs: ['list', 'watch']}]}]));
      await restartDns();
      await until('CoreDNS to be refused', 60, async () => ((await kubectl('-n kube-system logs -l k8s-app=kube-dns --tail=50')).includes('forbidden') ? true : null));
    },
  },
  "the DNS Service's selector wrong": {
    break: () => kubectl('-n kube-system patch svc kube-dns -p', JSON.stringify({spec: {selector: {'k8s-app': 'coredns'}}})).then(() => {}),
  },
  'UDP port removed': {
    break: () => patch('-n kube-system svc kube-dns', {op: 'remove', path: '/spec/ports/0'}).then(() => {}),
  },
  'TCP port removed': {
    break: () => patch('-n kube-system svc kube-dns', {op: 'remove', path: '/spec/ports/1'}).then(() => {}),
  },
  "the DNS address's rules gone on node1": {
    break: () => onNode('node1', 'iptables-save -t nat | grep -e "-A KUBE-SERVICES -d 10.96.0.10/32" | sed "s/^-A/-D/" | while read -r rule; do eval "iptables -t nat $rule"; done').then(() => {}),
    repair: async () => { await kubectl('-n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=node1'); },
  },
  'UDP to CoreDNS dropped by a firewall on node1': {
    break: () => onNode('node1', 'iptables -I FORWARD -p udp --dport 53 -j DROP').then(() => {}),
    repair: async () => { await onNode('node1', 'iptables -D FORWARD -p udp --dport 53 -j DROP'); },
  },
  'a connection of UDP is remembered to a pod that is gone': {
    break: () => onNode('node1', 'conntrack -I -p udp -s 10.244.1.77 -d 10.96.0.10 --sport 40053 --dport 53 --reply-src 10.244.2.250 --reply-dst 10.244.1.77 --reply-port-src 53 --reply-port-dst 40053 --timeout 600').then(() => {}),
    repair: async () => { await onNode('node1', 'conntrack -D -p udp --orig-dst 10.96.0.10 --reply-src 10.244.2.250'); },
  },
  'pod with a wrong nameserver': {
    break: () => clientPod({dnsPolicy: 'None', dnsConfig: {nameservers: ['10.96.0.99'], searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'], options: [{name: 'ndots', value: '5'}]}}),
  },
  'pod without search domains': {
    break: () => clientPod({dnsPolicy: 'None', dnsConfig: {nameservers: ['10.96.0.10']}}),
  },
  'pod with dnsPolicy Default': {
    break: () => clientPod({dnsPolicy: 'Default'}),
  },
  'pod on the host network with ClusterFirst': {
    break: () => clientPod({hostNetwork: true}),
  },
  'search list too long': {
    break: () => clientPod({dnsConfig: {searches: Array.from({length: 31}, (_, i) => `s${i}.example.org`)}}),
  },
  'CoreDNS serves another cluster domain': {
    break: async () => {
      await corefile(text => text.replace('kubernetes cluster.local', 'kubernetes other.local'));
      await restartDns();
      await dnsReady();
    },
  },
  'a search domain that answers everything': {
    break: async () => {
      await withStub('wildcard=wild.example');
      await clientPod({dnsConfig: {searches: ['wild.example']}});
    },
  },
  'ndots makes a lookup dear': {
    break: () => clientPod({}),
  },
  'a name of another namespace': {
    break: async () => {
      await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'dns-other'}});
      await until('its ServiceAccount', 30, async () => kubectl('-n dns-other get sa default').then(() => true, () => null));
      await clientPod({}, {namespace: 'dns-other'});
    },
    repair: async () => { await kubectl('delete namespace dns-other --wait=false'); },
  },
  'a headless Service without ready pods': {
    break: async () => {
      await clientPod({});
      await apply({apiVersion: 'v1', kind: 'Service', metadata: {name: 'nobody', namespace: 'default'}, spec: {clusterIP: 'None', selector: {app: 'nobody'}, ports: [{port: 80}]}});
    },
    repair: async () => { await kubectl('delete svc nobody'); },
  },
  'an ExternalName that does not exist': {
    break: async () => {
      await clientPod({});
      await apply({apiVersion: 'v1', kind: 'Service', metadata: {name: 'elsewhere', namespace: 'default'}, spec: {type: 'ExternalName', externalName: 'nobody.example.com'}});
    },
    repair: async () => { await kubectl('delete svc elsewhere'); },
  },
  "a node's own cache is bound and dead": {
    break: async () => {
      await onNode('node1', 'ip link add nodelocaldns type bridge; ip addr add 169.254.20.10/32 dev nodelocaldns; ip link set nodelocaldns up');
      await clientPod({dnsPolicy: 'None', dnsConfig: {nameservers: ['169.254.20.10'], searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'], options: [{name: 'ndots', value: '5'}]}});
    },
    repair: async () => { await onNode('node1', 'ip link del nodelocaldns'); },
  },
  "the route to node2's pods gone on node1": {
    break: () => onNode('node1', 'ip route del 10.244.2.0/24').then(() => {}),
    repair: async () => { await onNode('node1', 'ip route add 10.244.2.0/24 via 172.30.0.12'); },
  },
  'answers between pods of one node do not pass its rules': {
    break: async () => { for (const node of ['node1', 'node2']) await onNode(node, 'sysctl -qw net.bridge.bridge-nf-call-iptables=0'); },
    repair: async () => { for (const node of ['node1', 'node2']) await onNode(node, 'sysctl -qw net.bridge.bridge-nf-call-iptables=1'); },
  },
  'a pod whose own firewall drops UDP to port 53': {
    break: async () => {
      await clientPod({});
      await inPod('node1', await kubectl('get pod dns-test -o jsonpath={.metadata.uid}'), 'iptables -A OUTPUT -p udp --dport 53 -j DROP');
    },
  },
  'the DNS Service sends to a port where CoreDNS does not listen': {
    break: () => patch('-n kube-system svc kube-dns', {op: 'replace', path: '/spec/ports/0/targetPort', value: 5353}, {op: 'replace', path: '/spec/ports/1/targetPort', value: 5353}).then(() => {}),
  },
  'a NetworkPolicy keeps a pod from asking': {
    break: async () => {
      await clientPod({});
      await apply({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {name: 'deny', namespace: 'default'}, spec: {podSelector: {matchLabels: {app: 'dns-test'}}, policyTypes: ['Egress']}});
      // the rig's network plug-in heeds no policies: this is what one that does makes of it
      const uid = await kubectl('get pod dns-test -o jsonpath={.metadata.uid}');
      await inPod('node1', uid, 'iptables -P OUTPUT DROP');
    },
    repair: async () => { await kubectl('delete networkpolicy deny'); },
  },
};


export function endStubs(): void {
  endStub?.();
  endStub = undefined;
}
