import {join} from 'node:path';
import {kubectl, kubectlJson, must, onNode, root, run, tryOnNode, until} from '../rig.ts';
import {addressOf, type NodeName, workers} from './nodes.ts';

const cluster = join(root, 'test/cluster/cluster');
/** What VirtualBox gives every machine behind its NAT. */
const shared = '10.0.2.15';

/** A kubelet that is told an address says so of its Node only if an interface has it. */
export async function sharedAddress(): Promise<void> {
  for (const node of workers) {
    await onNode(node, `ip link add nat0 type bridge; ip addr add ${shared}/24 dev nat0; ip link set nat0 up`);
    await restartKubelet(node, shared);
  }
  for (const node of workers) await addressTold(node, shared);
}

export async function ownAddresses(): Promise<void> {
  for (const node of workers) {
    await restartKubelet(node, addressOf(node));
    await tryOnNode(node, 'ip link del nat0');
  }
  for (const node of workers) await addressTold(node, addressOf(node));
  await kubectl('wait --for=condition=Ready node --all --timeout=90s');
}

async function restartKubelet(node: NodeName, address: string): Promise<void> {
  await must(cluster, ['stop-kubelet', node]);
  await until(`the kubelet of ${node} to end`, 30, async () => ((await tryOnNode(node, 'grep -lx kubelet /proc/[0-9]*/comm')).stdout === '' ? true : null));
  const {code, stderr} = await run(cluster, ['start-kubelet', node], {env: {...process.env, RIG_NODE_IP: address}});
  if (code !== 0) throw new Error(`the kubelet of ${node} does not start: ${stderr}`);
}

async function addressTold(node: NodeName, address: string): Promise<void> {
  await until(`${node} to have the InternalIP ${address}`, 90, async () => {
    const {status} = await kubectlJson<{status: {addresses: {type: string; address: string}[]}}>(`get node ${node}`);
    return status.addresses.some(each => each.type === 'InternalIP' && each.address === address) ? true : null;
  });
}
