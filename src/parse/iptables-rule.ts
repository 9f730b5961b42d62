import {areValuesOf} from './iptables-values.ts';

/** One rule of a dump: its words, and what they ask for and do. */
export interface Rule {
  readonly table: string;
  readonly chain: string;
  /** The line as it stood. */
  readonly raw: string;
  readonly criteria: readonly Criterion[];
  /** Null: the rule only counts. */
  readonly target: Target | null;
  readonly comment: string | null;
}

interface Word {
  /** Its places in the text, quotes included. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** As it stood between quotes; null of a plain word. */
  readonly quoted: string | null;
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

const short = {
  '-s': 'source', '-d': 'destination', '-p': 'protocol', '-i': 'in-interface', '-o': 'out-interface', '-m': 'match', '-f': 'fragment',
} as const;

/** How many words follow each option that kdiag knows. Modules only announce options, so `match` itself asks nothing. */
const arity: Readonly<Record<string, number>> = {
  source: 1, destination: 1, protocol: 1, 'in-interface': 1, 'out-interface': 1, match: 1, fragment: 0, comment: 1,
  dport: 1, sport: 1, 'destination-port': 1, 'source-port': 1, dports: 1, sports: 1, ports: 1, syn: 0, 'tcp-flags': 2,
  ctstate: 1, state: 1, ctstatus: 1, ctdir: 1, ctproto: 1, ctorigsrc: 1, ctorigdst: 1, ctorigdstport: 1, ctreplsrc: 1, ctreplsrcport: 1, mark: 1,
  'dst-range': 1, 'src-range': 1, 'pkt-type': 1, 'dst-type': 1, 'src-type': 1, 'limit-iface-in': 0, 'limit-iface-out': 0,
  mode: 1, probability: 1, every: 1, packet: 1,
  name: 1, set: 0, rcheck: 0, update: 0, remove: 0, seconds: 1, hitcount: 1, reap: 0, rttl: 0, mask: 1, rsource: 0, rdest: 0, 'nfacct-name': 1,
  'match-set': 2, 'physdev-is-in': 0, 'physdev-is-out': 0, 'physdev-is-bridged': 0, 'physdev-in': 1, 'physdev-out': 1, ipvs: 0, vaddr: 1, vport: 1, vproto: 1,
};

/** Options that come after the target belong to it. */
const targetArity: Readonly<Record<string, number>> = {
  'to-destination': 1, 'to-source': 1, 'to-ports': 1, random: 0, 'random-fully': 0, persistent: 0,
  'set-xmark': 1, 'set-mark': 1, 'or-mark': 1, 'and-mark': 1, 'xor-mark': 1, 'reject-with': 1,
  'save-mark': 0, 'restore-mark': 0, nfmask: 1, ctmask: 1, notrack: 0,
};

/** A word that begins an option → the option, and how many words belong to it. */
interface Option {
  readonly option: string;
  readonly count: number;
}

const ofRule: ReadonlyMap<string, Option> = new Map([
  ...Object.entries(arity).map(([option, count]) => [`--${option}`, {option, count}] as const),
  ...Object.entries(short).map(([word, option]) => [word, {option, count: arity[option] ?? 0}] as const),
]);
const ofTarget: ReadonlyMap<string, Option> = new Map(Object.entries(targetArity).map(([option, count]) => [`--${option}`, {option, count}]));

/** Options that cannot be negated, and say nothing by themselves. */
const plain = new Set(['match', 'comment', 'mode']);

/** The rule whose line stands between two places of a text. */
export function parseRule(table: string, chain: string, text: string, start: number, end: number): Rule {
  const words = split(text, start, end);
  const criteria: Criterion[] = [];
  let target: {name: string; goto: boolean; options: Criterion[]} | null = null;
  let comment: string | null = null;
  let negated = false;
  for (let i = words[0]?.text === '-A' ? 2 : 3; i < words.length;) {
    const word = words[i]?.text ?? '';
    i++;
    if (word === '!') {
      negated = true;
      continue;
    }
    if (word === '-j' || word === '-g') {
      // a rule has one target: with a second one, or a `!` before it, nobody knows what it does
      const name: string = words[i]?.text ?? '';
      const first = target as {readonly name: string} | null;
      target = {name: first === null && !negated ? name : `${first?.name ?? '!'} ${word} ${name}`, goto: word === '-g', options: []};
      negated = false;
      i++;
      continue;
    }
    const known = (target === null ? ofRule : ofTarget).get(word);
    const count = known?.count ?? restOf(words, i);
    const inner = count > 0 && words[i]?.text === '!' ? 1 : 0; // the old spelling: `--dport ! 80`
    i += inner;
    const option = known?.option ?? (word.startsWith('--') ? word.slice(2) : word);
    const values: string[] = [];
    for (const end = Math.min(i + count, words.length); i < end && (option === 'comment' || !startsOption(words[i])); i += 1) values.push(words[i]?.text ?? '');
    const isPlain = !(negated && plain.has(option)) && areValuesOf(option, values, count);
    const criterion = {option, negated: negated || inner === 1, values, known: known !== undefined && isPlain};
    if (target === null) {
      if (option === 'comment') comment ??= values[0] ?? null;
      criteria.push(criterion);
    } else target.options.push(criterion);
    negated = false;
  }
  if (negated) criteria.push({option: '!', negated: false, values: [], known: false});
  return {table, chain, raw: text.slice(start, end), criteria, target, comment};
}

/** A word that can be no value, except of a comment, which is only quoted where it must be. */
function startsOption(word: Word | undefined): boolean {
  return word?.quoted === null && word.text.startsWith('-') && /^--?[a-z]/i.test(word.text);
}

/** An unknown option takes all that follows, up to the next word that looks like an option. */
function restOf(words: readonly Word[], from: number): number {
  const end = words.findIndex((word, i) => i >= from && word.quoted === null && (/^--?[a-z]/i.test(word.text) || word.text === '!'));
  return (end < 0 ? words.length : end) - from;
}

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/** Of a line of the text: by white space, and by double quotes within which a backslash takes the next character as it is. */
function split(text: string, start: number, end: number): Word[] {
  const words: Word[] = [];
  for (let from = start; from < end;) {
    const code = text.charCodeAt(from);
    if (isSpace(code)) {
      from += 1;
      continue;
    }
    const close = code === 34 ? closing(text, from + 1, end) : -1;
    if (close >= 0) {
      const inner = text.slice(from + 1, close);
      words.push({from, to: close + 1, text: inner.includes('\\') ? inner.replace(/\\(.)/g, '$1') : inner, quoted: inner});
      from = close + 1;
      continue;
    }
    let to = from + 1;
    while (to < end && !isSpace(text.charCodeAt(to))) to += 1;
    words.push({from, to, text: text.slice(from, to), quoted: null});
    from = to;
  }
  return words;
}

/** Where the quotation that begins before `from` ends; -1: nowhere, so that the quote is a character like others. */
function closing(text: string, from: number, end: number): number {
  for (let i = from; i < end; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 34) return i;
    if (code === 92) i += 1;
  }
  return -1;
}

/** The words of a line put together again: the line, if none of it was lost. */
export function printWords(line: string): string {
  let last = 0;
  const printed = split(line, 0, line.length).map(({from, to, text, quoted}) => {
    const gap = line.slice(last, from);
    last = to;
    return gap + (quoted === null ? text : `"${quoted}"`);
  });
  return printed.join('') + (/[ \t-\r]*$/.exec(line)?.[0] ?? '');
}
