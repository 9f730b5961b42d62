import type {Json, JsonObject, NftRule} from '../../parse/nft.ts';
import {expressionText, statementText} from '../nft/text.ts';
import {chainNote} from './chains.ts';
import {chanceText, type Context, jumpWords, sentence} from './context.ts';

/** What a rule of nft does, in one clause; statements that this file has no words for are quoted. */
export function nftWords(rule: NftRule, context: Context): string {
  const whom: string[] = [];
  const deeds: string[] = [];
  let draw: string | null = null;
  for (const statement of rule.statements) {
    const [kind = '', body = null] = Object.entries(statement)[0] ?? [];
    const of = (body ?? {}) as JsonObject;
    if (silent.has(kind)) continue;
    if (kind === 'match') whom.push(matchWords(of) ?? `with “${statementText(statement)}”`);
    else if (kind === 'limit') whom.push('within a limit');
    else {
      draw ??= drawOf(of['key'] ?? null) ?? drawOf(mapOf(of)?.['key'] ?? null);
      deeds.push(deedOf(kind, of, rule, context) ?? `are handled by “${statementText(statement)}”`);
    }
  }
  return sentence(draw, whom.length === 0 ? null : `packets ${whom.join(' ')}`, deeds.length === 0 ? 'are counted' : deeds.join(' and '));
}

const silent = new Set(['counter', 'comment', 'log', 'continue']);

function deedOf(kind: string, of: JsonObject, {comment, chain}: NftRule, context: Context): string | null {
  const because = comment === null ? '' : ` (${comment})`;
  switch (kind) {
    case 'accept': return `are let through${because}`;
    case 'drop': return `are dropped${because}`;
    case 'return': return `leave this chain${because}`;
    case 'reject': return `are refused with ${String(of['expr'] ?? of['type'] ?? 'port-unreachable')}${because}`;
    case 'jump': case 'goto': return jumpWords(String(of['target']), comment ?? chainNote(String(of['target'])));
    case 'vmap': return drawOf(of['key'] ?? null) === null ? `are looked up in ${dataName(of['data'] ?? null)} by ${keyWords(of['key'] ?? null)}: ${verdictOf(chain, context)}` : verdictOf(chain, context);
    case 'dnat': return `are translated to ${context.to ?? expressionText(of['addr'] ?? null)}`;
    case 'redirect': return `are sent to the node itself${of['port'] === undefined ? '' : `, port ${expressionText(of['port'])}`}`;
    case 'masquerade': return 'are masqueraded: they get an address of the node as sender';
    case 'snat': return `get ${expressionText(of['addr'] ?? null)} as sender`;
    case 'notrack': return 'are not tracked as connections';
    case 'mangle': return mangleWords(of);
    case 'set': return `are remembered in the set ${String(of['set'] ?? '').replace('@', '')}`;
    default: return null;
  }
}

/** What the entry that was found says: a map's text does not tell which one it was. */
function verdictOf(chain: string, {next, end}: Context): string {
  if (next !== null && next !== chain) return `go on in ${next}`;
  if (next === null && end === 'drop') return 'dropped';
  return 'what stands there lets them go on';
}

function mangleWords(of: JsonObject): string | null {
  const key = field(of['key'] ?? null, 'meta');
  if (key?.['key'] !== 'mark') return null;
  const value = of['value'] ?? null;
  const or = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject)['|'] : undefined;
  const bits = Array.isArray(or) ? (or as readonly Json[]).find(part => typeof part === 'number') : value;
  if (typeof bits === 'number') return `are marked ${hex(bits)}`;
  return value !== null && typeof value === 'object' && '^' in value ? 'lose their mark' : `are marked ${expressionText(value)}`;
}

