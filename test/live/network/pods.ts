import {kubectl, kubectlJson, onNode, tryOnNode} from '../rig.ts';

interface Placed { readonly metadata: {readonly name: string; readonly uid: string}; readonly spec: {readonly nodeName: string} }

/** One a worker, whatever else runs there: which connections cross the network does not hang on the scheduler's mood. */
export async function oneEachWorker(): Promise<void> {
  const spread = {maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor', labelSelector: {matchLabels: {app: 'hostnames'}}, matchLabelKeys: ['pod-template-hash']};
  await kubectl('patch deploy hostnames --type merge -p', JSON.stringify({spec: {template: {spec: {topologySpreadConstraints: [spread]}}}}));
  await kubectl('rollout status deploy/hostnames --timeout=90s');
}

export async function nodeOfClient(): Promise<string> {
  return (await kubectl('get pod client -o jsonpath={.spec.nodeName}')).trim();
}

/** The demo's pod on a node. */
export async function hostnamesOn(node: string): Promise<Placed> {
  const {items: [pod]} = await kubectlJson<{items: Placed[]}>(`get pods -l app=hostnames --field-selector spec.nodeName=${node}`);
  if (pod === undefined) throw new Error(`no pod of hostnames is on ${node}`);
  return pod;
}

/** A command in a pod's network, with the node's own tools. */
export const inPod = ({metadata: {uid}, spec: {nodeName}}: Placed, command: string): Promise<string> => onNode(nodeName, nsenter(uid, command));
export const tryInPod = ({metadata: {uid}, spec: {nodeName}}: Placed, command: string): ReturnType<typeof tryOnNode> => tryOnNode(nodeName, nsenter(uid, command));

const nsenter = (uid: string, command: string): string => `p=$(grep -l ${uid} /proc/[0-9]*/cgroup | head -1); p=\${p#/proc/}; nsenter -t \${p%/cgroup} -n ${command}`;
