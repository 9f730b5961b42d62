/**
 * The API resources that kdiag reads, and where they live. Secrets are not among them, by design: what is not listed here
 * cannot be asked for.
 */
export const resources = {
  clusterroles: {group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole', namespaced: false},
  configmaps: {group: '', version: 'v1', kind: 'ConfigMap', namespaced: true},
  daemonsets: {group: 'apps', version: 'v1', kind: 'DaemonSet', namespaced: true},
  deployments: {group: 'apps', version: 'v1', kind: 'Deployment', namespaced: true},
  endpointslices: {group: 'discovery.k8s.io', version: 'v1', kind: 'EndpointSlice', namespaced: true},
  events: {group: '', version: 'v1', kind: 'Event', namespaced: true},
  namespaces: {group: '', version: 'v1', kind: 'Namespace', namespaced: false},
  networkpolicies: {group: 'networking.k8s.io', version: 'v1', kind: 'NetworkPolicy', namespaced: true},
  nodes: {group: '', version: 'v1', kind: 'Node', namespaced: false},
  pods: {group: '', version: 'v1', kind: 'Pod', namespaced: true},
  servicecidrs: {group: 'networking.k8s.io', version: 'v1', kind: 'ServiceCIDR', namespaced: false},
  services: {group: '', version: 'v1', kind: 'Service', namespaced: true},
  statefulsets: {group: 'apps', version: 'v1', kind: 'StatefulSet', namespaced: true},
} as const;

export type Resource = keyof typeof resources;

/** `/api/v1/namespaces/shop/pods/cart-1`, `/apis/apps/v1/daemonsets`, … */
export function resourcePath(resource: Resource, namespace: string | null, name?: string): string {
  const {group, version} = resources[resource];
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${resource}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}
