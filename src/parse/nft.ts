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
  const tables = new Map<string, {family: string; name: string; chains: Map<string, {name: string; base: NftChain['base']; rules: NftRule[]}>; sets: Map<string, NftSet>}>();
  const tableOf = (family: string, name: string) => {
    const key = `${family} ${name}`;
    const found = tables.get(key) ?? {family, name, chains: new Map(), sets: new Map()};
    tables.set(key, found);
    return found;
  };
  for (const object of objects) {
    const [kind = '', body] = Object.entries(object)[0] ?? [];
    if (body === null || typeof body !== 'object' || Array.isArray(body)) continue;
    const {family = '', table = '', name = ''} = body as {family?: string; table?: string; name?: string};
    if (kind === 'table') tableOf(family, name);
    else if (kind === 'chain') {
      const {hook, type = '', prio = 0, policy = 'accept'} = body as {hook?: string; type?: string; prio?: number; policy?: string};
      tableOf(family, table).chains.set(name, {name, base: hook === undefined ? null : {type, hook, priority: prio, policy}, rules: []});
    } else if (kind === 'rule') {
      const {chain = '', handle = 0, comment, expr = []} = body as unknown as {chain?: string; handle?: number; comment?: string; expr?: JsonObject[]};
      const chains = tableOf(family, table).chains;
      const into = chains.get(chain) ?? {name: chain, base: null, rules: []};
      into.rules.push({family, table, chain, handle, comment: comment ?? null, statements: expr});
      chains.set(chain, into);
    } else if (kind === 'set' || kind === 'map') {
      const elements = (body as {elem?: Json[] | Json}).elem ?? [];
      tableOf(family, table).sets.set(name, {name, isMap: kind === 'map', elements: Array.isArray(elements) ? elements : [elements as Json]});
    }
  }
  return {tables: [...tables.values()], objects};
}

export function printRuleset(ruleset: NftRuleset): string {
  return JSON.stringify({nftables: ruleset.objects});
}
