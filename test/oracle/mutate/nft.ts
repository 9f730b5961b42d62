import type {Json, JsonObject} from '../../../src/parse/nft.ts';
import type {Draw, Mutation, Scenery} from '../mutate.ts';
import {neighbour} from './iptables.ts';

interface Ground {
  /** What `nft -j` prints for all tables, one after the other. */
  readonly objects: readonly JsonObject[];
  readonly scenery: Scenery;
  readonly draw: Draw;
}

type Change = (ground: Ground) => readonly [objects: readonly JsonObject[], what: string] | null;

const changes: readonly (readonly [kind: string, change: Change])[] = [
  ['delete a rule', ruleGone], ['delete a rule', ruleGone], ['delete a rule', ruleGone],
  ['swap two neighbours', swapped], ['move a rule', moved], ['repeat a rule', repeated],
  ['retarget a jump', retargeted], ['retarget a jump', retargeted],
  ['change a DNAT', redirected], ['change a DNAT', redirected],
  ['change a random map', odds], ['change a random map', odds],
  ['remove a map element', elementGone('map')], ['remove a map element', elementGone('map')], ['change a map element', elementChanged('map')],
  ['remove a set element', elementGone('set')], ['change a set element', elementChanged('set')],
  ['negate a match', negated], ['change a mark', mark],
  ['insert a foreign rule', foreign], ['insert a foreign rule', foreign], ['insert a foreign rule', foreign],
  ['add a foreign table', foreignTable],
  ['flush a chain', flushed], ['change a policy', policy],
];

export function mutateNft(sections: Readonly<Record<string, string>>, scenery: Scenery, draw: Draw): Mutation | null {
  const before = (sections['nft-json'] ?? '').split('\n').filter(line => line !== '').flatMap(line => (JSON.parse(line) as {nftables: JsonObject[]}).nftables);
  const [kind, change] = draw(changes);
  const made = change({objects: before, scenery, draw});
  if (made === null) return null;
  const [objects, what] = made;
  const stdout = JSON.stringify({nftables: objects});
  return stdout === JSON.stringify({nftables: before}) ? null : {kind, what, section: 'nft-json', stdout};
}

const body = (object: JsonObject | undefined, kind: string): JsonObject | undefined => object?.[kind] as JsonObject | undefined;
const text = (value: unknown): string => JSON.stringify(value);
const clone = (object: JsonObject): JsonObject => structuredClone(object);
const at = (objects: readonly JsonObject[], test: (object: JsonObject) => boolean): number[] => objects.flatMap((object, i) => (test(object) ? [i] : []));
const rulesAt = (objects: readonly JsonObject[]): number[] => at(objects, object => 'rule' in object);
const told = (object: JsonObject | undefined): string => {
  const rule = body(object, 'rule');
  return rule === undefined ? text(object) : `${text(rule['chain'])} ${text(rule['expr'])}`;
};

function ruleGone({objects, draw}: Ground): ReturnType<Change> {
  const i = draw(rulesAt(objects));
  return [objects.toSpliced(i, 1), told(objects[i])];
}

/** Rules of a chain stand together, in order. */
function chainRules({objects, draw}: Ground, least: number): readonly number[] | null {
  const chains = Map.groupBy(rulesAt(objects), i => `${text(body(objects[i], 'rule')?.['family'])} ${text(body(objects[i], 'rule')?.['chain'])}`);
  const long = [...chains.values()].filter(places => places.length >= least);
  return long.length === 0 ? null : draw(long);
}

function swapped(ground: Ground): ReturnType<Change> {
  const places = chainRules(ground, 2);
  if (places === null) return null;
  const {objects, draw} = ground;
  const n = draw(places.slice(1).map((_, k) => k));
  const [a = 0, b = 0] = places.slice(n);
  return [objects.with(a, objects[b] ?? {}).with(b, objects[a] ?? {}), `${told(objects[a])}  ⇄  ${told(objects[b])}`];
}

function moved(ground: Ground): ReturnType<Change> {
  const places = chainRules(ground, 2);
  if (places === null) return null;
  const {objects, draw} = ground;
  const [from, to] = [draw(places), draw(places)];
  return [objects.toSpliced(from, 1).toSpliced(to, 0, objects[from] ?? {}), `${told(objects[from])}  by ${to - from} places`];
}

function repeated({objects, draw}: Ground): ReturnType<Change> {
  const i = draw(rulesAt(objects));
  return [objects.toSpliced(i, 0, objects[i] ?? {}), told(objects[i])];
}

