import {onNode, tryOnNode} from '../rig.ts';
import {addressOf, mendRoutes, nodes, overlayAddressOf, routed} from './nodes.ts';

/** The nodes joined by vxlan, as flannel and others do it: what is for pods of other nodes goes inside UDP to port 4789. Nobody learns of neighbours by multicast. */
export async function overlay(): Promise<void> {
  for (const node of nodes) {
    const others = nodes.filter(other => other !== node).map(other => `bridge fdb append 00:00:00:00:00:00 dev vxlan0 dst ${addressOf(other)}`);
    await onNode(node, ['ip link add vxlan0 mtu 1450 type vxlan id 42 dstport 4789 dev eth0', ...others, `ip addr add ${overlayAddressOf(node)}/24 dev vxlan0`, 'ip link set vxlan0 up'].join('; '));
  }
  await routed(to => `via ${overlayAddressOf(to)} dev vxlan0`);
}

export async function noOverlay(): Promise<void> {
  for (const node of nodes) await tryOnNode(node, 'ip link del vxlan0');
  await mendRoutes();
}
