import {kubectl, kubectlJson, must, onNode, pause, rigName, root, run, until} from '../rig.ts';
import {spawn} from 'node:child_process';
import {join} from 'node:path';

export const stubPort = 5454;

export async function corefile(change: (text: string) => string): Promise<void> {
  const {data} = await kubectlJson<{data: {Corefile: string}}>('-n kube-system get cm coredns');
  const changed = change(data.Corefile);
  if (changed === data.Corefile) throw new Error('the Corefile was not changed');
  await kubectl('-n kube-system patch cm coredns --type merge -p', JSON.stringify({data: {Corefile: changed}}));
}

interface PodList { readonly items: readonly {readonly metadata: {readonly name: string; readonly uid: string; readonly deletionTimestamp?: string}; readonly spec: {readonly nodeName: string}; readonly status: {readonly podIP?: string; readonly containerStatuses?: readonly {readonly ready: boolean; readonly restartCount: number; readonly state: object}[]}}[] }

export async function dnsPods(): Promise<PodList['items']> {
  const {items} = await kubectlJson<PodList>('-n kube-system get pods -l k8s-app=kube-dns');
  return items.filter(({metadata}) => metadata.deletionTimestamp === undefined).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** All at once: a rollout would keep the old ones while new ones do not get ready. */
export async function restartDns(): Promise<void> {
  await kubectl('-n kube-system delete pods -l k8s-app=kube-dns --wait=true --grace-period=1');
}

export async function dnsReady(): Promise<void> {
  await kubectl('-n kube-system rollout status deploy/coredns --timeout=120s');
  await until('CoreDNS pods to be two and ready', 60, async () => {
    const pods = await dnsPods();
    return pods.length === 2 && pods.every(({status}) => status.containerStatuses?.[0]?.ready === true) ? true : null;
  });
}

/** A command in a pod's network, through its node. */
export async function inPod(node: string, uid: string, command: string): Promise<void> {
  await onNode(node, `p=$(grep -l ${uid} /proc/[0-9]*/cgroup | head -1); p=\${p#/proc/}; nsenter -t \${p%/cgroup} -n ${command}`);
}

/** A client pod of busybox, `dns-test` in name and label. */
export async function clientPod(spec: object, {node = 'node1', namespace = 'default'}: {readonly node?: string; readonly namespace?: string} = {}): Promise<void> {
  const pod = {
    apiVersion: 'v1', kind: 'Pod', metadata: {name: 'dns-test', namespace, labels: {app: 'dns-test'}},
    spec: {nodeName: node, terminationGracePeriodSeconds: 0, containers: [{name: 'busybox', image: 'docker.io/library/busybox:1.36', command: ['sleep', '3600']}], ...spec},
  };
  await must(join(root, 'test/cluster/cluster'), ['kubectl', 'apply', '-f', '-'], JSON.stringify(pod));
  await kubectl(`-n ${namespace} wait --for=condition=Ready pod/dns-test --timeout=60s`);
}

/** A resolver beside the cluster, which misbehaves as told; ended by what is given back. */
export async function stub(...settings: readonly string[]): Promise<() => void> {
  const child = spawn('ip', ['netns', 'exec', `${rigName}-sw`, process.execPath, join(root, 'test/live/dns/stub.ts'), '172.30.0.1', String(stubPort), ...settings], {stdio: 'inherit'});
  await until('the stub to listen', 20, async () => {
    const {stdout} = await run('ip', ['netns', 'exec', `${rigName}-sw`, 'ss', '-Hlnu', `sport = :${stubPort}`]);
    return stdout.trim() === '' ? null : true;
  });
  await pause(100);
  return () => child.kill('SIGKILL');
}
