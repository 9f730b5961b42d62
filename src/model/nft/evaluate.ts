import type {Json, JsonObject, NftRule, NftTable} from '../../parse/nft.ts';
import {type Fraction, fraction, minus, one, times} from '../fraction.ts';
import {formatAddress, hostPort, parseAddress} from '../ip.ts';
import type {Action, Branch, Chain, Evaluation, Line, Program} from '../netfilter/program.ts';
import {originalOf, type Packet, untracked} from '../packet.ts';
import {type Draw, drawOf, numbersOf} from './draw.ts';
import {isOneOf, isThe, lookedUp, pairsOf, type Scope, type Value, valueOf} from './expression.ts';
import {flagsMatch} from './flags.ts';
import {ruleText} from './text.ts';

/** A rule with its place and text, for paths and evidence. */
export interface NftLine extends Line {
  readonly rule: NftRule;
}

/** Statements that change nothing that a Service's traffic depends on. */
const passing = new Set(['counter', 'log', 'ct helper', 'ct timeout', 'quota', 'flow', 'comment', 'continue', 'set']);

/** A table of nft as a program. */
export function nftProgram(table: NftTable): Program<NftLine> {
  // A client that comes for the first time is in none of kube-proxy's affinity sets, whoever is in them now.
  const sets = new Map([...table.sets].map(([name, set]) => [name, table.name === 'kube-proxy' && name.startsWith('affinity-') ? {...set, elements: []} : set]));
  let scope: Scope | null = null; // of the node that was asked about last
  const chains = new Map<string, Chain<NftLine>>();
  for (const {name, base, rules} of table.chains.values()) {
    chains.set(name, {name, policy: base === null ? null : base.policy === 'drop' ? 'drop' : 'accept', ruleAt: once(rules, rule => ({table: `${table.family} ${table.name}`, chain: name, raw: ruleText(rule), comment: rule.comment, rule}))});
  }
  return {chains, evaluate: ({rule}, packet, place) => evaluate(rule, packet, scope?.place === place ? scope : (scope = {family: table.family, sets, place}))};
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
        const share = shareOf(of, scope);
        if (share !== null) {
          const rest = run(statements.slice(i + 1), now, scope, next);
          return part(rest, share, {...next, packet: now});
        }
        const verdict = matches(of, now, scope);
        if (verdict === true) continue;
        if (verdict === false) return {branches: [{...next, packet: now}]};
        const rest = run(statements.slice(i + 1), now, scope, next);
        return {undecided: `kdiag cannot decide “${JSON.stringify(statement)}”`, either: [...('branches' in rest ? [rest.branches] : rest.either), [{...next, packet: now}]]};
      }
      case 'accept': case 'drop': case 'return': return go({go: kind});
      case 'jump': case 'goto': return go({go: kind, chain: String(of['target'])});
      case 'reject':
        if (!isAnswerable(of, now)) return {branches: [{...next, packet: now}]};
        return go({go: 'reject', with: String(of['expr'] ?? of['type'] ?? 'port-unreachable')});
      case 'vmap': return lookUp(of, now, scope, {...next, packet: now}, statement);
      case 'dnat':
        if (isOfOther(of, now)) continue; // in an inet table the other family goes past
        return translate(of, now, scope, {...next, packet: now}, statement);
      case 'masquerade': return go({go: 'snat', to: null});
      case 'snat':
        if (isOfOther(of, now)) continue;
        return typeof of['addr'] === 'string' ? go({go: 'snat', to: of['addr']}) : {undecided: `kdiag cannot follow “${JSON.stringify(statement)}”`, either: []};
      case 'notrack': now = untracked(now); continue;
      case 'mangle': {
        const {meta, ct} = (of['key'] ?? {}) as {meta?: JsonObject; ct?: JsonObject};
        if (meta?.['key'] !== 'mark' && ct?.['key'] !== 'mark') continue;
        const value = lookedUp(of['value'] ?? null, now, scope);
        if (value === undefined) return {branches: [{...next, packet: now}]};
        if (ct !== undefined && (now.early === true || now.untracked === true)) continue; // there is no connection to mark
        if (typeof value !== 'number') return {undecided: `kdiag cannot follow “${JSON.stringify(statement)}”`, either: []};
        now = meta?.['key'] === 'mark' ? {...now, mark: value >>> 0, ...(now.unsure === undefined ? {} : {unsure: 0})} : {...now, connectionMark: value >>> 0};
        continue;
      }
      case 'limit': return {undecided: 'a limit lets an unknown part through', either: [[next], branchesOf(run(statements.slice(i + 1), now, scope, next))]};
      default:
        if (!passing.has(kind)) return {undecided: `kdiag does not know the statement “${JSON.stringify(statement)}”`, either: []};
    }
  }
  return {branches: [{...next, packet: now}]};
}

/** The rest of a rule for a share of the packets; the others go on with the next rule. */
function part(rest: Evaluation, share: Fraction, next: Branch): Evaluation {
  const scaled = (branches: readonly Branch[]): Branch[] => [...branches.map(branch => ({...branch, share: times(branch.share, share)})), {...next, share: minus(one, share)}];
  return 'branches' in rest ? {branches: scaled(rest.branches)} : {...rest, either: rest.either.map(scaled)};
}

