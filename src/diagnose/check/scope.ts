import type {Node} from '../../cluster/objects.ts';

/** Which part of a cluster is examined, and which of its checks. */
export interface Scope {
  /** Empty: all. */
  readonly namespaces: readonly string[];
  readonly labelSelector: string | null;
  /** Names of nodes; null: all. */
  readonly nodes: readonly string[] | null;
}

/** Nodes of a sample. */
const most = 10;

/**
 * Some nodes that differ: of each kind (role, kubelet, kernel, operating system, zone, taints) one before a second of any. The same
 * nodes each time, by name.
 */
export function sampleOf(nodes: readonly Node[]): string[] {
  const seen = new Map<string, number>();
  return nodes.map(node => {
    const kind = kindOf(node);
    const rank = seen.get(kind) ?? 0;
    seen.set(kind, rank + 1);
    return {name: node.metadata.name, rank};
  }).sort((a, b) => a.rank - b.rank).slice(0, most).map(({name}) => name).sort();
}

function kindOf({metadata: {labels = {}}, spec, status}: Node): string {
  const {kubeletVersion, kernelVersion, osImage, architecture} = status?.nodeInfo ?? {};
  const roles = Object.keys(labels).filter(label => label.startsWith('node-role.kubernetes.io/'));
  return JSON.stringify([roles.sort(), kubeletVersion, kernelVersion, osImage, architecture, labels['topology.kubernetes.io/zone'], (spec?.taints ?? []).map(({key}) => key).sort()]);
}
