import {type Answer, isKnown, known} from '../cluster/answer.ts';
import type {Cluster} from '../cluster/cluster.ts';
import type {KubeObject} from '../cluster/objects.ts';
import {sent} from './sent.ts';

/** Lists whose order means something; all others are sets to Kubernetes. */
const ordered: ReadonlySet<string> = new Set(['addresses', 'args', 'clusterIPs', 'command', 'containers', 'containerStatuses', 'initContainers', 'initContainerStatuses', 'nameservers', 'podCIDRs', 'podIPs', 'searches']);

/**
 * A cluster whose objects, and the sets in them, come in one order: so the same cluster gives the same report, byte for byte.
 * Fields that are null are left out, as Kubernetes makes no difference between null and absent; questions that never left are not asked.
 */
export function orderly(cluster: Cluster): Cluster {
  return {
    now: cluster.now, source: cluster.source,
    version: () => cluster.version(),
    get: async <T extends KubeObject>(...query: Parameters<Cluster['get']>) => told(await cluster.get<T>(...query), inOrderOnce),
    list: async <T extends KubeObject>(query: Parameters<Cluster['list']>[0]) => told(await cluster.list<T>(query), objects => objects.map(inOrderOnce).sort(byName)),
    log: query => cluster.log(query),
    readNode: query => cluster.readNode(query),
    readPlace: place => cluster.readPlace(place),
    askDns: async (place, asks) => sent(await cluster.askDns(place, asks)),
    askTcp: async (place, asks) => sent(await cluster.askTcp(place, asks)),
    close: () => cluster.close(),
  };
}

function told<T>(answer: Answer<T>, change: (value: T) => T): Answer<T> {
  return isKnown(answer) ? known(change(answer.known)) : answer;
}

const put = new WeakMap<KubeObject, KubeObject>();

/** The same object stands in several lists. */
function inOrderOnce<T extends KubeObject>(object: T | null): T {
  if (object === null) return null as unknown as T;
  const known = put.get(object) ?? inOrder(object);
  put.set(object, known);
  return known as T;
}

/** What is in order already stays the value that it was: of thousands of objects most of what they hold is. */
function inOrder<T>(value: T, field = ''): T {
  if (value === null || typeof value !== 'object') return value;
  return (Array.isArray(value) ? listInOrder(value as readonly unknown[], field) : objectInOrder(value as Readonly<Record<string, unknown>>)) as T;
}

function listInOrder(list: readonly unknown[], field: string): readonly unknown[] {
  let items: unknown[] | null = null;
  for (const [i, item] of list.entries()) {
    const own = inOrder(item);
    if (own !== item) (items ??= [...list])[i] = own;
  }
  const all = items ?? list;
  return all.length < 2 || ordered.has(field) ? all : sortedByText(all);
}

function sortedByText(items: readonly unknown[]): readonly unknown[] {
  const texts = items.map(item => ({item, text: JSON.stringify(item)}));
  const isSorted = texts.every(({text}, i) => i === 0 || compare(texts[i - 1]?.text ?? '', text) <= 0);
  return isSorted ? items : texts.sort((a, b) => compare(a.text, b.text)).map(({item}) => item);
}

function objectInOrder(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const keys = Object.keys(object);
  let changed: Map<string, unknown> | null = null;
  for (const key of keys) {
    const inner = object[key];
    const value = inOrder(inner, key);
    if (inner === null || value !== inner) (changed ??= new Map<string, unknown>()).set(key, value);
  }
  const others = changed;
  return others === null ? object : Object.fromEntries(keys.flatMap(key => {
    const value = others.has(key) ? others.get(key) : object[key];
    return value === null ? [] : [[key, value] as const];
  }));
}

function byName({metadata: a}: KubeObject, {metadata: b}: KubeObject): number {
  return compare(a.namespace ?? '', b.namespace ?? '') || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
