/**
 * The text of `iptables-save` and `ip6tables-save`, both backends, as data. Nothing is lost: printDump(parseDump(text)) is text,
 * and an option that is not in the table below is kept as an unknown criterion of its rule.
 * Source of the syntax: iptables(8), iptables-extensions(8) and what 1.8.x prints.
 */
export interface Dump {
  readonly tables: readonly Table[];
  /** Lines in order: printing needs the comments, counters and declarations as they stood. */
  readonly lines: readonly Line[];
  /** Lines that are neither comment, table, chain, rule nor COMMIT. */
  readonly strange: readonly string[];
}

type Line = {readonly rule: Rule} | {readonly text: string};

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
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly table: string;
  readonly chain: string;
  /** The line as it stood. */
  readonly raw: string;
  readonly words: readonly Word[];
  readonly criteria: readonly Criterion[];
  /** Null: the rule only counts. */
  readonly target: Target | null;
  readonly comment: string | null;
  /** White space at the end of the line. */
  readonly tail: string;
}

interface Word {
  /** The white space before it. */
  readonly gap: string;
  readonly text: string;
  readonly quoted: boolean;
}

export interface Criterion {
  /** The option without its dashes; of short ones the long name: `source`, `dport`, `probability`, … */
  readonly option: string;
  readonly negated: boolean;
  readonly values: readonly string[];
  /** False: kdiag does not know what this option asks of a packet. */
  readonly known: boolean;
}

export interface Target {
  readonly name: string;
  /** `-g`: goes there and does not come back. */
  readonly goto: boolean;
  readonly options: readonly Criterion[];
}

const short: Readonly<Record<string, string>> = {
  '-s': 'source', '-d': 'destination', '-p': 'protocol', '-i': 'in-interface', '-o': 'out-interface', '-m': 'match', '-f': 'fragment',
};

/** How many words follow each option that kdiag knows. Modules only announce options, so `match` itself asks nothing. */
const arity: Readonly<Record<string, number>> = {
  source: 1, destination: 1, protocol: 1, 'in-interface': 1, 'out-interface': 1, match: 1, fragment: 0, comment: 1,
  dport: 1, sport: 1, 'destination-port': 1, 'source-port': 1, dports: 1, sports: 1, ports: 1, syn: 0, 'tcp-flags': 2,
  ctstate: 1, state: 1, ctorigdst: 1, ctorigdstport: 1, mark: 1, 'dst-type': 1, 'src-type': 1, 'limit-iface-in': 0, 'limit-iface-out': 0,
  mode: 1, probability: 1, every: 1, packet: 1,
  name: 1, set: 0, rcheck: 0, update: 0, remove: 0, seconds: 1, hitcount: 1, reap: 0, rttl: 0, mask: 1, rsource: 0, rdest: 0, 'nfacct-name': 1,
};

/** Options that come after the target belong to it. */
const targetArity: Readonly<Record<string, number>> = {
  'to-destination': 1, 'to-source': 1, 'to-ports': 1, random: 0, 'random-fully': 0, persistent: 0,
  'set-xmark': 1, 'set-mark': 1, 'or-mark': 1, 'and-mark': 1, 'xor-mark': 1, 'reject-with': 1,
};

export function parseDump(text: string): Dump {
  const tables: {name: string; chains: Map<string, {name: string; policy: string | null; rules: Rule[]}>; complete: boolean}[] = [];
  const lines: Line[] = [];
  const strange: string[] = [];
  for (const raw of text.split('\n')) {
    const table = tables.at(-1);
    if (raw.startsWith('*')) tables.push({name: raw.slice(1).trim(), chains: new Map(), complete: false});
    else if (raw.startsWith(':') && table !== undefined) {
      const [name = '', policy = '-'] = raw.slice(1).split(' ');
      table.chains.set(name, {name, policy: policy === '-' ? null : policy, rules: []});
    } else if (/^(\[\d+:\d+\] )?-A /.test(raw) && table !== undefined) {
      const rule = parseRule(table.name, raw);
      const chain = table.chains.get(rule.chain);
      if (chain === undefined) table.chains.set(rule.chain, {name: rule.chain, policy: null, rules: [rule]});
      else chain.rules.push(rule);
      lines.push({rule});
      continue;
    } else if (raw === 'COMMIT' && table !== undefined) table.complete = true;
    else if (raw !== '' && !raw.startsWith('#')) strange.push(raw);
    lines.push({text: raw});
  }
  return {tables, lines, strange};
}

export function printDump(dump: Dump): string {
  return dump.lines.map(line => ('rule' in line ? printRule(line.rule) : line.text)).join('\n');
}

function printRule(rule: Rule): string {
  return rule.words.map(({gap, text, quoted}) => gap + (quoted ? `"${text.replace(/["\\]/g, '\\$&')}"` : text)).join('') + rule.tail;
}

function parseRule(table: string, raw: string): Rule {
  const words = split(raw);
  const start = words.findIndex(word => word.text === '-A') + 2;
  const criteria: Criterion[] = [];
  let target: {name: string; goto: boolean; options: Criterion[]} | null = null;
  let negated = false;
  for (let i = start; i < words.length;) {
    const text = words[i]?.text ?? '';
    i++;
    if (text === '!') {
      negated = true;
      continue;
    }
    if (text === '-j' || text === '-g') {
      target = {name: words[i]?.text ?? '', goto: text === '-g', options: []};
      i++;
      continue;
    }
    const option = short[text] ?? text.replace(/^--/, '');
    const count = (target === null ? arity : targetArity)[option] ?? restOf(words, i);
    const inner = words[i]?.text === '!' && count > 0 ? 1 : 0; // the old spelling: `--dport ! 80`
    const values = words.slice(i + inner, i + inner + count).map(word => word.text);
    i += inner + count;
    const isKnown = option in (target === null ? arity : targetArity) && text.startsWith('-');
    (target === null ? criteria : target.options).push({option, negated: negated || inner === 1, values, known: isKnown});
    negated = false;
  }
  const comment = criteria.find(({option}) => option === 'comment')?.values[0] ?? null;
  return {table, chain: words[start - 1]?.text ?? '', raw, words, criteria, target, comment, tail: /\s*$/.exec(raw)?.[0] ?? ''};
}

/** An unknown option takes all that follows, up to the next word that looks like an option. */
function restOf(words: readonly Word[], from: number): number {
  const end = words.findIndex((word, i) => i >= from && !word.quoted && (/^--?[a-z]/i.test(word.text) || word.text === '!'));
  return (end < 0 ? words.length : end) - from;
}

function split(line: string): Word[] {
  return [...line.matchAll(/(\s*)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(([, gap = '', quoted, plain]) =>
    quoted === undefined ? {gap, text: plain ?? '', quoted: false} : {gap, text: quoted.replace(/\\(.)/g, '$1'), quoted: true},
  );
}
