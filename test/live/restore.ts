import {must, kubectl, kubectlJson, root, run, until} from './rig.ts';
import {kubeProxySynced} from './node-rules.ts';
import {join} from 'node:path';

interface Restorable {
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly namespace: string; readonly labels?: object; readonly annotations?: object};
  readonly spec?: object;
  readonly data?: object;
  /** Of a ClusterRole. */
  readonly rules?: object;
}

const whatFaultsChange = ['-n default get deploy hostnames', '-n default get svc hostnames', '-n kube-system get ds kube-proxy', '-n kube-system get cm kube-proxy'];

/** The objects that faults change, as they are before. */
export function remember(what: readonly string[] = whatFaultsChange): Promise<readonly Restorable[]> {
  return Promise.all(what.map(async query => kubectlJson<Restorable>(query)));
}

/** Puts back what differs, also what was deleted. */
export async function putBack(objects: readonly Restorable[], what: readonly string[] = whatFaultsChange): Promise<void> {
  const now = await Promise.all(what.map(query => kubectlJson<Restorable>(query).catch(() => null)));
  for (const [index, before] of objects.entries()) {
    const current = now[index];
    if (current !== null && current !== undefined && same(before, current)) continue;
    const {metadata: {name, namespace, labels, annotations}} = before;
    // without uid and resourceVersion: it may have been deleted since, and surely was changed
    const object = {...before, metadata: {name, namespace, labels, annotations}, status: undefined};
    await must(join(root, 'test/cluster/cluster'), ['kubectl', current === null ? 'create' : 'replace', '-f', '-'], JSON.stringify(object));
  }
}

/** Deployments and DaemonSets rolled out, nothing of theirs still leaving, every kube-proxy synced. */
export async function settled(): Promise<void> {
  await kubectl('-n kube-system rollout status ds/kube-proxy --timeout=90s').catch((error: unknown) => {
    // `status` refuses OnDelete, which is put back by now, unless kubectl asked too early
    if (!/RollingUpdate/.test(String(error))) throw error;
  });
  await kubectl('rollout status deploy/hostnames --timeout=90s');
  await until('old pods to leave', 60, async () => {
    const {stdout} = await run(join(root, 'test/cluster/cluster'), ['kubectl', 'get', 'pods', '-A', '-l', 'app in (hostnames)', '-o', 'jsonpath={.items[*].metadata.deletionTimestamp}']);
    return stdout.trim() === '' ? true : null;
  });
  await Promise.all(['cp', 'node1', 'node2'].map(kubeProxySynced));
}

function same(a: Restorable, b: Restorable): boolean {
  return JSON.stringify([a.spec, a.data, a.rules]) === JSON.stringify([b.spec, b.data, b.rules]);
}