/** How many of the numbers that a match draws it takes; null: it draws none. */
function shareOf(of: JsonObject, scope: Scope): Fraction | null {
  const draw = drawOf(of['left'] ?? null);
  if (draw === null) return null;
  const taken = numbersOf(draw).map(number => compare(of, number, scope));
  return taken.includes(null) ? null : fraction(BigInt(taken.filter(Boolean).length), BigInt(draw.mod));
}

/** Whether a refusal is of this packet's kind: nft adds the match for its protocol itself, and does not print it (src/evaluate.c, stmt_evaluate_reject). */
function isAnswerable({type}: JsonObject, {protocol, destination: {family}}: Packet): boolean {
  return type === 'tcp reset' ? protocol === 'tcp' : type === 'icmp' ? family === 4 : type === 'icmpv6' ? family === 6 : true;
}

/** A translation of IPv4 in an inet table does nothing with IPv6, and the other way round. */
function isOfOther(of: JsonObject, {destination: {family}}: Packet): boolean {
  return (of['family'] === 'ip' && family === 6) || (of['family'] === 'ip6' && family === 4);
}

function branchesOf(evaluation: Evaluation): readonly Branch[] {
  return 'branches' in evaluation ? evaluation.branches : (evaluation.either[0] ?? []);
}

function matches(of: JsonObject, packet: Packet, scope: Scope): boolean | null {
  const flags = flagsMatch(of, packet);
  return flags !== undefined ? flags : compare(of, valueOf(of['left'] ?? null, packet, scope), scope);
}

function compare(of: JsonObject, value: Value, scope: Scope): boolean | null {
  if (value === undefined) return false;
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
function lookUp(of: JsonObject, now: Packet, scope: Scope, next: Branch, statement: JsonObject): Evaluation {
  const random = drawOf(of['key'] ?? null);
  const value = random === null ? valueOf(of['key'] ?? null, now, scope) : null;
  const pairs = pairsOf(of['data'] ?? null, scope, value);
  if (pairs === null) return {undecided: `kdiag cannot read the map of “${JSON.stringify(statement)}”`, either: []};
  const {packet} = next;
  if (random !== null) return {branches: drawn(random, pairs, verdict => ({action: actionOf(verdict), packet}), next)};
  let open = value === null;
  for (const [key, verdict] of pairs) {
    const hit = isThe(value, key);
    if (hit === true && !open) return {branches: [{share: one, action: actionOf(verdict), packet}]};
    open ||= hit === null;
  }
  return open && pairs.length > 0 ? {undecided: `kdiag cannot decide “${JSON.stringify(statement)}”`, either: [...(pairsOf(of['data'] ?? null, scope) ?? []).map(([, verdict]): Branch[] => [{share: one, action: actionOf(verdict), packet}]), [next]]} : {branches: [next]};
}

/** To one address, to one that is drawn, or to one that is looked up. */
function translate(of: JsonObject, packet: Packet, scope: Scope, next: Branch, statement: JsonObject): Evaluation {
  const stop = {undecided: `kdiag cannot follow “${JSON.stringify(statement)}”`, either: []};
  const addr = of['addr'] ?? null;
  const port = of['port'] ?? null;
  const map = addr !== null && typeof addr === 'object' && !Array.isArray(addr) ? (addr as JsonObject)['map'] as JsonObject | undefined : undefined;
  const random = drawOf(map?.['key'] ?? null);
  if (map === undefined || random === null) {
    const target = map === undefined ? addr : lookedUp(addr, packet, scope);
    if (target === undefined) return {branches: [next]};
    const to = destination(target, port, packet);
    return to === null ? stop : {branches: [{share: one, ...to}]};
  }
  const pairs = pairsOf(map['data'] ?? null, scope);
  if (pairs === null || pairs.some(([, target]) => destination(target, port, packet) === null)) return stop;
  return {branches: drawn(random, pairs, target => destination(target, port, packet) ?? next, next)};
}

/** `ADDRESS`, or `ADDRESS . PORT`. */
function destination(target: Json, port: Json, packet: Packet): {action: Action; packet: Packet} | null {
  const [host, own] = typeof target === 'string' ? [target, port] : target !== null && typeof target === 'object' && !Array.isArray(target) ? (((target as JsonObject)['concat'] ?? []) as Json[]) : [];
  const address = typeof host === 'string' ? parseAddress(host) : null;
  const number = typeof own === 'number' ? own : own === null || own === undefined ? packet.port : null;
  if (address === null || number === null) return null;
  return {action: {go: 'dnat', to: hostPort(formatAddress(address), number)}, packet: {...packet, destination: address, port: number, original: originalOf(packet, address, number)}};
}

/** Each number is drawn equally often; numbers without an entry fall through. */
function drawn(random: Draw, pairs: readonly (readonly [Json, Json])[], end: (target: Json) => {action: Action; packet: Packet}, next: Branch): Branch[] {
  const share = fraction(1n, BigInt(random.mod));
  return numbersOf(random).map(number => {
    const pair = pairs.find(([key]) => isThe(number, key) === true);
    return pair === undefined ? {...next, share} : {share, ...end(pair[1])};
  });
}

function actionOf(verdict: Json): Action {
  const [kind = '', body = null] = Object.entries((verdict ?? {}) as JsonObject)[0] ?? [];
  if (kind === 'jump' || kind === 'goto') return {go: kind, chain: String((body as JsonObject)['target'])};
  return kind === 'accept' || kind === 'drop' || kind === 'return' ? {go: kind} : {go: 'next'};
}
