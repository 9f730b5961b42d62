import {type Answer, knownOf} from '../../cluster/answer.ts';
import type {Node} from '../../cluster/objects.ts';
import type {NodeNetwork} from './node-network.ts';
import type {Ground} from './suspects.ts';

export function groundOf(nodes: readonly Node[], networks: Answer<ReadonlyMap<string, Answer<NodeNetwork>>>): Ground {
  const addresses = new Map(nodes.map(({metadata, status}) => [metadata.name, (status?.addresses ?? []).filter(({type}) => type === 'InternalIP').map(({address}) => address)]));
  const overlays = new Map(nodes.map(({metadata}) => [metadata.name, overlayOf(metadata.annotations ?? {})]));
  return {
    networkOf: node => knownOf(networks, node),
    addressesOf: node => addresses.get(node) ?? [],
    overlayOf: node => overlays.get(node) ?? null,
  };
}

/** What flannel (pkg/subnet/kube/annotations.go) and Calico (libcalico-go's k8s node conversion) write of a node. */
function overlayOf(annotations: Readonly<Record<string, string>>): ReturnType<Ground['overlayOf']> {
  const found = [['flannel', 'flannel.alpha.coreos.com/public-ip-overwrite'], ['flannel', 'flannel.alpha.coreos.com/public-ip'], ['Calico', 'projectcalico.org/IPv4Address']] as const;
  for (const [plugin, key] of found) {
    const value = annotations[key];
    if (value !== undefined) return {plugin, address: value.split('/')[0] ?? value, raw: `${key}: ${value}`};
  }
  return null;
}
