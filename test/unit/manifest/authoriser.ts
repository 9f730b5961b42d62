import type {Cluster} from '../../../src/cluster/cluster.ts';
import {resources} from '../../../src/cluster/resources.ts';
import type {Manifest} from '../../../src/manifest/naming.ts';
import type {PolicyRule} from '../../../src/manifest/rbac.ts';

export interface Request {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

/** Whether roles that are bound to kdiag's ServiceAccount allow it, as Kubernetes' RBAC authoriser decides: rules only add. */
export function allows(objects: readonly Manifest[], {verb, group, resource, namespace, name}: Request): boolean {
  const bindings = objects.filter(({kind}) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding');
  return bindings.some(({kind, metadata, roleRef, subjects}) => {
    const role = roleRef as {kind: string; name: string};
    if (kind === 'RoleBinding' && metadata.namespace !== namespace) return false;
    if (!(subjects as {kind: string; name: string; namespace: string}[]).some(subject => subject.kind === 'ServiceAccount' && subject.name === 'kdiag')) return false;
    const found = objects.find(object => object.kind === role.kind && object.metadata.name === role.name && (role.kind === 'ClusterRole' || object.metadata.namespace === metadata.namespace));
    return ((found?.['rules'] ?? []) as PolicyRule[]).some(rule => rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes(verb)
      && (rule.resourceNames === undefined || (name !== null && rule.resourceNames.includes(name))));
  });
}

/** The cluster, telling each request that an API server would have to authorise. */
export function watched(cluster: Cluster, told: (request: Request) => void): Cluster {
  return {
    now: cluster.now, source: cluster.source,
    version: () => cluster.version(), readNode: query => cluster.readNode(query), readPlace: place => cluster.readPlace(place),
    askDns: (place, asks) => cluster.askDns(place, asks), askTcp: (place, asks) => cluster.askTcp(place, asks), close: () => cluster.close(),
    get(resource, namespace, name) {
      told({verb: 'get', group: resources[resource].group, resource, namespace, name});
      return cluster.get(resource, namespace, name);
    },
    list(query) {
      // a selector of one name is authorised as that name, but a rule with names that a wrong selector slips past is no rule
      told({verb: 'list', group: resources[query.resource].group, resource: query.resource, namespace: query.namespace ?? null, name: null});
      return cluster.list(query);
    },
    log(query) {
      told({verb: 'get', group: '', resource: 'pods/log', namespace: query.namespace, name: query.pod});
      return cluster.log(query);
    },
  };
}
