import type {Json, JsonObject, NftRule, NftTable} from '../../parse/nft.ts';
import {fraction, one} from '../fraction.ts';
import {formatAddress, hostPort, parseAddress} from '../ip.ts';
import type {Place} from '../iptables/match.ts';
import type {Action, Branch, Chain, Evaluation, Line, Program} from '../netfilter/program.ts';
import type {Packet} from '../packet.ts';
import {isOneOf, isThe, type Scope, valueOf} from './expression.ts';
import {ruleText} from './text.ts';

/** A rule with its place and text, for paths and evidence. */
export interface NftLine extends Line {
  readonly rule: NftRule;
}

/** Statements that change nothing that a Service's traffic depends on. */
const passing = new Set(['counter', 'log', 'notrack', 'ct helper', 'ct timeout', 'quota', 'flow', 'comment', 'continue', 'set']);

/** A table of nft as a program. */
export function nftProgram(table: NftTable, place: Place): Program<NftLine> {
  // A client that comes for the first time is in none of kube-proxy's affinity sets, whoever is in them now.
  const sets = new Map([...table.sets].map(([name, set]) => [name, table.name === 'kube-proxy' && name.startsWith('affinity-') ? {...set, elements: []} : set]));
  const scope: Scope = {family: table.family, sets, place};
  const chains = new Map<string, Chain<NftLine>>();
  for (const {name, base, rules} of table.chains.values()) {
    chains.set(name, {name, policy: base === null ? null : base.policy === 'drop' ? 'drop' : 'accept', ruleAt: once(rules, rule => ({table: `${table.family} ${table.name}`, chain: name, raw: ruleText(rule), comment: rule.comment, rule}))});
  }
  return {chains, evaluate: ({rule}, packet) => evaluate(rule, packet, scope)};
}

/** Most chains of a large node are never entered: their rules' texts are not made. */
function once<T, U>(all: readonly T[], make: (each: T) => U): (index: number) => U | undefined {
  const made: U[] = [];
  return index => {
    const each = all[index];
    return each === undefined ? undefined : (made[index] ??= make(each));
  };
}

function evaluate(rule: NftRule, packet: Packet, scope: Scope): Evaluation {
  const next: Branch = {share: one, action: {go: 'next'}, packet};
  return run(rule.statements, packet, scope, next);
}

/** The statements of a rule from one on: the first match that fails ends the rule. */
function run(statements: readonly JsonObject[], packet: Packet, scope: Scope, next: Branch): Evaluation {
  let now = packet;
  for (const [i, statement] of statements.entries()) {
    const [kind = '', body = null] = Object.entries(statement)[0] ?? [];
    const of = (body ?? {}) as JsonObject;
    const go = (action: Action, changed = now): Evaluation => ({branches: [{share: one, action, packet: changed}]});
    switch (kind) {
      case 'match': {
        const verdict = matches(of, now, scope);
        if (verdict === true) continue;
        if (verdict === false) return {branches: [next]};
        const rest = run(statements.slice(i + 1), now, scope, next);
        return {undecided: `kdiag cannot decide “${JSON.stringify(statement)}”`, either: 'branches' in rest ? [rest.branches, [next]] : [...rest.either, [next]]};
      }
      case 'accept': case 'drop': case 'return': return go({go: kind});
      case 'jump': case 'goto': return go({go: kind, chain: String(of['target'])});
      case 'reject': return go({go: 'reject', with: String(of['expr'] ?? of['type'] ?? 'port-unreachable')});
      case 'vmap': return lookUp(of, now, scope, next, statement);
      case 'dnat': return translate(of, now, scope, statement);
      case 'masquerade': return go({go: 'snat', to: null});
      case 'snat': return typeof of['addr'] === 'string' ? go({go: 'snat', to: of['addr']}) : {undecided: `kdiag cannot follow “${JSON.stringify(statement)}”`, either: []};
      case 'mangle': {
        const target = ((of['key'] ?? {}) as JsonObject)['meta'] as JsonObject | undefined;
        const value = valueOf(of['value'] ?? null, now, scope);
        if (target?.['key'] === 'mark' && typeof value === 'number') now = {...now, mark: value >>> 0};
        else if (target?.['key'] === 'mark') return {undecided: `kdiag cannot follow “${JSON.stringify(statement)}”`, either: []};
        continue;
      }
      case 'limit': return {undecided: 'a limit lets an unknown part through', either: [[next], branchesOf(run(statements.slice(i + 1), now, scope, next))]};
      default:
        if (!passing.has(kind)) return {undecided: `kdiag does not know the statement “${JSON.stringify(statement)}”`, either: []};
    }
  }
  return {branches: [{...next, packet: now}]};
}

function branchesOf(evaluation: Evaluation): readonly Branch[] {
  return 'branches' in evaluation ? evaluation.branches : (evaluation.either[0] ?? []);
}

function matches(of: JsonObject, packet: Packet, scope: Scope): boolean | null {
  const value = valueOf(of['left'] ?? null, packet, scope);
  const wanted = of['right'] ?? null;
  const hit = (): boolean | null => isOneOf(value, wanted, scope);
  switch (of['op']) {
    case '==': case 'in': return hit();
    case '!=': { const is = hit(); return is === null ? null : !is; }
    case '<': return typeof value === 'number' && typeof wanted === 'number' ? value < wanted : null;
    case '>': return typeof value === 'number' && typeof wanted === 'number' ? value > wanted : null;
    case '<=': return typeof value === 'number' && typeof wanted === 'number' ? value <= wanted : null;
    case '>=': return typeof value === 'number' && typeof wanted === 'number' ? value >= wanted : null;
    default: return null;
  }
}

