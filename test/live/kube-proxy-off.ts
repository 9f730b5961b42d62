import {kubeProxyGone, kubeProxyPods} from './node-rules.ts';
import {kubectl, kubectlJson, patch, until} from './rig.ts';

/** Ways to rid a node of kube-proxy. Its DaemonSet and its ConfigMap are put back by the harness; what else was changed is what `undo` is for. */
export interface Off {
  readonly off: () => Promise<void>;
  readonly undo?: () => Promise<void>;
}

export const daemonSet = '-n kube-system ds kube-proxy';
/** OnDelete: nothing but what the fault is about moves. */
export const calmly = {op: 'replace', path: '/spec/updateStrategy', value: {type: 'OnDelete'}} as const;
const notOnNode2 = {
  nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: 'kubernetes.io/hostname', operator: 'NotIn', values: ['node2']}]}]}},
};

export const offNode2ByAffinity: Off = {
  off: async () => {
    await patch(daemonSet, calmly, {op: 'add', path: '/spec/template/spec/affinity', value: notOnNode2});
    await kubeProxyGone('node2');
  },
};

export const offNode2BySelector: Off = {
  off: async () => {
    await kubectl('label node cp node1 kdiag.example/proxied=yes');
    await patch(daemonSet, calmly, {op: 'add', path: '/spec/template/spec/nodeSelector/kdiag.example~1proxied', value: 'yes'});
    await kubeProxyGone('node2');
  },
  undo: async () => { await kubectl('label node cp node1 kdiag.example/proxied-'); },
};

export const offNode2ByTaint: Off = {
  off: async () => {
    await patch(daemonSet, calmly, {op: 'replace', path: '/spec/template/spec/tolerations', value: [{key: 'node-role.kubernetes.io/control-plane', operator: 'Exists'}]});
    await kubectl('taint node node2 dedicated=gpu:NoSchedule');
    await kubectl('-n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=node2');
    await kubeProxyGone('node2');
  },
  undo: async () => { await kubectl('taint node node2 dedicated-'); },
};

/** On every node. */
export const deleted: Off = {
  off: async () => {
    await kubectl('-n kube-system delete ds kube-proxy');
    for (const node of ['cp', 'node1', 'node2']) await kubeProxyGone(node);
  },
};

/** Changes kube-proxy's ConfigMap; only a kube-proxy that starts afterwards reads it. */
export async function configure(change: (config: string) => string): Promise<void> {
  const {data} = await kubectlJson<{data: Record<string, string>}>('-n kube-system get cm kube-proxy');
  const changed = Object.fromEntries(Object.entries(data).map(([file, text]) => [file, change(text)]));
  if (JSON.stringify(changed) === JSON.stringify(data)) throw new Error("kube-proxy's configuration has not what was to be changed");
  await kubectl('-n kube-system patch cm kube-proxy --type merge -p', JSON.stringify({data: changed}));
}

/** Restarts a kube-proxy that cannot start, and waits until the kubelet gives up for a while. */
export async function crash(node: string): Promise<void> {
  await kubectl(`-n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=${node}`);
  await until(`kube-proxy to fail on ${node}`, 90, async () => {
    const [pod] = await kubeProxyPods(node);
    return pod?.failing ? true : null;
  });
}
