import {parseAddress} from '../ip.ts';

/** A value as Go's standard library reads it, or its error in Go's words: CoreDNS puts them in its log as they are. */
export type GoValue<T> = {readonly value: T} | {readonly error: string};

/** strconv.Atoi; `name` is the function that CoreDNS calls. Numbers beyond 64 bits are out of range. */
export function integer(text: string, name: 'Atoi' | 'ParseUint' = 'Atoi'): GoValue<number> {
  const wrong = (why: string): GoValue<number> => ({error: `strconv.${name}: parsing ${quoted(text)}: ${why}`});
  if (!(name === 'Atoi' ? /^[+-]?\d+$/ : /^\d+$/).test(text)) return wrong('invalid syntax');
  const value = Number(text);
  return Math.abs(value) > (name === 'Atoi' ? 2 ** 63 : 2 ** 32 - 1) ? wrong('value out of range') : {value};
}

const units: Readonly<Record<string, number>> = {ns: 1e-6, us: 1e-3, 'µs': 1e-3, 'μs': 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000};

/** time.ParseDuration, in milliseconds. */
export function duration(text: string): GoValue<number> {
  const invalid = {error: `time: invalid duration ${quoted(text)}`};
  const signed = text.replace(/^[+-]/, '');
  if (signed === '0') return {value: 0};
  if (signed === '') return invalid;
  let value = 0;
  for (let rest = signed; rest !== '';) {
    const [, number = '', unit = ''] = /^(\d*(?:\.\d*)?)([^.\d]*)/.exec(rest) ?? [];
    if (!/\d/.test(number)) return invalid;
    if (unit === '') return {error: `time: missing unit in duration ${quoted(text)}`};
    const size = units[unit];
    if (size === undefined) return {error: `time: unknown unit ${quoted(unit)} in duration ${quoted(text)}`};
    value += Number(number) * size;
    rest = rest.slice(number.length + unit.length);
  }
  return {value: text.startsWith('-') ? -value : value};
}

/** net.SplitHostPort. */
export function hostAndPort(text: string): GoValue<{readonly host: string; readonly port: string}> {
  const wrong = (why: string): {error: string} => ({error: `address ${text}: ${why}`});
  const colon = text.lastIndexOf(':');
  if (colon === -1) return wrong('missing port in address');
  let host = text.slice(0, colon);
  let [open, close] = [0, 0];
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end === -1) return wrong("missing ']' in address");
    if (end + 1 === text.length) return wrong('missing port in address');
    if (end + 1 !== colon) return wrong(text[end + 1] === ':' ? 'too many colons in address' : 'missing port in address');
    host = text.slice(1, end);
    [open, close] = [1, end + 1];
  } else if (host.includes(':')) return wrong('too many colons in address');
  if (text.includes('[', open)) return wrong("unexpected '[' in address");
  if (text.includes(']', close)) return wrong("unexpected ']' in address");
  return {value: {host, port: text.slice(colon + 1)}};
}

/** net.ParseIP: no zone, no leading zeros. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== null && !/(^|[.:])0\d+(\.|$)/.test(text);
}

/** %q: quotes, backslashes and what cannot be printed are escaped. */
export function quoted(text: string): string {
  const short: Readonly<Record<string, string>> = {'\x07': 'a', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v', '"': '"', '\\': '\\'};
  const hex = (code: number): string => (code < 0x80 ? `x${code.toString(16).padStart(2, '0')}` : code < 0x10000 ? `u${code.toString(16).padStart(4, '0')}` : `U${code.toString(16).padStart(8, '0')}`);
  return `"${text.replaceAll(/["\\]|(?! )[\p{C}\p{Z}]/gu, char => `\\${short[char] ?? hex(char.codePointAt(0)!)}`)}"`;
}