/** A verdict map: by value, or by a random number (then each verdict has its share). */
function lookUp(of: JsonObject, packet: Packet, scope: Scope, next: Branch, statement: JsonObject): Evaluation {
  const pairs = pairsOf(of['data'] ?? null, scope);
  if (pairs === null) return {undecided: `kdiag cannot read the map of “${JSON.stringify(statement)}”`, either: []};
  const random = numgen(of['key'] ?? null);
  if (random !== null) return {branches: share(random, pairs, verdict => ({action: actionOf(verdict), packet}), next)};
  const value = valueOf(of['key'] ?? null, packet, scope);
  let open = value === null;
  for (const [key, verdict] of pairs) {
    const hit = isThe(value, key);
    if (hit === true && !open) return {branches: [{share: one, action: actionOf(verdict), packet}]};
    open ||= hit === null;
  }
  return open && pairs.length > 0 ? {undecided: `kdiag cannot decide “${JSON.stringify(statement)}”`, either: [...pairs.map(([, verdict]): Branch[] => [{share: one, action: actionOf(verdict), packet}]), [next]]} : {branches: [next]};
}

function translate(of: JsonObject, packet: Packet, scope: Scope, statement: JsonObject): Evaluation {
  const stop = {undecided: `kdiag cannot follow “${JSON.stringify(statement)}”`, either: []};
  const addr = of['addr'] ?? null;
  const map = addr !== null && typeof addr === 'object' && !Array.isArray(addr) ? (addr as JsonObject)['map'] as JsonObject | undefined : undefined;
  if (map === undefined) {
    const to = destination(addr, of['port'] ?? null, packet);
    return to === null ? stop : {branches: [{share: one, ...to}]};
  }
  const random = numgen(map['key'] ?? null);
  const pairs = pairsOf(map['data'] ?? null, scope);
  if (random === null || pairs === null) return stop;
  const ends = pairs.map(([, target]) => destination(target, of['port'] ?? null, packet));
  if (ends.includes(null)) return stop;
  return {branches: share(random, pairs, target => destination(target, of['port'] ?? null, packet) ?? {action: {go: 'next'}, packet}, {share: one, action: {go: 'next'}, packet})};
}

/** `ADDRESS`, or `ADDRESS . PORT`. */
function destination(target: Json, port: Json, packet: Packet): {action: Action; packet: Packet} | null {
  const [host, own] = typeof target === 'string' ? [target, port] : target !== null && typeof target === 'object' && !Array.isArray(target) ? (((target as JsonObject)['concat'] ?? []) as Json[]) : [];
  const address = typeof host === 'string' ? parseAddress(host) : null;
  const number = typeof own === 'number' ? own : own === null || own === undefined ? packet.port : null;
  if (address === null || number === null) return null;
  return {action: {go: 'dnat', to: hostPort(formatAddress(address), number)}, packet: {...packet, destination: address, port: number, original: packet.original ?? {destination: packet.destination, port: packet.port}}};
}

/** Each number from 0 to mod - 1 is drawn equally often; numbers without an entry fall through. */
function share(random: {mod: number; offset: number}, pairs: readonly (readonly [Json, Json])[], end: (target: Json) => {action: Action; packet: Packet}, next: Branch): Branch[] {
  const part = fraction(1n, BigInt(random.mod));
  return Array.from({length: random.mod}, (_, i) => {
    const pair = pairs.find(([key]) => key === i + random.offset);
    return pair === undefined ? {...next, share: part} : {share: part, ...end(pair[1])};
  });
}

function numgen(expression: Json): {mod: number; offset: number} | null {
  const of = expression !== null && typeof expression === 'object' && !Array.isArray(expression) ? ((expression as JsonObject)['numgen'] as JsonObject | undefined) : undefined;
  const {mod, offset} = of ?? {};
  return typeof mod === 'number' && mod > 0 && mod <= 100_000 ? {mod, offset: typeof offset === 'number' ? offset : 0} : null;
}

function pairsOf(data: Json, scope: Scope): (readonly [Json, Json])[] | null {
  const elements = typeof data === 'string' && data.startsWith('@') ? scope.sets.get(data.slice(1))?.elements : data !== null && typeof data === 'object' && !Array.isArray(data) ? ((data as JsonObject)['set'] as readonly Json[] | undefined) : undefined;
  if (elements === undefined) return null;
  return elements.map(element => (Array.isArray(element) ? [(element as readonly Json[])[0] ?? null, (element as readonly Json[])[1] ?? null] as const : [element, null] as const));
}

function actionOf(verdict: Json): Action {
  const [kind = '', body = null] = Object.entries((verdict ?? {}) as JsonObject)[0] ?? [];
  if (kind === 'jump' || kind === 'goto') return {go: kind, chain: String((body as JsonObject)['target'])};
  return kind === 'accept' || kind === 'drop' || kind === 'return' ? {go: kind} : {go: 'next'};
}
