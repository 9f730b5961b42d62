import type {Json, JsonObject} from '../nft.ts';
import {type Cursor, expect, NotUnderstood, peek, take, took, wholeNumber} from './tokens.ts';

/*
 * Expressions of nft(8) as nft prints them, in the shape that libnftables-json(5) gives them. Not handled, so that the rule is
 * not understood from there on: ipsec, tunnel, vxlan and other inner headers, and fields of extension headers.
 */

const headers = new Set(['ether', 'vlan', 'arp', 'ip', 'ip6', 'icmp', 'icmpv6', 'igmp', 'tcp', 'udp', 'udplite', 'sctp', 'dccp', 'ah', 'esp', 'comp', 'th', 'gre']);
/** What is asked of the packet's way without the word meta. */
const bare = new Set(['iif', 'iifname', 'iiftype', 'iifgroup', 'oif', 'oifname', 'oiftype', 'oifgroup', 'mark', 'skuid', 'skgid', 'nftrace', 'rtclassid', 'pkttype', 'cpu', 'l4proto', 'nfproto', 'ibrname', 'obrname', 'cgroup']);
const tuple = new Set(['ip', 'ip6']);
const fibFlags = new Set(['saddr', 'daddr', 'mark', 'iif', 'oif']);
const operators: Readonly<Record<string, string>> = {'&': '&', '|': '|', '^': '^', '<<': '<<', '>>': '>>', and: '&', or: '|', xor: '^', lshift: '<<', rshift: '>>'};
const strength: Readonly<Record<string, number>> = {'<<': 4, '>>': 4, '&': 3, '^': 2, '|': 1};
/** Words that end what is asked for: where a value is missing, they are not taken for it. */
const reserved = new Set(['accept', 'drop', 'return', 'continue', 'jump', 'goto', 'reject', 'set', 'vmap', 'map', 'comment', '==', '!=', '<', '>', '<=', '>=', '.', ':', '=', '/', '-', '#', '@', ...Object.keys(operators)]);
const word = /^[a-z][a-z0-9_-]*$/i;

/** Something that a packet is asked for (no constant); null if no such thing begins here. */
export function selector(cursor: Cursor): JsonObject | null {
  const first = peek(cursor);
  const name = (): string => {
    const text = take(cursor);
    if (!word.test(text)) throw new NotUnderstood(`“${text}” is no name`);
    return text;
  };
  if (headers.has(first)) {
    cursor.next++;
    if (first === 'ip' && took(cursor, 'option')) return named('ip option', cursor, name);
    if (first === 'tcp' && took(cursor, 'option')) return named('tcp option', cursor, name);
    if (first === 'sctp' && took(cursor, 'chunk')) return named('sctp chunk', cursor, name);
    return {payload: {protocol: first, field: name()}};
  }
  const raw = /^@([a-z]+),(\d+),(\d+)$/.exec(first);
  if (raw !== null) {
    cursor.next++;
    return {payload: {base: raw[1] ?? '', offset: Number(raw[2]), len: Number(raw[3])}};
  }
  if (bare.has(first)) {
    cursor.next++;
    return {meta: {key: first}};
  }
  switch (first) {
    case 'meta': case 'rt': case 'socket': case 'osf':
      cursor.next++;
      return {[first]: {key: name()}};
    case 'ct': {
      cursor.next++;
      const dir = peek(cursor) === 'original' || peek(cursor) === 'reply' ? take(cursor) : null;
      const key = name();
      const whole = tuple.has(key) ? `${key} ${name()}` : key;
      return {ct: dir === null ? {key: whole} : {key: whole, dir}};
    }
    case 'exthdr':
      cursor.next++;
      return {exthdr: {name: name()}};
    case 'fib': {
      cursor.next++;
      const flags: string[] = [];
      do flags.push(fibFlags.has(peek(cursor)) ? take(cursor) : name()); while (took(cursor, '.'));
      if (!flags.every(flag => fibFlags.has(flag))) throw new NotUnderstood('fib');
      const result = name();
      took(cursor, 'present'); // as 1.1 writes `fib … oif present`
      return {fib: {result, flags}};
    }
    case 'numgen': {
      cursor.next++;
      const mode = name();
      expect(cursor, 'mod');
      const mod = wholeNumber(cursor);
      return {numgen: {mode, mod, offset: took(cursor, 'offset') ? wholeNumber(cursor) : 0}};
    }
    case 'jhash': case 'symhash': {
      cursor.next++;
      const of = first === 'jhash' ? {expr: joined(cursor)} : {};
      expect(cursor, 'mod');
      const mod = wholeNumber(cursor);
      const seed = took(cursor, 'seed') ? {seed: wholeNumber(cursor)} : {};
      const offset = took(cursor, 'offset') ? {offset: wholeNumber(cursor)} : {};
      return {[first]: {mod, ...seed, ...offset, ...of}};
    }
    default: return null;
  }
}

