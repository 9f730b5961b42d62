import type {Broken} from '../break-each.ts';
import {configure, crash, deleted, type Off, offNode2BySelector, offNode2ByTaint} from '../kube-proxy-off.ts';
import {cleanRules} from '../node-rules.ts';
import {apply, kubectl, kubectlJson, onNode, tryOnNode, until} from '../rig.ts';
import {corednsCutOff} from '../coredns-cut-off.ts';
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
  await ruled(address, true);
}

/** kube-proxy writes at most once a second. */
async function ruled(address: string, wanted: boolean): Promise<void> {
  for (const node of ['cp', 'node1', 'node2']) {
    await until(`${address} ${wanted ? 'in' : 'out of'} the rules of ${node}`, 30, async () => {
      const {stdout} = await tryOnNode(node, 'iptables-save -t nat 2>/dev/null; nft list ruleset 2>/dev/null');
      return stdout.includes(address) === wanted ? true : null;
    });
  }
}

async function noLongerAt(address: string): Promise<void> {
  await kubectl('-n default delete endpointslice kubernetes-old');
  await ruled(address, false);
}

/** As flannel's agent does: it asks the API server once at its start, by the Service's address, and ends without an answer. */
const agentCutOff: Broken = {
  break: async () => {
    await offNode2ByTaint.off();
    await cleanRules('node2');
    await apply({
      apiVersion: 'v1', kind: 'Pod', metadata: {name: 'network-agent', namespace: 'kube-system', labels: {app: 'network-agent'}},
      spec: {
        nodeName: 'node2', hostNetwork: true, tolerations: [{operator: 'Exists'}], terminationGracePeriodSeconds: 0,
        containers: [{name: 'agent', image: 'docker.io/library/busybox:1.36', command: ['sh', '-c', `nc -w 3 10.96.0.1 443 </dev/null && exec sleep 3600
          echo 'E1122 00:00:00.000000       1 main.go:230] Failed to create SubnetManager: Get "https://10.96.0.1:443/api/v1/nodes/node2": dial tcp 10.96.0.1:443: i/o timeout'; exit 1`]}],
      },
    });
    await until('the agent to end', 60, async () => {
      const {status} = await kubectlJson<{status: {containerStatuses?: {restartCount: number}[]}}>('-n kube-system get pod network-agent');
      return (status.containerStatuses?.[0]?.restartCount ?? 0) > 0 ? true : null;
    });
  },
  repair: async () => {
    await kubectl('-n kube-system delete pod network-agent --grace-period=0 --force --ignore-not-found');
    await offNode2ByTaint.undo?.();
  },
};

const secondServer = '/etc/kubernetes/manifests/kube-apiserver-second.yaml';

/** A second one beside the first, at another port, that does not enter itself in the EndpointSlice. */
const noEndpoint: Broken = {
  break: async () => {
    await onNode('cp', `sed -e 's/^  name: kube-apiserver$/  name: kube-apiserver-second/' -e 's/6443/6444/g' -e 's/^    - --secure-port=6444$/&\\n    - --endpoint-reconciler-type=none/' /etc/kubernetes/manifests/kube-apiserver.yaml > /tmp/second.yaml; mv /tmp/second.yaml ${secondServer}`);
    await until('the second API server to be ready', 120, async () => {
      const {status} = await kubectlJson<{status: {containerStatuses?: {ready: boolean}[]}}>('-n kube-system get pod kube-apiserver-second-cp').catch(() => ({status: {containerStatuses: []}}));
      return status.containerStatuses?.[0]?.ready === true ? true : null;
    });
  },
  repair: async () => {
    await onNode('cp', `rm -f ${secondServer}`);
    await until('the second API server to go', 60, async () => ((await kubectl('-n kube-system get pod kube-apiserver-second-cp --ignore-not-found')) === '' ? true : null));
  },
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
  'a dead address in a second EndpointSlice': {break: () => alsoAt('172.30.0.99'), repair: () => noLongerAt('172.30.0.99')},
  'an address that every node has': {
    break: async () => {
      for (const node of ['cp', 'node1', 'node2']) await onNode(node, 'ip addr add 10.0.2.15/32 dev lo');
      await alsoAt('10.0.2.15');
    },
    repair: async () => {
      await noLongerAt('10.0.2.15');
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
  'an API server runs that is no endpoint': noEndpoint,
  'CoreDNS is where the address is dead': corednsCutOff,
  'a network plug-in is where the address is dead': agentCutOff,
};
