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
    get: async <T extends KubeObject>(...query: Parameters<Cluster['get']>) => told(await cluster.get<T>(...query), object => inOrder(object)),
    list: async <T extends KubeObject>(query: Parameters<Cluster['list']>[0]) => told(await cluster.list<T>(query), objects => objects.map(object => inOrder(object)).sort(byName)),
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

function inOrder<T>(value: T, field = ''): T {
  if (Array.isArray(value)) {
    const items = value.map(item => inOrder(item));
    if (!ordered.has(field)) items.sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
    return items as T;
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, inOrder(inner, key)])) as T;
}

function byName({metadata: a}: KubeObject, {metadata: b}: KubeObject): number {
  return compare(a.namespace ?? '', b.namespace ?? '') || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
