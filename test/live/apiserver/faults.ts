import type {Broken} from '../break-each.ts';
import {configure, crash, deleted, type Off, offNode2BySelector, offNode2ByTaint} from '../kube-proxy-off.ts';
import {cleanRules} from '../node-rules.ts';
import {apply, kubectl, onNode, patch, pause, tryOnNode, until} from '../rig.ts';
import {restoreCertificate, serveCertificate, serviceNames, vipName} from './certificate.ts';

const off = ({off: away, undo = async () => {}}: Off, cleaned: boolean): Broken => ({
  break: async () => {
    await away();
    if (cleaned) await cleanRules('node2');
  },
  repair: undo,
});

/** A rule at the top of a chain, and its end. */
const rule = (node: string, text: string): Broken => ({
  break: () => onNode(node, `iptables -w 5 -I ${text}`).then(() => {}),
  repair: async () => { await tryOnNode(node, `iptables -w 5 -D ${text}`); },
});

const restartedOnNode1 = async (): Promise<void> => { await kubectl('-n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=node1'); };

/** An address beside the API server's own: it minds the slice `kubernetes` only (pkg/controlplane/reconcilers). */
async function alsoAt(address: string): Promise<void> {
  await apply({
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: {name: 'kubernetes-old', namespace: 'default', labels: {'kubernetes.io/service-name': 'kubernetes'}},
    addressType: 'IPv4', ports: [{name: 'https', port: 6443, protocol: 'TCP'}], endpoints: [{addresses: [address], conditions: {ready: true}}],
  });
  await ruled(address);
}

/** kube-proxy writes at most once a second. */
async function ruled(address: string): Promise<void> {
  for (const node of ['cp', 'node1', 'node2']) {
    await until(`${address} in the rules of ${node}`, 30, async () => {
      const {stdout} = await tryOnNode(node, 'iptables-save -t nat 2>/dev/null; nft list ruleset 2>/dev/null');
      return stdout.includes(address) ? true : null;
    });
  }
}

const noLongerAt = async (): Promise<void> => { await kubectl('-n default delete endpointslice kubernetes-old'); await pause(3_000); };

/** CoreDNS on a node where nothing translates the API server's address: it never gets ready. */
const corednsCutOff: Broken = {
  break: async () => {
    await offNode2BySelector.off();
    await cleanRules('node2');
    await patch('-n kube-system deploy coredns', {op: 'add', path: '/spec/template/spec/nodeSelector', value: {'kubernetes.io/hostname': 'node2'}}, {op: 'replace', path: '/spec/strategy', value: {type: 'Recreate'}});
    await until('CoreDNS to complain', 90, async () => {
      const {stdout} = await tryOnNode('node2', 'tail -n 100 /var/log/pods/kube-system_coredns-*/coredns/*.log');
      return /10\.96\.0\.1:443.*(timeout|refused)|waiting for Kubernetes API/.test(stdout) ? true : null;
    });
  },
  repair: offNode2BySelector.undo ?? (async () => {}),
};

/** How each fault of test/replays/apiserver-faults.ts is made, by its name. */
export const breaks: Readonly<Record<string, Broken>> = {
  'kube-proxy kept off node2 by a taint, its rules stay': off(offNode2ByTaint, false),
  'kube-proxy kept off node2 by a taint, its rules gone': off(offNode2ByTaint, true),
  'kube-proxy kept off node2 by a nodeSelector, its rules stay': off(offNode2BySelector, false),
  'kube-proxy kept off node2 by a nodeSelector, its rules gone': off(offNode2BySelector, true),
  "kube-proxy's DaemonSet deleted, its rules stay": off(deleted, false),
  "kube-proxy's DaemonSet deleted, its rules gone from node2": off(deleted, true),
  'kube-proxy on node2 crashes on its configuration, its rules gone': {
    break: async () => {
      await configure(config => config.replace('mode: "iptables"', 'mode: "bogus"'));
      await crash('node2');
      await cleanRules('node2');
    },
    repair: async () => { await kubectl('-n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=node2'); },
  },
  'a dead address in a second EndpointSlice': {break: () => alsoAt('172.30.0.99'), repair: noLongerAt},
  'an address that every node has': {
    break: async () => {
      for (const node of ['cp', 'node1', 'node2']) await onNode(node, 'ip addr add 10.0.2.15/32 dev lo');
      await alsoAt('10.0.2.15');
    },
    repair: async () => {
      await noLongerAt();
      for (const node of ['cp', 'node1', 'node2']) await tryOnNode(node, 'ip addr del 10.0.2.15/32 dev lo');
    },
  },
  "the address's rules gone on node1": {
    break: () => onNode('node1', 'iptables-save -t nat | grep -e "-A KUBE-SERVICES -d 10.96.0.1/32" | sed "s/^-A/-D/" | while read -r rule; do eval "iptables -w 5 -t nat $rule"; done').then(() => {}),
    repair: restartedOnNode1,
  },
  'a firewall on node1 refuses pods the API server': rule('node1', 'FORWARD -p tcp -d 172.30.0.10 --dport 6443 -j REJECT'),
  'a firewall on node1 drops what pods send to the API server': rule('node1', 'FORWARD -p tcp -d 172.30.0.10 --dport 6443 -j DROP'),
  // the kubelet asks the API server by its own address
  'a firewall on node1 drops what it sends by the address itself': rule('node1', 'OUTPUT -p tcp --dport 6443 -m conntrack --ctorigdst 10.96.0.1 -j DROP'),
  'a firewall on cp drops what comes from pods of node1': rule('cp', 'INPUT -p tcp --dport 6443 -s 10.244.1.0/24 -j DROP'),
  "the API server's certificate without the address": {break: () => serveCertificate(serviceNames), repair: restoreCertificate},
  "the API server's certificate without the name": {break: () => serveCertificate([vipName]), repair: restoreCertificate},
  'CoreDNS is where the address is dead': corednsCutOff,
};
