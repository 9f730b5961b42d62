import type {Node, Pod} from '../../cluster/objects.ts';
import {condition} from '../pods.ts';

/** DaemonSets of network plug-ins, by the names that their own manifests give. */
const known = /^(calico-node|canal|kube-flannel(-ds)?|cilium|weave-net|kube-router|kindnet|antrea-agent|aws-node|azure-cni|ovnkube-node|ovn-cni|kube-ovn-cni|rke2-canal|tigera-operator|multus|kube-multus-ds)(-[a-z0-9]{5,10})?(-[a-z0-9]{5})?$/;

export function isNetworkPlugin({metadata}: Pod): boolean {
  return known.test(metadata.name) && (metadata.ownerReferences ?? []).some(({kind}) => kind === 'DaemonSet');
}

/** What a kubelet, or a cloud's controller, says when no plug-in has set up the node's network; null: nobody complains. */
export function notInitialised(node: Node): string | null {
  const ready = condition(node, 'Ready');
  const unavailable = condition(node, 'NetworkUnavailable');
  if (ready?.status === 'False' && /cni (?:plugin|config)|network plugin (?:is )?not ready|NetworkReady=false|NetworkPluginNotReady/i.test(ready.message ?? '')) return `Ready: False, ${ready.message}`;
  return unavailable?.status === 'True' ? `NetworkUnavailable: True, ${unavailable.message ?? unavailable.reason ?? ''}` : null;
}
