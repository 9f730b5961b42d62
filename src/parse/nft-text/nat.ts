import type {Json, JsonObject} from '../nft.ts';
import {looked} from './look-up.ts';
import {type Cursor, expect, NotUnderstood, peek, type Token, took} from './tokens.ts';

const flagNames = new Set(['random', 'fully-random', 'persistent']);
const ports = /^(\d+)(?:-(\d+))?$/;
const v4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const v6 = String.raw`[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*`;
const withPort = new RegExp(`^(?:(${v4}(?:-${v4})?)|\\[(${v6})\\](?:-\\[(${v6})\\])?):(\\d+(?:-\\d+)?)$`);
const bracketed = new RegExp(`^\\[(${v6})\\](?:-\\[(${v6})\\])?$`);

/** After `dnat`, `snat`, `redirect`, `masquerade` or `tproxy`: `[ip|ip6] [prefix] to ADDRESS[:PORT] [flags]`, each part if it is there. */
export function natted(cursor: Cursor, kind: string): JsonObject | null {
  const told: Record<string, Json> = {};
  if ((peek(cursor) === 'ip' || peek(cursor) === 'ip6') && (peek(cursor, 1) === 'to' || peek(cursor, 1) === 'prefix' || peek(cursor, 1) === 'addr')) told['family'] = took(cursor, 'ip') ? 'ip' : (cursor.next++, 'ip6');
  const isPrefix = took(cursor, 'prefix');
  const joinedPort = took(cursor, 'addr'); // as 0.9 writes maps to addresses with ports: `addr . port to`
  if (joinedPort) {
    expect(cursor, '.');
    expect(cursor, 'port');
  }
  if (took(cursor, 'to')) Object.assign(told, target(cursor));
  else if (isPrefix || joinedPort || 'family' in told || kind === 'dnat' || kind === 'snat' || kind === 'tproxy') throw new NotUnderstood(`${kind} to nothing`);
  const flags: string[] = isPrefix ? ['netmap'] : [];
  while (flagNames.has(peek(cursor))) {
    flags.push(peek(cursor));
    cursor.next++;
    took(cursor, ',');
  }
  if (flags.length > 0) told['flags'] = flags.length === 1 ? (flags[0] ?? '') : flags;
  if (isPrefix) told['type_flags'] = 'prefix';
  return Object.keys(told).length === 0 ? null : told;
}

function target(cursor: Cursor): JsonObject {
  const text = peek(cursor);
  const both = withPort.exec(text);
  if (both !== null) {
    cursor.next++;
    const [, plain, low, high, port = ''] = both;
    return {addr: plain === undefined ? span(low ?? '', high) : span(...(plain.split('-') as [string, string?])), port: portOf(port)};
  }
  const alone = bracketed.exec(text);
  if (alone !== null) {
    cursor.next++;
    return {addr: span(alone[1] ?? '', alone[2])};
  }
  if (text.startsWith(':') && !text.startsWith('::')) {
    const rest = text.slice(1);
    if (ports.test(rest)) {
      cursor.next++;
      return {port: portOf(rest)};
    }
    return {port: looked(without(cursor, rest))};
  }
  const addr = looked(cursor);
  if (!peek(cursor).startsWith(':') || peek(cursor) === ':') return {addr};
  const rest = peek(cursor).slice(1);
  if (!ports.test(rest)) return {addr, port: looked(without(cursor, rest))};
  cursor.next++;
  return {addr, port: portOf(rest)};
}

/** `:tcp dport map …`: the colon sticks to the first word. */
function without(cursor: Cursor, rest: string): Cursor {
  const first = cursor.tokens[cursor.next];
  if (first === undefined || rest === '') throw new NotUnderstood('a port');
  (cursor.tokens as Token[])[cursor.next] = {...first, text: rest};
  return cursor;
}

function span(low: string, high?: string): Json {
  return high === undefined ? low : {range: [low, high]};
}

function portOf(text: string): Json {
  const [, low = '', high] = ports.exec(text) ?? [];
  return high === undefined ? Number(low) : {range: [Number(low), Number(high)]};
}
