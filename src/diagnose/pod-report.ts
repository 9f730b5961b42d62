import type {Pod} from '../cluster/objects.ts';
import type {PodView} from '../model/network/pod-view.ts';

/** A pod's own network, as `kdiag pod` shows it. */
export interface PodReport extends Omit<PodView, 'strange'> {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** Its network is its node's. */
  readonly hostNetwork: boolean;
}

export function podReport({metadata, spec}: Pod, {links, addresses, routes, listeners, resolvConf, process}: PodView): PodReport {
  return {namespace: metadata.namespace ?? '', name: metadata.name, node: spec.nodeName ?? '', hostNetwork: spec.hostNetwork === true, links, addresses, routes, listeners, resolvConf, process};
}
