import type {ResolvConf, ResolvLine} from '../../parse/resolv-conf.ts';
import type {SettingNote} from './setting-note.ts';

/** What `read` takes out of the lines, before the options are looked at. */
export interface Read {
  readonly nameservers: readonly {readonly address: string; readonly line: number}[];
  readonly search: readonly string[];
  readonly notes: readonly SettingNote[];
  /** Names of the options that count → their number, or null for a flag. */
  readonly options: ReadonlyMap<string, number | null>;
}

/** How each resolver reads the lines of resolv.conf: what it takes for a keyword, an address, a search list and an option. */

/** Options of glibc without a value; of two that begin alike the longer one comes first. */
export const glibcFlags: readonly string[] = ['rotate', 'edns0', 'single-request-reopen', 'single-request', 'no_tld_query', 'no-tld-query', 'no-reload', 'use-vc', 'trust-ad', 'no-aaaa'];

const blank = /^[ \t\r\v\f\ufeff]/;
const words = (text: string): string[] => text.split(/[ \t]+/).filter(word => word !== '');
const indented = ({lines}: ResolvConf): SettingNote[] => lines.filter(({keyword, text}) => /^(?:nameserver|search|domain|options)$/.test(keyword) && blank.test(text)).map(({number, text}) => ({note: 'line-not-read', line: number, text}));
/** atoi(3). */
const atoi = (text: string): number => Number.parseInt(/^[ \t\v\f\r]*([+-]?\d+)/.exec(text)?.[1] ?? '0', 10);

/** resolv/res_init.c. Keywords start in the first column and end with a blank or a tabulator; the carriage return of a DOS file belongs to the last word. */
export function glibcReads(conf: ResolvConf, old: boolean): Read {
  const of = (keyword: string): {readonly rest: string; readonly line: ResolvLine}[] => conf.lines.flatMap(line => (new RegExp(`^${keyword}[ \\t]`).test(line.text) ? [{rest: line.text.slice(keyword.length), line}] : []));
  const searches = conf.lines.flatMap(({text}) => {
    const [, keyword, rest = ''] = /^(search|domain)[ \t]+([^ \t][^]*)$/.exec(text) ?? [];
    return keyword === undefined ? [] : [keyword === 'domain' ? words(rest).slice(0, 1) : words(rest)];
  });
  const {search, notes} = old ? cutAsBefore226(searches.at(-1) ?? []) : {search: searches.at(-1) ?? [], notes: []};
  const addresses = of('nameserver').map(({rest, line}) => ({address: words(rest)[0] ?? '', line: line.number}));
  return {
    nameservers: addresses, search,
    notes: [...indented(conf), ...notes],
    options: new Map(of('options').flatMap(({rest}) => words(rest)).flatMap(glibcOption)),
  };
}

/** A flag counts if a word starts with its name. */
function glibcOption(word: string): [string, number | null][] {
  const [, name, value = ''] = /^(ndots|timeout|attempts):([^]*)$/.exec(word) ?? [];
  if (name !== undefined) return [[name, atoi(value)]];
  const flag = glibcFlags.find(each => word.startsWith(each));
  return [[flag ?? word.replace(/:.*$/, ''), null]];
}

/** MAXDNSRCH and the 256 octets of `defdname`: a domain is cut in its middle. */
function cutAsBefore226(all: readonly string[]): {readonly search: readonly string[]; readonly notes: readonly SettingNote[]} {
  const short = words(all.join(' ').slice(0, 255));
  const search = short.slice(0, 6);
  if (all.length > 6) return {search, notes: [{note: 'search-cut', limit: 'domains', cut: all.slice(search.length)}]};
  return all.join(' ').length <= 255 ? {search, notes: []} : {search, notes: [{note: 'search-cut', limit: 'characters', cut: all.filter((domain, i) => search[i] !== domain)}]};
}

/** src/network/resolvconf.c: lines of more than 254 characters are skipped, whatever they say. isspace(3) ends a keyword and a domain. */
export function muslReads(conf: ResolvConf): Read {
  const long = conf.lines.filter(({text, keyword}) => Buffer.byteLength(text) > 254 && keyword !== '');
  const lines = conf.lines.filter(line => !long.includes(line) && Buffer.byteLength(line.text) <= 254);
  const rest = (keyword: string): {readonly text: string; readonly number: number}[] => lines.flatMap(({text, number}) => (new RegExp(`^(?:${keyword})(?:[ \\t\\r\\v\\f]|$)`).test(text) ? [{text: text.replace(/^\w+/, ''), number}] : []));
  const split = (text: string): string[] => text.split(/[ \t\r\v\f]+/).filter(word => word !== '');
  const addresses = rest('nameserver').map(({text, number}) => ({address: split(text)[0] ?? '', line: number}));
  const options = new Map<string, number | null>();
  for (const {text} of rest('options')) {
    for (const name of ['ndots', 'attempts', 'timeout']) {
      const at = text.indexOf(`${name}:`);
      const [digits] = /^\d+/.exec(text.slice(at + name.length + 1)) ?? [];
      if (at >= 0 && digits !== undefined) options.set(name, Number(digits));
    }
  }
  return {
    nameservers: addresses,
    search: split(rest('search|domain').at(-1)?.text ?? ''),
    notes: [...long.map(({number, text}): SettingNote => ({note: 'line-skipped', line: number, length: Buffer.byteLength(text)})), ...indented(conf)],
    options,
  };
}

/** networking/nslookup.c: blanks before a keyword do not matter; `domain` counts only without any `search` before it. Lines of more than 511 characters would be read as several, which is not followed here. */
export function nslookupReads(conf: ResolvConf): Read {
  let search: {readonly text: string; readonly keyword: string} | null = null;
  const ignored: SettingNote[] = [];
  const addresses: {readonly address: string; readonly line: number}[] = [];
  for (const {text, number} of conf.lines) {
    const [, keyword, rest] = /^[ \t]*([^ \t]+)[ \t]([^]+)$/.exec(text) ?? [];
    if (keyword === undefined || rest === undefined) continue;
    if (keyword === 'nameserver') addresses.push({address: rest, line: number});
    else if (keyword === 'search' || (keyword === 'domain' && search?.keyword !== 'search')) search = {text: rest, keyword};
    else if (keyword === 'domain') ignored.push({note: 'domain-ignored', line: number});
  }
  const list = search === null || search.text === '.' ? [] : search.text.replace(/[ \t]+$/, '').split(/[ \t]+/);
  return {nameservers: addresses, search: list, notes: ignored, options: new Map()};
}
