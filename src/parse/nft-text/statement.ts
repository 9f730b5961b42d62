import type {Json, JsonObject} from '../nft.ts';
import {counted, element, verdict} from './elements.ts';
import {joined, selector} from './expression.ts';
import {looked, mapData, wanted} from './look-up.ts';
import {natted} from './nat.ts';
import {fits} from './types.ts';
import {type Cursor, expect, NotUnderstood, peek, quoted, take, took, wholeNumber} from './tokens.ts';

const comparisons = new Set(['==', '!=', '<', '>', '<=', '>=']);
/** Sets of bits: without an operator, one common bit is enough. */
const bits = new Set(['state', 'status', 'label', 'event']);

/** What `reject` alone means in each family (src/evaluate.c, stmt_evaluate_reject_default). */
const rejections: Readonly<Record<string, string>> = {ip: 'icmp', ip6: 'icmpv6'};

/** One statement, in the shape of libnftables-json(5); throws NotUnderstood. */
export function statement(cursor: Cursor, family: string): JsonObject {
  return verdict(cursor) ?? action(cursor, family) ?? asked(cursor);
}

function action(cursor: Cursor, family: string): JsonObject | null {
  const start = cursor.next;
  const first = take(cursor);
  switch (first) {
    case 'counter': return {counter: took(cursor, 'name') ? quoted(cursor) : counted(cursor)};
    case 'quota': return {quota: took(cursor, 'name') ? quoted(cursor) : quota(cursor)};
    case 'limit': return {limit: took(cursor, 'name') ? quoted(cursor) : limit(cursor)};
    case 'log': return {log: log(cursor)};
    case 'reject': return {reject: rejection(cursor, family)};
    case 'masquerade': case 'redirect': case 'snat': case 'dnat': case 'tproxy': return {[first]: natted(cursor, first)};
    case 'notrack': return {notrack: null};
    case 'add': case 'update': case 'delete': return changed(cursor, first);
    case 'flow': {
      const op = take(cursor);
      return {flow: {op, flowtable: setName(cursor)}};
    }
    case 'xt': {
      const type = take(cursor);
      return {xt: {type, name: take(cursor).replaceAll('"', '')}};
    }
    case '#': {
      const name = /^xt_(\S+)$/.exec(take(cursor))?.[1];
      if (name === undefined) throw new NotUnderstood('a comment within a rule');
      return {xt: {name}};
    }
    case 'ct': {
      const what = peek(cursor);
      if (what === 'count') {
        cursor.next++;
        const over = took(cursor, 'over') ? {inv: true} : {};
        return {'ct count': {val: wholeNumber(cursor), ...over}};
      }
      if (['helper', 'timeout', 'expectation'].includes(what) && peek(cursor, 1) === 'set') {
        cursor.next += 2;
        return {[`ct ${what}`]: quoted(cursor)};
      }
    }
  }
  cursor.next = start;
  return null;
}

/** A match, a mangling or a verdict map: all begin with what is asked for. */
function asked(cursor: Cursor): JsonObject {
  if (selector({...cursor}) === null && peek(cursor) !== '(') throw new NotUnderstood(`“${peek(cursor)}” begins no statement`);
  const left = joined(cursor);
  if (took(cursor, 'set')) return {mangle: {key: left, value: looked(cursor)}};
  if (took(cursor, 'vmap')) return {vmap: {key: left, data: checked(left, mapData(cursor, 'vmap'))}};
  const told = comparisons.has(peek(cursor)) ? take(cursor) : null;
  const right = wanted(cursor, left);
  if (took(cursor, '/')) return {match: {op: told ?? '==', left: {'&': [left, joined(cursor, true)]}, right}};
  return {match: {op: told ?? implied(left, right), left, right: checked(left, right)}};
}

function checked(left: Json, right: Json): Json {
  if (!fits(left, right)) throw new NotUnderstood('a value of another type');
  return right;
}

function implied(left: Json, right: Json): string {
  const of = left !== null && typeof left === 'object' && !Array.isArray(left) ? (left as JsonObject) : {};
  const isSet = (right !== null && typeof right === 'object' && 'set' in right) || (typeof right === 'string' && right.startsWith('@'));
  const payload = of['payload'] as JsonObject | undefined;
  const ofBits = bits.has(String(((of['ct'] ?? {}) as JsonObject)['key'])) || (payload?.['protocol'] === 'tcp' && payload['field'] === 'flags');
  return ofBits && !isSet ? 'in' : '==';
}

