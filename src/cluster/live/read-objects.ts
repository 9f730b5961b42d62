import {type Answer, isKnown, known, unknown} from '../answer.ts';
import type {ListQuery} from '../cluster.ts';
import type {KubeObject} from '../objects.ts';
import {type Resource, resourcePath, resources} from '../resources.ts';
import {sanitise} from '../sanitise.ts';
import {readStatus, refusal} from './errors.ts';
import type {Transport} from './transport.ts';

const pageSize = 500;

interface Page {
  readonly metadata?: {readonly continue?: string};
  readonly items?: readonly KubeObject[] | null;
}

/** One object, as the API's JSON has it, sanitised. Null: it does not exist; when the API does not have such objects at all, that is `absent`. */
export async function getObject<T extends KubeObject>(transport: Transport, resource: Resource, namespace: string | null, name: string, signal?: AbortSignal): Promise<Answer<T | null>> {
  const reply = await transport.send({method: 'GET', path: resourcePath(resource, namespace, name), signal});
  if (!isKnown(reply)) return reply;
  const {status, body} = reply.known;
  if (status === 404 && readStatus(body)?.details?.name !== undefined) return known(null);
  if (status !== 200) return {unknown: refusal(status, body)};
  const object = parse<T>(body);
  return isObject(object) ? known(sanitise(object)) : unparsed(resource);
}

/** All objects of a query, page by page, sanitised, with their kind, sorted by namespace and name. */
export async function listObjects<T extends KubeObject>(transport: Transport, query: ListQuery, signal?: AbortSignal): Promise<Answer<readonly T[]>> {
  const paged = await collect<T>(transport, query, signal, pageSize);
  // The list changed for too long while it was read, and the server forgot where we were. In one piece it cannot expire.
  const items = paged === 'expired' ? await collect<T>(transport, query, signal, undefined) : paged;
  if (items === 'expired') return unknown('lost', `the list of ${query.resource} changed while it was read`);
  return isKnown(items) ? known(items.known.toSorted(byName)) : items;
}

async function collect<T extends KubeObject>(transport: Transport, query: ListQuery, signal: AbortSignal | undefined, limit: number | undefined): Promise<Answer<T[]> | 'expired'> {
  const {resource, namespace, labelSelector, fieldSelector} = query;
  const {group, version, kind} = resources[resource];
  const type = {apiVersion: group === '' ? version : `${group}/${version}`, kind}; // the API leaves them out of a list's items
  const items: T[] = [];
  let next: string | undefined;
  do {
    const reply = await transport.send({method: 'GET', path: resourcePath(resource, namespace ?? null), query: {labelSelector, fieldSelector, limit, continue: next}, signal});
    if (!isKnown(reply)) return reply;
    const {status, body} = reply.known;
    if (status === 410) return 'expired';
    if (status !== 200) return {unknown: refusal(status, body)};
    const page = parse<Page>(body);
    if (page === null || !Array.isArray(page.items ?? []) || !(page.items ?? []).every(isObject)) return unparsed(resource);
    for (const item of page.items ?? []) items.push(sanitise({...type, ...item} as T));
    const token = page.metadata?.continue || undefined;
    if (token !== undefined && token === next) return unknown('unparsed', `the API server gives the same page of ${resource} again and again`);
    next = token;
  } while (next !== undefined);
  return known(items);
}

function isObject<T extends KubeObject>(value: T | null): value is T {
  return typeof value?.metadata?.name === 'string';
}

/** Code units, and not a locale: the same order everywhere. */
function byName(a: KubeObject, b: KubeObject): number {
  return compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') || compare(a.metadata.name, b.metadata.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Null for what is no JSON object. */
export function parse<T>(body: Buffer): T | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as T) : null;
  } catch {
    return null;
  }
}

function unparsed(resource: Resource): Answer<never> {
  return unknown('unparsed', `the API server's answer about ${resource} is not JSON as expected`);
}
