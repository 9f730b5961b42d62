import {parseRule, printWords, type Rule} from './iptables-rule.ts';

export type {Criterion, Rule, Target} from './iptables-rule.ts';

/**
 * The text of `iptables-save` and `ip6tables-save`, both backends, as data. Nothing is lost: printDump(parseDump(text)) is text,
 * and an option that is not in the table below is kept as an unknown criterion of its rule.
 * A node of 10,000 Services has 400,000 rules, of which a packet meets a hundred: the first pass only finds where each chain's
 * lines stand, and a rule is parsed when it is looked at.
 * Source of the syntax: iptables(8), iptables-extensions(8) and what 1.8.x prints.
 */
export interface Dump {
  readonly text: string;
  readonly tables: readonly Table[];
  /**
   * Lines that no save prints, or not there: neither comment, table, chain, rule nor COMMIT, a rule of a chain that was not
   * declared, a chain declared twice, a policy of a chain that has none; and comments that say that rules were left out.
   */
  readonly strange: readonly string[];
}

export interface Table {
  readonly name: string;
  readonly chains: ReadonlyMap<string, Chain>;
  /** False when its COMMIT never came: the dump was cut. */
  readonly complete: boolean;
}

export interface Chain {
  readonly name: string;
  /** ACCEPT or DROP of a built-in chain, null for a user-defined one. */
  readonly policy: string | null;
  /** How many rules it has; costs no parsing. */
  readonly size: number;
  readonly rules: readonly Rule[];
  /** The rule of that place, from 0; parsed alone. */
  ruleAt(index: number): Rule | undefined;
}

/** What iptables-nft-save says, with status 0, of a table that nft itself has written to: it then leaves out what it cannot show. */
const beyond = /^# Table `.*' (is incompatible|contains incompatible base-chains)/;

/** Which chains the kernel enters, by table; they have a policy, and no others have one. */
const builtIn: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'], mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'], nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'], security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

const ruleLine = /^(\[\d+:\d+\] )?-A /;

/** `parse`: for many dumps, one that knows lines which it has seen. */
export function parseDump(text: string, parse = parseRule): Dump {
  const tables: {name: string; chains: Map<string, Lines>; complete: boolean}[] = [];
  const strange: string[] = [];
  let table: (typeof tables)[number] | undefined;
  let source = sourceOf(text, '', parse);
  let chain: Lines | null = null; // of the rule above: a chain's rules stand together
  for (let start = 0; start <= text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (chain !== null && isOf(text, chain.name, start)) chain.add(start, end);
    else {
      const raw = text.slice(start, end);
      chain = null;
      if (raw.startsWith('*')) {
        const name = raw.slice(1).trim();
        if (!(name in builtIn) || table?.complete === false || tables.some(each => each.name === name)) strange.push(raw);
        tables.push((table = {name, chains: new Map(), complete: false}));
        source = sourceOf(text, name, parse);
      } else if (raw.startsWith(':') && table !== undefined) {
        const [name, policy] = [upToSpace(raw, 1), upToSpace(raw, raw.indexOf(' ') + 1)];
        const isOwn = policy === '-' || !raw.includes(' ');
        const isPlain = isOwn === (builtIn[table.name]?.includes(name) !== true) && (isOwn || policy === 'ACCEPT' || policy === 'DROP');
        if (!isPlain || table.complete || table.chains.has(name)) strange.push(raw);
        table.chains.set(name, new Lines(source, name, isOwn ? null : policy));
      } else if (table !== undefined && (raw.startsWith('-A ') || ruleLine.test(raw))) {
        const name = upToSpace(raw, raw.indexOf('-A ') + 3);
        const declared = table.chains.get(name);
        chain = declared ?? new Lines(source, name, null);
        if (declared === undefined) table.chains.set(name, chain);
        if (declared === undefined || table.complete) strange.push(raw);
        chain.add(start, end);
      } else if (raw === 'COMMIT' && table?.complete === false) table.complete = true;
      else if (raw !== '' && (!raw.startsWith('#') || beyond.test(raw))) strange.push(raw);
    }
    start = end + 1;
  }
  return {text, tables, strange};
}

/** Whether a rule of this chain begins here, as iptables-save writes it: `-A NAME …`. */
function isOf(text: string, name: string, start: number): boolean {
  return text.charCodeAt(start) === 45 && text.charCodeAt(start + 3 + name.length) === 32 && text.startsWith(name, start + 3) && text.startsWith('-A ', start);
}