/** `add @set { key timeout 1h }`; with a value it is a map's. Not handled: statements other than counter and limit. */
function changed(cursor: Cursor, op: string): JsonObject {
  const set = setName(cursor);
  expect(cursor, '{');
  const item = element(cursor, false);
  const stmt = took(cursor, 'limit') ? {stmt: [{limit: limit(cursor)}]} : {};
  expect(cursor, '}');
  return Array.isArray(item) ? {map: {op, elem: (item as readonly Json[])[0] ?? null, data: (item as readonly Json[])[1] ?? null, map: set, ...stmt}} : {set: {op, elem: item, set, ...stmt}};
}

function setName(cursor: Cursor): string {
  const name = take(cursor);
  if (!/^@[^,]+$/.test(name)) throw new NotUnderstood(`“${name}” is no set`);
  return name;
}

const volumes = new Set(['bytes', 'kbytes', 'mbytes']);

function volume(cursor: Cursor): string {
  const unit = take(cursor);
  if (!volumes.has(unit)) throw new NotUnderstood(`“${unit}” is no unit`);
  return unit;
}

function quota(cursor: Cursor): JsonObject {
  const inv = took(cursor, 'over') ? {inv: true} : {};
  const main = {val: wholeNumber(cursor), val_unit: volume(cursor)};
  return {...main, ...(took(cursor, 'used') ? {used: wholeNumber(cursor), used_unit: volume(cursor)} : {}), ...inv};
}

/** `rate [over] 10/second [burst 5 packets]`, `rate 512 kbytes/hour [burst 10 kbytes]`. */
function limit(cursor: Cursor): JsonObject {
  expect(cursor, 'rate');
  const inv = took(cursor, 'over') ? {inv: true} : {};
  const first = take(cursor);
  const packets = /^(\d+)\/(second|minute|hour|day|week)$/.exec(first);
  if (packets !== null) {
    let burst = 5;
    if (took(cursor, 'burst')) {
      burst = wholeNumber(cursor);
      expect(cursor, 'packets');
    }
    return {rate: Number(packets[1]), burst, per: packets[2] ?? '', ...inv};
  }
  const unit = /^(bytes|kbytes|mbytes)\/(second|minute|hour|day|week)$/.exec(take(cursor));
  if (unit === null || !/^\d+$/.test(first)) throw new NotUnderstood('a limit');
  const burst = took(cursor, 'burst') ? {burst: wholeNumber(cursor), burst_unit: volume(cursor)} : {burst: 0, burst_unit: 'bytes'};
  return {rate: Number(first), per: unit[2] ?? '', rate_unit: unit[1] ?? '', ...burst, ...inv};
}

function log(cursor: Cursor): JsonObject | null {
  const told: Record<string, Json> = {};
  const flags: string[] = [];
  for (;;) {
    if (took(cursor, 'prefix')) told['prefix'] = quoted(cursor);
    else if (took(cursor, 'level')) told['level'] = take(cursor);
    else if (took(cursor, 'flags')) {
      const layer = take(cursor);
      if (layer === 'tcp' || layer === 'ip') do flags.push(`${layer} ${take(cursor)}`); while (took(cursor, ','));
      else flags.push(layer);
    } else if (['group', 'snaplen', 'queue-threshold'].includes(peek(cursor))) told[take(cursor)] = wholeNumber(cursor);
    else break;
  }
  if (flags.length > 0) told['flags'] = flags.length === 1 ? (flags[0] ?? '') : flags;
  return Object.keys(told).length === 0 ? null : told;
}

/** `reject`, `reject with tcp reset`, `reject with icmp[v6|x] [type] host-prohibited`. */
function rejection(cursor: Cursor, family: string): JsonObject {
  if (!took(cursor, 'with')) return {type: rejections[family] ?? 'icmpx', expr: 'port-unreachable'};
  const type = take(cursor);
  if (type === 'tcp') {
    expect(cursor, 'reset');
    return {type: 'tcp reset'};
  }
  if (!['icmp', 'icmpv6', 'icmpx'].includes(type)) throw new NotUnderstood(`reject with ${type}`);
  took(cursor, 'type');
  const expr = take(cursor);
  return {type, expr: /^\d+$/.test(expr) ? Number(expr) : expr};
}