/** Every place of a certain shape within an object; what `visit` returns is called to change it. */
function places(value: Json, visit: (of: JsonObject) => (() => void) | null): (() => void)[] {
  if (Array.isArray(value)) return (value as Json[]).flatMap(each => places(each, visit));
  if (value === null || typeof value !== 'object') return [];
  const own = visit(value as JsonObject);
  return [...(own === null ? [] : [own]), ...Object.values(value as JsonObject).flatMap(each => places(each, visit))];
}

/** Changes one such place of one such object. */
function changed({objects, draw}: Ground, kinds: readonly string[], visit: (of: JsonObject) => (() => void) | null): ReturnType<Change> {
  const all = at(objects, object => kinds.some(kind => kind in object) && places(object, visit).length > 0);
  if (all.length === 0) return null;
  const i = draw(all);
  const copy = clone(objects[i] ?? {});
  draw(places(copy, visit))();
  return [objects.with(i, copy), `${told(objects[i])}  →  ${told(copy)}`];
}

type Loose = Record<string, Json>;

/** Never backwards: the kernel refuses a rule that would make a loop. */
function retargeted(ground: Ground): ReturnType<Change> {
  const {objects, draw} = ground;
  const depth = (name: string): number => (name.startsWith('endpoint-') || ['reject-chain', 'mark-for-masquerade', 'masquerading', 'cluster-ips-check', 'firewall-check', 'service-endpoints-check', 'nodeport-endpoints-check'].includes(name) ? 3 : name.startsWith('service-') || name.startsWith('firewall-') ? 2 : name.startsWith('external-') ? 1 : 0);
  const all = objects.flatMap(object => ('chain' in object && !('hook' in (body(object, 'chain') ?? {})) ? [String(body(object, 'chain')?.['name'])] : []));
  return changed(ground, ['rule', 'map'], of => {
    const kind = 'jump' in of ? 'jump' : 'goto' in of ? 'goto' : null;
    const target = kind === null ? undefined : (of[kind] as Loose | undefined);
    if (kind === null || typeof target?.['target'] !== 'string') return null;
    const others = all.filter(name => name !== target['target'] && depth(name) >= depth(String(target['target'])));
    return others.length === 0 ? null : () => { target['target'] = draw(others); };
  });
}

/** An endpoint's address or port, in a map or in a rule. */
function redirected(ground: Ground): ReturnType<Change> {
  const {draw} = ground;
  return changed(ground, ['rule'], of => {
    const {dnat, concat} = of as {dnat?: Loose; concat?: Json[]};
    if (typeof dnat?.['addr'] === 'string') return draw([() => { dnat['addr'] = neighbour(String(dnat['addr'])); }, () => { dnat['port'] = Number(dnat['port']) + 1; }]);
    if (concat?.length === 2 && typeof concat[0] === 'string' && typeof concat[1] === 'number') return draw([() => { concat[0] = neighbour(String(concat[0])); }, () => { concat[1] = Number(concat[1]) + 1; }]);
    return null;
  });
}

/** How many numbers are drawn from, an entry's number, or an entry less. */
function odds(ground: Ground): ReturnType<Change> {
  const {draw} = ground;
  return changed(ground, ['rule'], of => {
    const {numgen, set} = of as {numgen?: Loose; set?: Json[]};
    if (numgen !== undefined) return () => { numgen['mod'] = Math.max(1, Number(numgen['mod']) + draw([-1, 1, 7])); };
    const drawn = Array.isArray(set) && set.every(each => Array.isArray(each) && typeof (each as Json[])[0] === 'number') ? set : null;
    if (drawn === null || drawn.length === 0) return null;
    return draw([() => { drawn.splice(draw(drawn.map((_, i) => i)), 1); }, () => { const pair = draw(drawn) as Json[]; pair[0] = Number(pair[0]) + 50; }]);
  });
}

function elementGone(kind: 'map' | 'set'): Change {
  return ({objects, draw}) => {
    const full = at(objects, object => ((body(object, kind)?.['elem'] as readonly Json[] | undefined)?.length ?? 0) > 0);
    if (full.length === 0) return null;
    const i = draw(full);
    const copy = clone(objects[i] ?? {});
    const elements = body(copy, kind)?.['elem'] as Json[];
    const [gone] = elements.splice(draw(elements.map((_, n) => n)), 1);
    return [objects.with(i, copy), `${text(body(copy, kind)?.['name'])}: ${text(gone)}`];
  };
}

