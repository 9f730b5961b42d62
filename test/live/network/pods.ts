import {kubectl, kubectlJson, onNode} from '../rig.ts';

interface Placed {readonly metadata: {readonly name: string; readonly uid: string}; readonly spec: {readonly nodeName: string}; readonly status: {readonly podIP: string}}

/** One a worker, whatever else runs there: which connections cross the network does not hang on the scheduler's mood. */
export async function oneEachWorker(): Promise<void> {
  const spread = {maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor', labelSelector: {matchLabels: {app: 'hostnames'}}, matchLabelKeys: ['pod-template-hash']};
  await kubectl('patch deploy hostnames --type merge -p', JSON.stringify({spec: {template: {spec: {topologySpreadConstraints: [spread]}}}}));
  await kubectl('rollout status deploy/hostnames --timeout=90s');
}

export async function nodeOfClient(): Promise<string> {
  return (await kubectl('get pod client -o jsonpath={.spec.nodeName}')).trim();
}

/** The first of an app's pods, on this node if one is given. */
export async function podOf(app: string, node?: string): Promise<Placed> {
  const {items: [pod]} = await kubectlJson<{items: Placed[]}>(`get pods -l app=${app}${node === undefined ? '' : ` --field-selector spec.nodeName=${node}`}`);
  if (pod === undefined) throw new Error(`no pod of ${app} is on ${node ?? 'any node'}`);
  return pod;
}

/** A command in a pod's network, with the node's own tools. */
export async function inPod({metadata: {uid}, spec: {nodeName}}: Placed, command: string): Promise<void> {
  await onNode(nodeName, `p=$(grep -l ${uid} /proc/[0-9]*/cgroup | head -1); p=\${p#/proc/}; nsenter -t \${p%/cgroup} -n ${command}`);
}

/**
 * The program of a pod is stopped as by a debugger: the kernel goes on to take connections for it until nobody has taken so many of them
 * (its backlog), and that many are made here.
 */
export async function hang({metadata: {uid}, spec: {nodeName}, status: {podIP}}: Placed, program: string, port: number): Promise<void> {
  await onNode(nodeName, `for f in $(grep -l ${uid} /proc/[0-9]*/cgroup); do p=\${f%/cgroup}; [ "$(cat $p/comm)" != ${program} ] || kill -STOP \${p#/proc/}; done
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do curl -s -m 1 http://${podIP}:${port}/ & done; wait`);
}
