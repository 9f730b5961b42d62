import {rigName, tryOnNode} from '../rig.ts';
import {mendRoutes, nodes, onSwitch, routed, secondAddressOf} from './nodes.ts';

/** A second NIC on every node, eth1, on a bridge of its own; nothing goes there until a route says so. */
export async function secondNetwork(): Promise<void> {
  await onSwitch('ip link add br2 type bridge; ip link set br2 up');
  for (const node of nodes) {
    await onSwitch(`ip link add s2${node} type veth peer name eth1 netns ${rigName}-${node}; ip link set s2${node} master br2 up
      ip -n ${rigName}-${node} addr add ${secondAddressOf(node)}/24 dev eth1; ip -n ${rigName}-${node} link set eth1 up`);
  }
}

/** All that is for pods of other nodes goes there. */
export const podsOverSecond = (): Promise<void> => routed(to => `via ${secondAddressOf(to)} dev eth1`);

export async function noSecondNetwork(): Promise<void> {
  for (const node of nodes) await tryOnNode(node, 'ip link del eth1');
  await onSwitch('ip link del br2 2> /dev/null || true');
  await mendRoutes();
}
