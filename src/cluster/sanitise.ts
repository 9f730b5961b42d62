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
  return clean(object as unknown as JsonObject, undefined) as unknown as T;
}

/** `where`: the field that holds the value; of items of a list, that of the list. What nothing is taken out of stays the object that it was. */
function clean(value: Json, where: string | undefined): Json {
  if (value === null || typeof value !== 'object') return value;
  return Array.isArray(value) ? cleanList(value as readonly Json[], where) : cleanObject(value as JsonObject, where);
}

function cleanList(list: readonly Json[], where: string | undefined): readonly Json[] {
  let cleaned: Json[] | null = null;
  for (const [i, item] of list.entries()) {
    const own = clean(item, where);
    if (own !== item) (cleaned ??= [...list])[i] = own;
  }
  return cleaned ?? list;
}

function cleanObject(object: JsonObject, where: string | undefined): JsonObject {
  const keys = Object.keys(object);
  let changed: Map<string, Json | undefined> | null = null;
  for (const key of keys) {
    const inner = object[key] as Json;
    const kept = concerned.has(key) ? keep(key, inner, object, where) : inner;
    const value = kept === undefined ? undefined : clean(kept, key);
    if (value === undefined || value !== inner) (changed ??= new Map()).set(key, value);
  }
  const others = changed;
  return others === null ? object : Object.fromEntries(keys.flatMap(key => {
    const value = others.has(key) ? others.get(key) : object[key] as Json;
    return value === undefined ? [] : [[key, value] as const];
  }));
}

/** Fields of which something is taken out, or which may go. */
const concerned: ReadonlySet<string> = new Set(['managedFields', 'annotations', 'env', 'envFrom', 'command', 'args', 'httpHeaders']);

function keep(key: string, value: Json, parent: JsonObject, where: string | undefined): Json | undefined {
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
