import type {Json, JsonObject} from '../nft.ts';
import {braces} from './elements.ts';
import {joined} from './expression.ts';
import {seconds} from './time.ts';
import {type Cursor, peek, take, took} from './tokens.ts';

/** What a selector is compared with: a named set, an anonymous one, or values. */
export function wanted(cursor: Cursor, left: Json): Json {
  const first = peek(cursor);
  if (/^@[^,]+$/.test(first)) return take(cursor);
  if (first === '{') return braces(cursor, 'set');
  const of = left !== null && typeof left === 'object' && !Array.isArray(left) ? (left as JsonObject) : {};
  if (first === 'exists' || first === 'missing') return take(cursor) === 'exists';
  const key = ((of['ct'] ?? {}) as JsonObject)['key'];
  const time = key === 'expiration' ? seconds(first) : null;
  if (time !== null) {
    cursor.next++;
    return time;
  }
  const found = joined(cursor, first !== 'meta' && first !== 'ct');
  const isName = ((of['fib'] ?? {}) as JsonObject)['result'] === 'oif' || 'rt' in of; // numbers without a name stay texts in JSON
  return isName && typeof found === 'number' ? first : found;
}

/** What something is set to, or an address is taken from: an expression, or one looked up in a map. */
export function looked(cursor: Cursor): Json {
  const key = joined(cursor);
  if (!took(cursor, 'map')) return key;
  return {map: {key, data: mapData(cursor, 'map')}};
}

export function mapData(cursor: Cursor, kind: 'map' | 'vmap'): Json {
  return /^@[^,]+$/.test(peek(cursor)) ? take(cursor) : braces(cursor, kind);
}
