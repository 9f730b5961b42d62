import type {KubeObject} from './objects.ts';

type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json};
type JsonObject = {readonly [key: string]: Json};

/** Containers whose command line is the cluster's own configuration; any other's may hold a password. */
const components = /^(kube-proxy|kube-apiserver|kube-controller-manager|kube-scheduler|hyperkube|coredns|etcd|cilium-agent|calico-node|kube-router|kube-flannel|flanneld|node-local-dns|node-cache)$/;
/** Annotations that belong to Kubernetes, its network plug-ins or its load balancers; any other's may hold anything. */
const annotationDomains = /(^|\.)(kubernetes\.io|k8s\.io|projectcalico\.org|flannel\.alpha\.coreos\.com|cilium\.io|ovn\.org|weave\.works|metallb\.io|metallb\.universe\.tf|k3s\.cattle\.io|k3s\.io|openshift\.io)\//;

/**
 * Takes out of an API object what kdiag never needs and never wants to hold: managedFields, the values of environment
 * variables, command lines of containers that are no part of the cluster itself, probe headers, foreign annotations and
 * `last-applied-configuration` (which repeats all of them). Applied on arrival, so that neither a report nor a recording has them.
 */
export function sanitise<T extends KubeObject>(object: T): T {
  return clean(object as unknown as JsonObject, []) as unknown as T;
}

function clean(value: Json, path: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((item: Json) => clean(item, path));
  if (value === null || typeof value !== 'object') return value;
  const object = value as JsonObject;
  return Object.fromEntries(Object.entries(object).flatMap(([key, inner]) => {
    const kept = keep(key, inner, object, path);
    return kept === undefined ? [] : [[key, clean(kept, [...path, key])] as const];
  }));
}

function keep(key: string, value: Json, parent: JsonObject, path: readonly string[]): Json | undefined {
  const where = path.at(-1);
  if (key === 'managedFields' && where === 'metadata') return undefined;
  if (key === 'annotations' && where === 'metadata') return annotations(value);
  if (key === 'env' && isContainerList(where)) return Array.isArray(value) ? value.map((entry: Json) => ({name: (entry as JsonObject)['name'] ?? ''})) : undefined;
  if (key === 'envFrom' && isContainerList(where)) return undefined;
  if ((key === 'command' || key === 'args') && isContainerList(where)) return isComponent(parent) ? value : undefined;
  if (key === 'httpHeaders') return undefined;
  if (key === 'command' && where === 'exec') return undefined;
  return value;
}

function isContainerList(where: string | undefined): boolean {
  return where === 'containers' || where === 'initContainers' || where === 'ephemeralContainers';
}

function isComponent(container: JsonObject): boolean {
  const first = Array.isArray(container['command']) ? container['command'][0] : undefined;
  const program = typeof first === 'string' ? basename(first) : undefined;
  const image = typeof container['image'] === 'string' ? basename(container['image'].replace(/[:@][^/]*$/, '')) : '';
  return components.test(image) || (program !== undefined && components.test(program));
}

function annotations(value: Json): Json {
  if (value === null || typeof value !== 'object') return {};
  const entries = Object.entries(value as JsonObject);
  return Object.fromEntries(entries.filter(([key]) => annotationDomains.test(key) && !key.endsWith('last-applied-configuration')));
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
