import type {Json, JsonObject} from '../../parse/nft.ts';
import {formatAddress, parseAddress} from '../ip.ts';

/** Fewer elements are asked one by one. */
const few = 16;

type Plain = string | number;

/**
 * The elements of a set, or the pairs of a map, by their keys: those that are a plain value, or several joined. All others
 * (prefixes, ranges, elements with a time-out, words that stand for several values) have to be asked.
 */
interface Index {
  readonly byKey: ReadonlyMap<string, readonly number[]>;
  /** Which kinds of values, such as `s s n`, a key stands for; elements of other kinds are asked as well. */
  readonly kinds: ReadonlyMap<string, readonly number[]>;
  readonly rest: readonly number[];
}

const made = new WeakMap<readonly Json[], Index>();

/** The elements, in their order, that a value may be: those left out are certainly other values (isThe in expression.ts). */
export function candidates(elements: readonly Json[], value: Plain | readonly Plain[] | null | undefined): readonly Json[] {
  if (elements.length <= few || value === null || value === undefined) return elements;
  let index = made.get(elements);
  if (index === undefined) made.set(elements, (index = indexOf(elements)));
  const parts = typeof value === 'object' ? value : [value];
  const kind = kindOf(typeof value === 'object', parts);
  const places = [...index.byKey.get(keyOf(kind, parts)) ?? [], ...index.rest];
  for (const [other, all] of index.kinds) if (other !== kind) places.push(...all);
  return places.sort((a, b) => a - b).flatMap(place => (elements[place] === undefined ? [] : [elements[place]]));
}

function indexOf(elements: readonly Json[]): Index {
  const [byKey, kinds, rest] = [new Map<string, number[]>(), new Map<string, number[]>(), [] as number[]];
  const put = (map: Map<string, number[]>, key: string, place: number): void => {
    const places = map.get(key);
    if (places === undefined) map.set(key, [place]);
    else places.push(place);
  };
  for (const [place, element] of elements.entries()) {
    const parts = partsOf(element);
    if (parts === null) {
      rest.push(place);
      continue;
    }
    const kind = kindOf(parts.joined, parts.parts);
    put(byKey, keyOf(kind, parts.parts), place);
    put(kinds, kind, place);
  }
  return {byKey, kinds, rest};
}

/** Of an element, or of a pair's key; null of what is no plain value. */
function partsOf(element: Json): {readonly joined: boolean; readonly parts: readonly Plain[]} | null {
  const key = Array.isArray(element) ? ((element as readonly Json[])[0] ?? null) : element;
  const joined = key !== null && typeof key === 'object' && !Array.isArray(key) ? (key as JsonObject)['concat'] : undefined;
  const parts = (joined === undefined ? [key] : Array.isArray(joined) ? joined : [null]) as readonly Json[];
  const plain = parts.flatMap(part => (typeof part === 'number' || (typeof part === 'string' && part !== '*' && part !== 'unicast') ? [typeof part === 'number' ? part : canonical(part)] : []));
  return plain.length === parts.length ? {joined: joined !== undefined, parts: plain} : null;
}

const kindOf = (joined: boolean, parts: readonly Plain[]): string => `${joined ? '.' : ''}${parts.map(part => (typeof part === 'number' ? 'n' : 's')).join('')}`;
const keyOf = (kind: string, parts: readonly Plain[]): string => `${kind} ${parts.join(' ')}`;

function canonical(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
}
