import type {Json, JsonObject} from '../nft.ts';
import {joined} from './expression.ts';
import {seconds} from './time.ts';
import {type Cursor, expect, NotUnderstood, peek, quoted, take, took, wholeNumber} from './tokens.ts';

/** `{ … }`: elements of an anonymous set or map. */
export function braces(cursor: Cursor, kind: 'set' | 'map' | 'vmap'): Json {
  const items = elements(cursor);
  if (kind !== 'set' && !items.every(Array.isArray)) throw new NotUnderstood('an element of a map has no value');
  return {set: items};
}

/** From the opening brace to the closing one; a comma after the last is allowed. */
export function elements(cursor: Cursor): Json[] {
  expect(cursor, '{');
  const items: Json[] = [];
  while (!took(cursor, '}')) {
    items.push(element(cursor));
    if (peek(cursor) !== '}') expect(cursor, ',');
  }
  return items;
}

/** `key [timeout T] [expires T] [counter …] [comment "…"] [: value]`. Not handled: other statements of elements (limit, quota). */
export function element(cursor: Cursor, constants = true): Json {
  const key = joined(cursor, constants);
  const more: Record<string, Json> = {};
  let value: Json | undefined;
  for (;;) {
    const next = peek(cursor);
    if (next === 'timeout' || next === 'expires') {
      cursor.next++;
      const text = take(cursor);
      const time = text === 'never' || text === '0' ? 0 : seconds(text);
      if (time === null) throw new NotUnderstood(`“${text}” is no time`);
      more[next] = time;
    } else if (next === 'comment') {
      cursor.next++;
      more['comment'] = quoted(cursor);
    } else if (next === 'counter') {
      cursor.next++;
      more['counter'] = counted(cursor);
    } else if (next === ':' && value === undefined) {
      cursor.next++;
      value = verdict(cursor) ?? joined(cursor, true);
    } else break;
  }
  const whole: Json = Object.keys(more).length === 0 ? key : {elem: {val: key, ...more}};
  return value === undefined ? whole : [whole, value];
}

export function counted(cursor: Cursor): Json {
  if (!took(cursor, 'packets')) return null;
  const packets = wholeNumber(cursor);
  expect(cursor, 'bytes');
  return {packets, bytes: wholeNumber(cursor)};
}

/** Names of chains: of nft's own (letters first), and of iptables-nft, which may be anything without blanks. */
const chainName = /^[^\s"{}@;,()#=!<>:]+$/;

export function verdict(cursor: Cursor): JsonObject | null {
  const first = peek(cursor);
  if (first === 'accept' || first === 'drop' || first === 'return' || first === 'continue') {
    cursor.next++;
    return {[first]: null};
  }
  if (first !== 'jump' && first !== 'goto') return null;
  cursor.next++;
  const target = take(cursor);
  if (!chainName.test(target)) throw new NotUnderstood(`“${target}” is no chain`);
  return {[first]: {target}};
}