/** Null: there are no words for it. */
function matchWords(of: JsonObject): string | null {
  const [left, right, op] = [of['left'] ?? null, of['right'] ?? null, String(of['op'])];
  if (op !== '==' && op !== 'in' && op !== '!=') return null;
  const negated = op === '!=';
  const not = negated ? 'not ' : '';
  const set = typeof right === 'string' && right.startsWith('@') ? right.slice(1) : null;
  const value = expressionText(right);
  const payload = field(left, 'payload');
  switch (payload?.['field']) {
    case 'daddr': return `for ${negated ? 'other addresses than' : set === null ? '' : 'one of'} ${set === null ? value : `the set ${set}`}`.replace('for  ', 'for ');
    case 'saddr': return `from ${negated ? 'outside ' : ''}${set === null ? value : `the set ${set}`}`;
    case 'dport': return `for ${negated ? 'another port than' : 'port'} ${set === null ? value : `those of the set ${set}`}${payload['protocol'] === 'th' ? '' : `/${String(payload['protocol']).toUpperCase()}`}`;
    case 'sport': return `from ${negated ? 'another port than' : 'port'} ${value}`;
    case 'protocol': case 'nexthdr': return `of ${negated ? 'another protocol than ' : 'protocol '}${value.toUpperCase()}`;
  }
  const key = field(left, 'meta')?.['key'];
  switch (key) {
    case 'l4proto': return `of ${negated ? 'another protocol than ' : 'protocol '}${value.toUpperCase()}`;
    case 'nfproto': case 'protocol': return `${not}of ${/6/.test(value) ? 'IPv6' : 'IPv4'}`;
    case 'iif': case 'iifname': return `that ${negated ? 'did not come' : 'came'} in by ${value}`;
    case 'oif': case 'oifname': return `that ${negated ? 'do not leave' : 'leave'} by ${value}`;
    case 'mark': return `${not}marked ${typeof right === 'number' ? hex(right) : value}`;
  }
  const connection = field(left, 'ct')?.['key'];
  if (connection === 'state') return value === 'new' && !negated ? 'of new connections' : `of connections in ${negated ? 'another state than' : 'state'} ${value.replaceAll(',', ', ')}`;
  if (connection === 'status') return value === 'dnat' && !negated ? 'of translated connections' : `of connections with${negated ? 'out' : ''} status ${value}`;
  if (field(left, 'fib')?.['result'] === 'type') {
    const whose = expressionText(field(left, 'fib')?.['flags'] ?? null).startsWith('saddr') ? 'from' : 'for';
    return `${whose} ${negated ? 'other addresses than ' : 'an address of '}${value === 'local' ? "the node's own" : `type ${value}`}`;
  }
  const masked = operands(left, '&');
  if (masked !== null && field(masked[0] ?? null, 'meta')?.['key'] === 'mark' && typeof masked[1] === 'number') return (right === 0) === negated ? `marked ${hex(masked[1])}` : right === 0 ? `not marked ${hex(masked[1])}` : null;
  if (operands(left, 'concat') !== null && set !== null) return `whose ${keyWords(left)} are ${not}in the set ${set}`;
  return null;
}

const parts: Readonly<Record<string, string>> = {daddr: 'address', saddr: 'sender', dport: 'port', sport: "the sender's port", protocol: 'protocol', l4proto: 'protocol', iifname: 'interface', oifname: 'interface', mark: 'mark'};

/** `address, protocol and port` */
function keyWords(key: Json): string {
  const names = (operands(key, 'concat') ?? [key]).map(part => parts[String(field(part, 'payload')?.['field'] ?? field(part, 'meta')?.['key'] ?? '')] ?? expressionText(part));
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function dataName(data: Json): string {
  return typeof data === 'string' && data.startsWith('@') ? `the map ${data.slice(1)}` : 'the map that stands in the rule';
}

/** `1/3` for a random number of three. */
function drawOf(key: Json): string | null {
  const mod = field(key, 'numgen')?.['mod'];
  return typeof mod === 'number' && mod > 0 ? chanceText(1 / mod) : null;
}

function mapOf(of: JsonObject): JsonObject | null {
  return field(of['addr'] ?? null, 'map');
}

function field(value: Json, name: string): JsonObject | null {
  const inner = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject)[name] : undefined;
  return inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? (inner as JsonObject) : null;
}

function operands(value: Json, operator: string): readonly Json[] | null {
  const inner = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject)[operator] : undefined;
  return Array.isArray(inner) ? (inner as readonly Json[]) : null;
}

const hex = (value: number): string => `0x${value.toString(16)}`;
