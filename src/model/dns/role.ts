import type {ClusterRole} from '../../cluster/objects.ts';

/** What CoreDNS's plugin kubernetes lists and watches (plugin/kubernetes/controller.go), as `resource.group`. */
const needed = [{group: '', resource: 'services'}, {group: '', resource: 'namespaces'}, {group: 'discovery.k8s.io', resource: 'endpointslices'}] as const;

/** Of what CoreDNS needs, what this role does not give. Other roles may be bound to it as well: nothing here knows of them. */
export function lacksOf({rules}: ClusterRole): string[] {
  const gives = (group: string, resource: string, verb: string): boolean => (rules ?? []).some(rule => has(rule.apiGroups, group) && has(rule.resources, resource) && has(rule.verbs, verb));
  return needed.filter(({group, resource}) => !gives(group, resource, 'list') || !gives(group, resource, 'watch')).map(({group, resource}) => (group === '' ? resource : `${resource}.${group}`));
}

function has(list: readonly string[] | undefined, wanted: string): boolean {
  return list?.some(each => each === wanted || each === '*') === true;
}
