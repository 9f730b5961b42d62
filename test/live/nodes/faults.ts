import type {Broken} from '../break-each.ts';
import {calmly, configure, crash, daemonSet} from '../kube-proxy-off.ts';
import {iptables, kubeProxyPods, restartKubeProxy, serviceRules, signalKubeProxy} from '../node-rules.ts';
import {kubectl, onNode, patch, tryOnNode, until} from '../rig.ts';

const restart = (node: string) => async (): Promise<void> => { await restartKubeProxy(node); };

/** Every endpoint anew: no address is as it was. */
async function endpointsChange(): Promise<void> {
  await kubectl('rollout restart deploy/hostnames');
  await kubectl('rollout status deploy/hostnames --timeout=60s');
}

/** kube-proxy asks an API server where nobody is; the rules of the one before it stay. */
async function deadApiServer(node: string): Promise<void> {
  await configure(config => config.replace('server: https://172.30.0.10:6443', 'server: https://172.30.0.99:6443'));
  await kubectl(`-n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=${node}`);
  await until(`kube-proxy to run on ${node}`, 60, async () => ((await kubeProxyPods(node)).some(pod => pod.ready) ? true : null));
}

/** A rule of somebody else that jumps to the chain of an endpoint, which then goes away: kube-proxy cannot delete the chain. */
const held: Broken = {
  break: async () => {
    const {endpoints: [first]} = await serviceRules('node1');
    await onNode('node1', `${iptables} -t nat -N HOLD; ${iptables} -t nat -A HOLD -j ${first?.sep}`);
    await endpointsChange();
    await until('iptables-restore to fail', 60, async () => (/iptables_restore_failures_total\S* [1-9]/.test((await tryOnNode('node1', 'curl -s -m 3 http://127.0.0.1:10249/metrics')).stdout) ? true : null));
  },
  repair: async () => {
    await tryOnNode('node1', `${iptables} -t nat -F HOLD; ${iptables} -t nat -X HOLD`);
    await restartKubeProxy('node1');
  },
};

/** How each fault of test/replays/nodes-faults.ts is made, by its name. */
export const breaks: Readonly<Record<string, Broken>> = {
  'the API server of node2 is another one that is dead, and nothing has changed since': {break: () => deadApiServer('node2'), repair: restart('node2')},
  'the API server of node2 is another one that is dead, and Services change': {
    break: async () => {
      await deadApiServer('node2');
      await endpointsChange();
    },
    repair: restart('node2'),
  },
  'kube-proxy on node1 hangs while Services change': {
    break: async () => {
      await signalKubeProxy('node1', 'STOP');
      await endpointsChange();
    },
    repair: () => signalKubeProxy('node1', 'CONT'),
  },
  "kube-proxy's rules on node1 are refused, since another rule holds on to one of its chains": held,
  "the ConfigMap's mode changed without a restart": {break: () => configure(config => config.replace(/^mode: "(\w+)"/m, (_, mode) => `mode: "${mode === 'iptables' ? 'nftables' : 'iptables'}"`))},
  'clusterCIDR is of another cluster': {
    break: async () => {
      await configure(config => config.replace(/^clusterCIDR: .*$/m, 'clusterCIDR: 10.99.0.0/16'));
      for (const node of ['cp', 'node1', 'node2']) await restartKubeProxy(node);
    },
    repair: async () => { for (const node of ['cp', 'node1', 'node2']) await restartKubeProxy(node); },
  },
  'kube-proxy on node2 goes by another name': {
    break: async () => {
      await patch(daemonSet, calmly, {op: 'replace', path: '/spec/template/spec/containers/0/command/2', value: '--hostname-override=ghost'});
      await kubectl('-n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=node2');
      // it waits for a Node of that name for 30 s, and goes on without
      await until('kube-proxy to go on', 90, async () => ((await tryOnNode('node2', 'curl -sf -m 2 http://127.0.0.1:10249/configz')).stdout.includes('"hostnameOverride":"ghost"') ? true : null));
    },
    repair: restart('node2'),
  },
  // of the nodes here only the host may write it, as in containers on some kernels
  'kube-proxy on node2 may not set nf_conntrack_max': {
    break: async () => {
      await configure(config => config.replace(/maxPerCore: \S+/, 'maxPerCore: 1000000'));
      await crash('node2');
    },
    repair: restart('node2'),
  },
};
