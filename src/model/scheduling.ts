import type {Node, NodeSelectorRequirement, NodeSelectorTerm, PodSpec, Taint, Toleration, Workload} from '../cluster/objects.ts';
import {matches} from './labels.ts';

/** Why a DaemonSet puts no pod on a node; null: it should. */
export type Refusal = {readonly reason: 'taint'; readonly taint: Taint} | {readonly reason: 'node-selector'; readonly requirement: string};

/** Tolerations that the DaemonSet controller adds by itself (Kubernetes docs, DaemonSet, "Taints and tolerations"). */
const added: readonly Toleration[] = [
  {key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute'},
  {key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute'},
  {key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule'},
  {key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule'},
  {key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule'},
  {key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule'},
];
const forHostNetwork: Toleration = {key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule'};

export function daemonSetRefusal(set: Workload, node: Node): Refusal | null {
  const spec = set.spec.template.spec;
  const requirement = unmet(spec, node);
  if (requirement !== null) return {reason: 'node-selector', requirement};
  const tolerations = [...(spec.tolerations ?? []), ...added, ...(spec.hostNetwork === true ? [forHostNetwork] : [])];
  const taint = (node.spec?.taints ?? []).find(each => each.effect !== 'PreferNoSchedule' && !tolerations.some(toleration => tolerates(toleration, each)));
  return taint === undefined ? null : {reason: 'taint', taint};
}

/** `Lt` and `Gt` tolerations (KEP-5471) are not handled: they count as not tolerating. */
function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  const operator = toleration.operator ?? 'Equal';
  if (toleration.key === undefined || toleration.key === '') return operator === 'Exists';
  return toleration.key === taint.key && (operator === 'Exists' || (operator === 'Equal' && (toleration.value ?? '') === (taint.value ?? '')));
}

/** The first nodeSelector or required nodeAffinity that the node does not meet, as text. */
function unmet(spec: PodSpec, node: Node): string | null {
  const labels = node.metadata.labels;
  const selector = Object.entries(spec.nodeSelector ?? {}).find(([key, value]) => !matches({[key]: value}, labels));
  if (selector !== undefined) return `nodeSelector ${selector.join('=')}`;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (terms === undefined || terms.some(term => meets(term, node))) return null;
  const first = terms.flatMap(term => [...(term.matchExpressions ?? []), ...(term.matchFields ?? [])]).find(each => !holds(each, node));
  return first === undefined ? 'nodeAffinity' : `nodeAffinity ${first.key} ${first.operator}${first.values === undefined ? '' : ` ${first.values.join(', ')}`}`;
}

/** Requirements of a term are ANDed; a term without any matches nothing. */
function meets(term: NodeSelectorTerm, node: Node): boolean {
  const all = [...(term.matchExpressions ?? []), ...(term.matchFields ?? [])];
  return all.length > 0 && all.every(each => holds(each, node));
}

function holds({key, operator, values = []}: NodeSelectorRequirement, node: Node): boolean {
  const value = key === 'metadata.name' ? node.metadata.name : node.metadata.labels?.[key];
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    case 'Gt': return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt': return value !== undefined && Number(value) < Number(values[0]);
  }
}

export function taintText({key, value, effect}: Taint): string {
  return `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`;
}
