/**
 * /etc/resolv.conf as data (resolv.conf(5)). Nothing is lost: printResolvConf(parseResolvConf(text)) is text, and what is not
 * understood is named in `strange`. The fields say what the manual page promises; where glibc, musl and busybox read a line in
 * another way, model/resolver/settings.ts goes back to `lines`.
 */
export interface ResolvConf {
  /** All, as written and in order, however many a libc takes. */
  readonly nameservers: readonly string[];
  /** Of the last `search` or `domain` line that names something. */
  readonly search: readonly string[];
  /** What that line was; null: there is none. */
  readonly searchLine: {readonly keyword: 'search' | 'domain'; readonly line: number} | null;
  /** Of all `options` lines, in order: of two with the same name the later one counts. */
  readonly options: readonly ResolvOption[];
  /** `sortlist` and what is no directive, or one that names nothing; never a comment or an empty line. */
  readonly strange: readonly {readonly line: number; readonly text: string; readonly why: 'keyword' | 'nothing-given' | 'not-an-address' | 'indented' | 'inline-comment'}[];
  readonly lines: readonly ResolvLine[];
}

export interface ResolvOption {
  readonly name: string;
  /** What follows the colon; null: there is no colon. */
  readonly value: string | null;
  readonly line: number;
}

export interface ResolvLine {
  /** From 1. */
  readonly number: number;
  /** Without its line feed; a carriage return stays. */
  readonly text: string;
  /** `nameserver`, …, as written; empty: an empty line or a comment. */
  readonly keyword: string;
  /** The words behind it. */
  readonly words: readonly string[];
}

export function parseResolvConf(text: string): ResolvConf {
  const lines = text.split('\n').map((each, i) => lineOf(each, i + 1));
  const named = lines.filter(({keyword}) => keyword !== '');
  const searches = named.filter(({keyword, words}) => (keyword === 'search' || keyword === 'domain') && words.length > 0);
  const last = searches.at(-1);
  return {
    nameservers: named.filter(({keyword}) => keyword === 'nameserver').flatMap(({words: [address]}) => (address === undefined ? [] : [address])),
    search: last === undefined ? [] : last.keyword === 'domain' ? last.words.slice(0, 1) : last.words,
    searchLine: last === undefined ? null : {keyword: last.keyword as 'search' | 'domain', line: last.number},
    options: named.filter(({keyword}) => keyword === 'options').flatMap(({words, number}) => words.map(word => optionOf(word, number))),
    strange: named.flatMap(strangeness),
    lines,
  };
}

export function printResolvConf({lines}: ResolvConf): string {
  return lines.map(({text}) => text).join('\n');
}

/** The file that a container runtime writes from these (containerd's `parseDNSOptions`): one line for each directive that says something. */
export function writeResolvConf({search, nameservers, options}: {readonly search: readonly string[]; readonly nameservers: readonly string[]; readonly options: readonly string[]}): string {
  return [
    ...(search.length === 0 ? [] : [`search ${search.join(' ')}`]),
    ...nameservers.map(address => `nameserver ${address}`),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
  ].map(line => `${line}\n`).join('');
}

/** The last value of an option; undefined: it is not given. */
export function optionValue({options}: Pick<ResolvConf, 'options'>, name: string): string | null | undefined {
  return options.findLast(each => each.name === name)?.value;
}

/** A comment starts with `#` or `;` in the first column; blanks before it are borne with. A byte order mark is no part of a keyword. */
function lineOf(text: string, number: number): ResolvLine {
  const [keyword = '', ...words] = text.replace(/^\ufeff/, '').split(/[ \t\r\v\f]+/).filter(word => word !== '');
  return /^[#;]/.test(keyword) ? {number, text, keyword: '', words: []} : {number, text, keyword, words};
}

function optionOf(word: string, line: number): ResolvOption {
  const colon = word.indexOf(':');
  return colon < 0 ? {name: word, value: null, line} : {name: word.slice(0, colon), value: word.slice(colon + 1), line};
}

/** An inline comment is none: its words become search domains or options. Blanks before a keyword hide it from glibc and musl. */
function strangeness({number, text, keyword, words}: ResolvLine): ResolvConf['strange'] {
  const say = (why: ResolvConf['strange'][number]['why']): ResolvConf['strange'] => [{line: number, text, why}];
  if (!['nameserver', 'search', 'domain', 'options'].includes(keyword)) return say('keyword');
  if (words.length === 0) return say('nothing-given');
  if (/^[ \t\r\v\f\ufeff]/.test(text)) return say('indented');
  if (keyword === 'nameserver' && !/^[\da-f.:]+(%\S+)?$/i.test(words[0] ?? '')) return say('not-an-address');
  return words.some(word => /^[#;]/.test(word)) ? say('inline-comment') : [];
}
