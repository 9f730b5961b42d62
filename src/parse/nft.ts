/**
 * `nft -j list ruleset` as data (libnftables-json(5)). Nothing is lost: every object is kept as it stood, printRuleset gives it
 * back, and what this file does not sort into tables (counters, flowtables, ct helpers) stays in `objects`.
 */
export interface NftRuleset {
  readonly tables: readonly NftTable[];
  /** All objects in order, for printing. */
  readonly objects: readonly JsonObject[];
}

export interface NftTable {
  readonly family: string;
  readonly name: string;
  readonly chains: ReadonlyMap<string, NftChain>;
  readonly sets: ReadonlyMap<string, NftSet>;
}

export interface NftChain {
  readonly name: string;
  /** Null of a chain that is only jumped to. */
  readonly base: {readonly type: string; readonly hook: string; readonly priority: number; readonly policy: string} | null;
  readonly rules: readonly NftRule[];
}

export interface NftRule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly handle: number;
  readonly comment: string | null;
  /** Statements in order, as they stand. */
  readonly statements: readonly JsonObject[];
}

/** A set, or a map when its elements are pairs. */
export interface NftSet {
  readonly name: string;
  readonly isMap: boolean;
  readonly elements: readonly Json[];
}

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = {readonly [key: string]: Json};

/** One or more documents, a line each. Throws SyntaxError for text that is not the JSON of a ruleset. */
export function parseRuleset(text: string): NftRuleset {
  const objects = text.split('\n').filter(line => line.trim() !== '').flatMap(line => {
    const {nftables} = JSON.parse(line) as {nftables?: JsonObject[]};
    if (!Array.isArray(nftables)) throw new SyntaxError('this is not what nft -j prints: it has no “nftables”');
    return nftables;
  });
  return rulesetOf(objects);
}

/** Kinds of objects that change nothing in what becomes of a packet, but by the rules that name them. */
const passing = new Set(['metainfo', 'element', 'counter', 'quota', 'limit', 'ct helper', 'ct timeout', 'ct expectation', 'flowtable', 'secmark', 'synproxy', 'tunnel', 'meter']);
const hooks = new Set(['prerouting', 'input', 'forward', 'output', 'postrouting', 'ingress', 'egress']);
const types = new Set(['filter', 'nat', 'route']);

/** Objects sorted into their tables. Throws SyntaxError for what could change the meaning of the rest: nothing is passed over. */
export function rulesetOf(objects: readonly JsonObject[]): NftRuleset {
  const tables = new Map<string, {family: string; name: string; dormant: boolean; chains: Map<string, {name: string; base: NftChain['base']; rules: NftRule[]}>; sets: Map<string, NftSet>}>();
  const tableOf = (family: string, name: string) => {
    const key = `${family} ${name}`;
    const found = tables.get(key) ?? {family, name, dormant: false, chains: new Map(), sets: new Map()};
    tables.set(key, found);
    return found;
  };
  for (const object of objects) {
    const [kind = '', body] = Object.entries(object ?? {})[0] ?? [];
    if (passing.has(kind)) continue;
    if (!isObject(body)) throw new SyntaxError(`nft printed an object that is none: ${JSON.stringify(object).slice(0, 100)}`);
    const {family, table, name} = body;
    const named = (text: Json | undefined): string => {
      if (typeof text !== 'string') throw new SyntaxError(`nft printed a ${kind} without its name, table or family: ${JSON.stringify(object).slice(0, 100)}`);
      return text;
    };
    if (kind === 'table') tableOf(named(family), named(name)).dormant = isDormant(body);
    else if (kind === 'chain') {
      const chains = tableOf(named(family), named(table)).chains;
      const found = {name: named(name), base: baseOf(body), rules: []};
      const before = chains.get(found.name);
      if (before === undefined) chains.set(found.name, found);
      else if (JSON.stringify(before.base) !== JSON.stringify(found.base)) throw new SyntaxError(`nft printed chain ${found.name} twice, and not the same`);
    } else if (kind === 'rule') {
      const {chain, handle, comment, expr} = body;
      const into = tableOf(named(family), named(table)).chains.get(named(chain));
      if (into === undefined || !Array.isArray(expr)) throw new SyntaxError(`nft printed a rule without its chain or statements: ${JSON.stringify(object).slice(0, 100)}`);
      into.rules.push({family: named(family), table: named(table), chain: into.name, handle: typeof handle === 'number' ? handle : 0, comment: typeof comment === 'string' ? comment : null, statements: (expr as Json[]).map(statementOf)});
    } else if (kind === 'set' || kind === 'map') {
      const elements = body['elem'] ?? [];
      const sets = tableOf(named(family), named(table)).sets;
      if (sets.has(named(name))) throw new SyntaxError(`nft printed ${kind} ${named(name)} twice`);
      // a set whose elements were not understood is not there: what looks into it cannot be decided
      if (!('unparsed' in body)) sets.set(named(name), {name: named(name), isMap: kind === 'map', elements: Array.isArray(elements) ? elements : [elements]});
    } else throw new SyntaxError(`nft printed an object that kdiag does not know: “${kind}”`);
  }
  return {objects, tables: [...tables.values()].map(({family, name, dormant, chains, sets}) => ({family, name, sets, chains: dormant ? new Map([...chains].map(([key, chain]) => [key, {...chain, base: null}])) : chains}))};
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A dormant table has its chains out of the kernel's hooks. nft 1.0.6 prints memory's contents there: that is an error. */
function isDormant({flags}: JsonObject): boolean {
  const all = [flags ?? []].flat();
  if (!all.every(flag => flag === 'dormant' || flag === 'owner' || flag === 'persist')) throw new SyntaxError(`nft printed flags of a table that kdiag does not know: ${JSON.stringify(flags)}`);
  return all.includes('dormant');
}

function baseOf(body: JsonObject): NftChain['base'] {
  const {type, hook, prio, policy} = body;
  if (hook === undefined && type === undefined && !('prio' in body) && !('policy' in body)) return null;
  if (typeof type !== 'string' || !types.has(type) || typeof hook !== 'string' || !hooks.has(hook) || typeof prio !== 'number' || (policy !== 'accept' && policy !== 'drop')) throw new SyntaxError(`nft printed a chain that kdiag does not know: ${JSON.stringify(body).slice(0, 200)}`);
  return {type, hook, priority: prio, policy};
}

/** nft prints text for statements that it has no JSON for (1.0.6: updates of maps), and older ones null for those of iptables. */
function statementOf(statement: Json): JsonObject {
  if (statement === null) return {xt: null};
  return isObject(statement) && Object.keys(statement).length === 1 ? statement : {unparsed: typeof statement === 'string' ? statement : JSON.stringify(statement)};
}

export function printRuleset(ruleset: NftRuleset): string {
  return JSON.stringify({nftables: ruleset.objects});
}
