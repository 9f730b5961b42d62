import {flavour, kubectl, onNode, tryOnNode, until} from './rig.ts';

/** The part of a node's rules that belongs to one Service port, as kube-proxy wrote it. */
export interface ServiceRules {
  readonly vip: string;
  readonly svc: string;
  /** Jumps to the endpoints, in order; `rule` is the number that `iptables -R` and `-D` want. */
  readonly endpoints: readonly {readonly rule: number; readonly sep: string; readonly address: string}[];
}

/** `iptables` on a node is the flavour that kube-proxy uses there; -w waits for kube-proxy to let go of the lock. */
export const iptables = 'iptables -w 5';
export const otherFlavour = flavour === 'nft' ? 'legacy' : 'nft';
export const hostnames = 'default/hostnames:default';

export async function serviceRules(node: string, port = hostnames): Promise<ServiceRules> {
  const lines = (await onNode(node, `${iptables} -t nat -S`)).split('\n');
  const entry = lines.find(line => line.startsWith('-A KUBE-SERVICES') && line.includes(`"${port} cluster IP"`)) ?? '';
  const vip = / -d ([\d.]+)\/32/.exec(entry)?.[1] ?? '';
  const svc = / -j (KUBE-SVC-\S+)/.exec(entry)?.[1] ?? '';
  const chain = lines.filter(line => line.startsWith(`-A ${svc} `));
  const endpoints = chain.flatMap((line, index) => {
    const sep = / -j (KUBE-SEP-\S+)/.exec(line)?.[1];
    const dnat = lines.find(rule => rule.startsWith(`-A ${sep} `) && rule.includes(' -j DNAT '));
    return sep === undefined ? [] : [{rule: index + 1, sep, address: / --to-destination (\S+)/.exec(dnat ?? '')?.[1] ?? ''}];
  });
  if (svc === '' || endpoints.length === 0) throw new Error(`${node} has no rules for ${port}`);
  return {vip, svc, endpoints};
}

/** Nodes in mode ipvs have a DaemonSet of their own beside others. */
const anyKubeProxy = 'k8s-app in (kube-proxy,kube-proxy-ipvs)';

/** kube-proxy looks at single chains never, at all of them once an hour and when it starts. */
export async function restartKubeProxy(node: string): Promise<void> {
  await kubectl(`-n kube-system delete pod --field-selector spec.nodeName=${node} -l`, anyKubeProxy);
  await kubeProxySynced(node);
}

/** Its /healthz says 200 only after the first sync. */
export async function kubeProxySynced(node: string): Promise<void> {
  await until(`kube-proxy's first sync on ${node}`, 120, async () => {
    const pods = await kubeProxyPods(node);
    if (!pods.some(pod => pod.ready)) return null;
    const {code} = await tryOnNode(node, 'curl -sf -m 2 -o /dev/null http://127.0.0.1:10256/healthz');
    return code === 0 ? true : null;
  });
}

interface KubeProxyPod {
  readonly ready: boolean;
  /** It crashed more than once, or its image cannot be had. The kubelet says so as `waiting`, or for long as `terminated` only. */
  readonly failing: boolean;
}

export async function kubeProxyPods(node: string): Promise<readonly KubeProxyPod[]> {
  type Container = {ready?: boolean; restartCount?: number; state?: {waiting?: {reason?: string}; terminated?: object}};
  type Pods = {items: {metadata: {deletionTimestamp?: string}; status?: {containerStatuses?: Container[]}}[]};
  const {items} = JSON.parse(await kubectl(`-n kube-system get pods -o json --field-selector spec.nodeName=${node} -l`, anyKubeProxy)) as Pods;
  return items.filter(pod => pod.metadata.deletionTimestamp === undefined).map(({status}) => {
    const container = status?.containerStatuses?.[0];
    const crashed = (container?.restartCount ?? 0) > 1 && container?.state?.terminated !== undefined;
    return {ready: container?.ready ?? false, failing: crashed || (container?.state?.waiting?.reason ?? '').endsWith('BackOff')};
  });
}

/** Not one is left, not even one that is being deleted: until its kubelet says that it has ended it is a kube-proxy that does not run, and not one that is missing. */
export async function kubeProxyGone(node: string): Promise<void> {
  await until(`kube-proxy to leave ${node}`, 60, async () => ((await kubectl(`-n kube-system get pods -o name --field-selector spec.nodeName=${node} -l`, anyKubeProxy)).trim() === '' ? true : null));
}

/** As after a reboot on which kube-proxy did not come back: a kube-proxy that leaves does not take its rules along. */
export async function cleanRules(node: string): Promise<void> {
  await onNode(node, '/opt/kdiag/bin/kube-proxy --cleanup 2>&1 || true');
}

/** Stops (STOP) or continues (CONT) kube-proxy's process: alive to the kubelet, and dead to its rules. */
export async function signalKubeProxy(node: string, signal: 'STOP' | 'CONT'): Promise<void> {
  await onNode(node, `for p in /proc/[0-9]*; do [ "$(cat $p/comm 2>/dev/null)" != kube-proxy ] || kill -${signal} \${p#/proc/}; done`);
}