/** Another address or port in the key of an element. */
function elementChanged(kind: 'map' | 'set'): Change {
  return ground => changed(ground, [kind], of => {
    const {concat, elem} = of as {concat?: Json[]; elem?: Json[]};
    const list = concat ?? (Array.isArray(elem) && elem.every(each => typeof each === 'string') ? elem : null);
    const able = (list ?? []).flatMap((part, n) => (typeof part === 'number' || (typeof part === 'string' && /[.:]/.test(part)) ? [n] : []));
    if (list === null || able.length === 0) return null;
    return () => {
      const n = ground.draw(able);
      const part = list[n] ?? null;
      list[n] = typeof part === 'number' ? part + 1 : neighbour(String(part));
    };
  });
}

function negated(ground: Ground): ReturnType<Change> {
  return changed(ground, ['rule'], of => {
    const match = of['match'] as Loose | undefined;
    return match === undefined ? null : () => { match['op'] = match['op'] === '!=' ? '==' : '!='; };
  });
}

function mark(ground: Ground): ReturnType<Change> {
  return changed(ground, ['rule'], of => {
    const op = ['&', '|', '^'].find(key => key in of);
    const parts = op === undefined ? null : (of as Record<string, Json[]>)[op];
    return parts?.[1] === 16384 ? () => { parts[1] = 32768; } : null;
  });
}

/** A statement by itself or behind a match, for every chain that may be given one. */
function statements({scenery, draw}: Ground, family: string, drops: boolean): JsonObject[] {
  const field = (name: string, right: Json): JsonObject => ({match: {op: '==', left: {payload: {protocol: family, field: name}}, right}});
  const own = scenery.addresses.filter(address => address.includes(':') === (family === 'ip6'));
  const narrow = draw([[], [], ...own.flatMap(address => [[field('daddr', address)], [field('saddr', address)]]), ...(family === 'ip' ? [[field('saddr', {prefix: {addr: '10.244.0.0', len: 16}})], [field('daddr', {prefix: {addr: '10.244.2.0', len: 24}})]] : []), ...scenery.ports.map(port => [{match: {op: '==', left: {payload: {protocol: 'tcp', field: 'dport'}}, right: port}}])]);
  return [...narrow, draw<JsonObject>(drops ? [{drop: null}, {reject: {type: 'icmpx', expr: 'admin-prohibited'}}, {drop: null}, {accept: null}, {return: null}] : [{accept: null}, {return: null}, {drop: null}])];
}

/** Into one of kube-proxy's own chains. */
function foreign(ground: Ground): ReturnType<Change> {
  const {objects, draw} = ground;
  const chain = body(draw(objects.filter(object => 'chain' in object)), 'chain');
  const {family = 'ip', table = '', name = '', hook, type} = chain as {family?: string; table?: string; name?: string; hook?: string; type?: string};
  // a reject may stand neither where packets come in nor in chains of type nat
  const rule: JsonObject = {rule: {family, table, chain: name, handle: 9999, expr: statements(ground, family, type === 'filter' && hook !== 'prerouting')}};
  const own = at(objects, object => body(object, 'rule')?.['family'] === family && body(object, 'rule')?.['chain'] === name);
  const before = own.length === 0 ? objects.length : draw([...own, (own.at(-1) ?? 0) + 1]);
  return [objects.toSpliced(before, 0, rule), told(rule)];
}

/** As firewalls have it. */
function foreignTable(ground: Ground): ReturnType<Change> {
  const {objects, draw} = ground;
  const family = draw(['ip', 'ip', 'ip6']);
  const hook = draw(['prerouting', 'forward', 'forward', 'input', 'output', 'postrouting']);
  const prio = draw([-300, -150, -110, 0, 10, 150]);
  const place = {family, table: 'fence'};
  const rule: JsonObject = {rule: {...place, chain: 'gate', handle: 3, expr: statements(ground, family, hook !== 'prerouting' && hook !== 'postrouting')}};
  return [[...objects, {table: {family, name: 'fence', handle: 900}}, {chain: {...place, name: 'gate', handle: 1, type: 'filter', hook, prio, policy: draw(['accept', 'accept', 'accept', 'drop'])}}, rule], `${hook} ${prio} ${text(rule)}`];
}

function flushed({objects, draw}: Ground): ReturnType<Change> {
  const {family, chain} = body(objects[draw(rulesAt(objects))], 'rule') as {family: string; chain: string};
  return [objects.filter(object => !(body(object, 'rule')?.['family'] === family && body(object, 'rule')?.['chain'] === chain)), `${family} ${chain}`];
}

function policy({objects, draw}: Ground): ReturnType<Change> {
  const i = draw(at(objects, object => 'hook' in (body(object, 'chain') ?? {})));
  const chain = body(objects[i], 'chain') ?? {};
  return [objects.with(i, {chain: {...chain, policy: 'drop'}}), `${text(chain['family'])} ${text(chain['name'])}: drop`];
}