function named(kind: string, cursor: Cursor, name: () => string): JsonObject {
  const option = name();
  const field = word.test(peek(cursor)) && !['set', 'exists', 'missing', 'vmap', 'map'].includes(peek(cursor)) ? {field: name()} : {};
  return {[kind]: {name: option, ...field}};
}

/**
 * Selectors and constants joined by points: `ip daddr . meta l4proto . th dport`. Where nft prints constants only (elements, what
 * is compared with), `tcp` is a protocol, not the beginning of `tcp dport`.
 */
export function joined(cursor: Cursor, constants = false): Json {
  const parts = [combined(cursor, constants)];
  while (took(cursor, '.')) parts.push(combined(cursor, constants));
  return parts.length === 1 ? (parts[0] ?? null) : {concat: parts};
}

/** With bit operators, by their strength. */
function combined(cursor: Cursor, constants: boolean, above = 0): Json {
  let left = operand(cursor, constants);
  for (;;) {
    const operator = operators[peek(cursor)];
    const own = operator === undefined ? 0 : (strength[operator] ?? 0);
    if (operator === undefined || own <= above) return left;
    cursor.next++;
    left = {[operator]: [left, combined(cursor, constants, own)]};
  }
}

function operand(cursor: Cursor, constants: boolean): Json {
  if (took(cursor, '(')) {
    const inner = combined(cursor, constants);
    expect(cursor, ')');
    return inner;
  }
  return (constants ? null : selector(cursor)) ?? list(cursor);
}

/** One constant, or several with commas and without blanks between them: `established,related`. */
function list(cursor: Cursor): Json {
  const items = [constant(take(cursor))];
  while (peek(cursor) === ',' && cursor.tokens[cursor.next]?.gap === '' && cursor.tokens[cursor.next + 1]?.gap === '') {
    cursor.next++;
    items.push(constant(take(cursor)));
  }
  return items.length === 1 ? (items[0] ?? null) : items;
}

const address = String.raw`\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*`;
const prefix = new RegExp(`^(${address})/(\\d{1,3})$`);
const range = new RegExp(`^(${address}|\\d+|0x[0-9a-f]+)-(${address}|\\d+|0x[0-9a-f]+)$`);
const texts = /^("[^"]*")-("[^"]*")$/;

function constant(text: string): Json {
  if (text.startsWith('"')) {
    const ends = texts.exec(text);
    if (ends !== null) return {range: [constant(ends[1] ?? ''), constant(ends[2] ?? '')]};
    if (!/^"[^"]*"$/.test(text)) throw new NotUnderstood('a quote does not end');
    return text.slice(1, -1);
  }
  if (/^\d{1,15}$/.test(text) || /^0x[0-9a-f]{1,8}$/.test(text)) return Number(text);
  const block = prefix.exec(text);
  if (block !== null) return {prefix: {addr: block[1] ?? '', len: Number(block[2])}};
  const bounds = range.exec(text);
  if (bounds !== null) return {range: [constant(bounds[1] ?? ''), constant(bounds[2] ?? '')]};
  if (reserved.has(text) || !/^[a-z0-9*][a-z0-9_.:*+-]*$|^::[0-9a-f:.]*$/i.test(text)) throw new NotUnderstood(`“${text}” is no value`);
  return text;
}