function upToSpace(line: string, from: number): string {
  const to = line.indexOf(' ', from);
  return line.slice(from, to < 0 ? undefined : to);
}

/** What the chains of a table have in common: the text that they stand in, and the rules that were looked at lately. */
interface Source {
  readonly text: string;
  readonly table: string;
  readonly parse: typeof parseRule;
  /** How many rules the table has. */
  size: number;
  /** Null until a rule is looked at: many tables are never asked. */
  recent: Recent | null;
}

/** Rules, each at the slot that the place of its line gives; a later rule takes the slot over. */
interface Recent {
  readonly rules: (Rule | undefined)[];
  readonly places: Uint32Array;
  /** What is left of a hash when its bits are as many as there are slots. */
  readonly shift: number;
}

const sourceOf = (text: string, table: string, parse: typeof parseRule): Source => ({text, table, parse, size: 0, recent: null});

/** Of each table at most 1024 parsed rules are kept, which is what one packet meets; of a small one all, with few to a slot. */
function recentOf(size: number): Recent {
  const bits = Math.min(10, 34 - Math.clz32(size));
  return {rules: Array<Rule | undefined>(1 << bits).fill(undefined), places: new Uint32Array(1 << bits), shift: 32 - bits};
}

/** Up to this many rules, a chain's lines are found by counting from its first. */
const few = 32;

/** A chain as the places of its lines within the text. */
class Lines implements Chain {
  readonly name: string;
  readonly policy: string | null;
  size = 0;
  readonly #source: Source;
  #start = 0;
  #end = -2;
  /** The rule that was looked at last, and where its line begins: mostly the next one follows. */
  #last = 0;
  #lastStart = -1;
  /** Start and end of runs of lines that stand apart from the first: next to never. */
  #more: number[] | null = null;
  #places: Uint32Array | null = null;

  constructor(source: Source, name: string, policy: string | null) {
    this.#source = source;
    this.name = name;
    this.policy = policy;
  }

  add(start: number, end: number): void {
    this.size += 1;
    this.#source.size += 1;
    if (this.#more !== null) this.#more.push(start, end);
    else if (this.#end === start - 1) this.#end = end;
    else if (this.#end < 0) [this.#start, this.#end] = [start, end];
    else this.#more = [start, end];
  }

  get rules(): readonly Rule[] {
    const rules: Rule[] = [];
    for (let i = 0; i < this.size; i += 1) {
      const rule = this.ruleAt(i);
      if (rule !== undefined) rules.push(rule);
    }
    return rules;
  }

  ruleAt(index: number): Rule | undefined {
    if (index < 0 || index >= this.size) return undefined;
    const source = this.#source;
    const start = this.#startOf(index);
    const recent = (source.recent ??= recentOf(source.size));
    const slot = Math.imul(start, 0x9e3779b1) >>> recent.shift;
    const known = recent.rules[slot];
    if (known !== undefined && recent.places[slot] === start) return known;
    const end = source.text.indexOf('\n', start);
    const rule = source.parse(source.table, this.name, source.text, start, end < 0 ? source.text.length : end);
    recent.rules[slot] = rule;
    recent.places[slot] = start;
    return rule;
  }

  #startOf(index: number): number {
    if (this.#places === null && (this.#more !== null || this.size > few)) this.#places = Uint32Array.from(this.#eachStart());
    if (this.#places !== null) return this.#places[index] ?? 0;
    if (this.#lastStart < 0 || this.#last > index) [this.#last, this.#lastStart] = [0, this.#start];
    for (; this.#last < index; this.#last += 1) this.#lastStart = this.#source.text.indexOf('\n', this.#lastStart) + 1;
    return this.#lastStart;
  }

  *#eachStart(): Generator<number> {
    const runs = [this.#start, this.#end, ...this.#more ?? []];
    for (let i = 0; i < runs.length; i += 2) {
      const last = runs[i + 1] ?? 0;
      for (let start = runs[i] ?? 0; start <= last;) {
        yield start;
        const end = this.#source.text.indexOf('\n', start);
        start = (end < 0 ? last : end) + 1;
      }
    }
  }
}

export function printDump(dump: Dump): string {
  return dump.text.split('\n').map(line => (ruleLine.test(line) ? printWords(line) : line)).join('\n');
}
