import {resources} from '../cluster/resources.ts';
import {type Manifest, account, labelsOf, namespaceFor, outside} from './naming.ts';
import {type Level, type Right, reaches, reading, system} from './rights.ts';

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** A websocket begins as a GET; from v1.35 the API server wants `create` as well. */
const execRule: PolicyRule = {apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create']};
const group = 'rbac.authorization.k8s.io';

/** Everything that a ServiceAccount needs for one rung; what a lower rung has comes first and is the same there. */
export function rbac(level: Level, namespace: string): readonly Manifest[] {
  const places = [...new Set(Object.values(reading).flat().flatMap(right => right.namespace ?? []))];
  return [
    namespaceFor(namespace, reaches(level, 'debug-pods') ? 'privileged' : 'restricted'),
    {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: account, namespace, labels: labelsOf('rights')}},
    ...granted(namespace, 'read', undefined, [...rulesIn(undefined), {apiGroups: [''], resources: ['pods/log'], verbs: ['get']}]),
    ...places.flatMap(place => granted(namespace, 'read', place, rulesIn(place))),
    ...(reaches(level, 'exec') ? granted(namespace, 'exec', system, [execRule]) : []),
    ...(reaches(level, 'debug-pods') ? granted(namespace, 'debug-pods', namespace, [{apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete', 'list']}, execRule]) : []),
  ];
}

/** For the collecting DaemonSet: its pods are there already, so nothing has to be created. */
export function execIn(namespace: string): readonly Manifest[] {
  return granted(namespace, 'collect', namespace, [{apiGroups: [''], resources: ['pods'], verbs: ['list']}, execRule]);
}

/** One rule for all resources of a group that are asked alike. */
function rulesIn(place: string | undefined): readonly PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  for (const [resource, rights] of Object.entries(reading) as [keyof typeof reading, readonly Right[]][]) {
    for (const {verbs, names} of rights.filter(right => right.namespace === place)) {
      const {group} = resources[resource];
      const key = JSON.stringify([group, verbs, names]);
      rules.set(key, {apiGroups: [group], resources: [...rules.get(key)?.resources ?? [], resource], ...(names === undefined ? {} : {resourceNames: names}), verbs});
    }
  }
  return [...rules.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
}

/** A role, in `place` or in the whole cluster, and its binding to kdiag's ServiceAccount. */
function granted(namespace: string, what: string, place: string | undefined, rules: readonly PolicyRule[]): readonly Manifest[] {
  const metadata = {name: outside(namespace, what), ...(place === undefined ? {} : {namespace: place}), labels: labelsOf('rights')};
  const kind = place === undefined ? 'ClusterRole' : 'Role';
  return [
    {apiVersion: `${group}/v1`, kind, metadata, rules},
    {apiVersion: `${group}/v1`, kind: `${kind}Binding`, metadata, roleRef: {apiGroup: group, kind, name: metadata.name}, subjects: [{kind: 'ServiceAccount', name: account, namespace}]},
  ];
}
