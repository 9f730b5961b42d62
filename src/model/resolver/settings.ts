import type {ResolvConf} from '../../parse/resolv-conf.ts';
import {type Libc, olderThan} from './libc.ts';
import {isAddress} from './name.ts';
import {glibcFlags, glibcReads, muslReads, nslookupReads, type Read} from './reading.ts';
import type {SettingNote} from './setting-note.ts';

/** What a libc makes of a resolv.conf: what it takes, within its own limits. */
export interface Settings {
  /** Those that are asked, in order. Without any line: 127.0.0.1. */
  readonly nameservers: readonly string[];
  /** As the libc appends them, final dots included. */
  readonly search: readonly string[];
  readonly ndots: number;
  /** Rounds over all name servers. 0: nothing is ever sent. */
  readonly attempts: number;
  /** Seconds: glibc's for one server, doubled for each further one and divided by their number; musl's and nslookup's for a whole question. */
  readonly timeout: number;
  /** glibc starts with another server each time. */
  readonly rotate: boolean;
  /** A and AAAA one after the other: on one socket, or on one each. `no`: at the same time. */
  readonly single: 'no' | 'same-socket' | 'own-socket';
  readonly noAaaa: boolean;
  /** Everything by TCP. */
  readonly useVc: boolean;
  /** A name without dots is not asked for as it stands once a search list was tried. */
  readonly noTldQuery: boolean;
  readonly trustAd: boolean;
  readonly notes: readonly SettingNote[];
}

/** Since which glibc an option is followed (resolv.conf(5)). */
const since: Readonly<Record<string, string>> = {'single-request-reopen': '2.9', 'single-request': '2.10', 'use-vc': '2.14', 'no-tld-query': '2.14', 'no-reload': '2.26', 'trust-ad': '2.31', 'no-aaaa': '2.36'};

export function settingsOf(libc: Libc, conf: ResolvConf): Settings {
  if (libc.kind === 'busybox') return ofNslookup(conf);
  return libc.kind === 'musl' ? ofMusl(libc, conf) : ofGlibc(libc, conf);
}

/** resolv/res_init.c (res_vinit_1, res_setoptions), resolv/resolv.h. */
function ofGlibc(libc: Libc, conf: ResolvConf): Settings {
  const read = glibcReads(conf, olderThan(libc, '2.26'));
  const known = (name: string): boolean => read.options.has(name) && !olderThan(libc, since[name] ?? '0');
  const number = capped(read, {ndots: [1, 15], timeout: [5, 30], attempts: [2, 5]});
  const unknown = [...read.options.keys()].filter(name => /^\w/.test(name) && !(name in number.values) && !(glibcFlags.includes(name) && known(name)));
  return settled(read, 3, {
    ...number.values, rotate: known('rotate'), single: known('single-request-reopen') ? 'own-socket' : known('single-request') ? 'same-socket' : 'no',
    noAaaa: known('no-aaaa'), useVc: known('use-vc'), noTldQuery: known('no-tld-query') || known('no_tld_query'), trustAd: known('trust-ad'),
  }, [...number.notes, ...(unknown.length === 0 ? [] : [{note: 'options-not-followed', options: unknown} as const]), ...(number.values['attempts'] <= 0 ? [{note: 'nothing-sent', option: 'attempts'} as const] : []), ...(read.search.length === 0 ? [{note: 'search-of-host-name'} as const] : [])]);
}

/** src/network/resolvconf.c: options are searched for anywhere in their line. Search lists since 1.1.13. */
function ofMusl(libc: Libc, conf: ResolvConf): Settings {
  const read = muslReads(conf);
  const number = capped(read, {ndots: [1, 15], timeout: [5, 60], attempts: [2, 10]});
  const unknown = [...new Set(conf.options.map(({name}) => name))].filter(name => !(name in number.values) && glibcFlags.includes(name));
  return settled(olderThan(libc, '1.1.13') ? {...read, search: []} : read, 3, {...number.values, ...plain}, [
    ...number.notes, ...(unknown.length === 0 ? [] : [{note: 'options-not-followed', options: unknown} as const]),
    ...(number.values['attempts'] === 0 ? [{note: 'dies-of-attempts'} as const] : number.values['timeout'] === 0 ? [{note: 'nothing-sent', option: 'timeout'} as const] : []),
  ]);
}

/** networking/nslookup.c (parse_resolvconf): no options at all, no limits; two rounds within 5 s. */
function ofNslookup(conf: ResolvConf): Settings {
  const read = nslookupReads(conf);
  const options = [...new Set(conf.options.map(({name}) => name))];
  return settled(read, Number.POSITIVE_INFINITY, {ndots: 1, timeout: 5, attempts: 2, ...plain}, [
    ...(options.length === 0 ? [] : [{note: 'options-not-followed', options} as const]), ...(conf.search.length === 0 ? [{note: 'search-of-host-name'} as const] : []),
  ]);
}

const plain = {rotate: false, single: 'no', noAaaa: false, useVc: false, noTldQuery: false, trustAd: false} as const;

function settled(read: Read, most: number, rest: Omit<Settings, 'nameservers' | 'search' | 'notes'>, more: readonly SettingNote[]): Settings {
  const usable = read.nameservers.filter(({address}) => isAddress(address)).map(({address}) => address);
  const unusable = read.nameservers.filter(({address}) => !isAddress(address));
  const cut = usable.slice(most);
  return {
    nameservers: usable.length === 0 ? ['127.0.0.1'] : usable.slice(0, most), search: read.search, ...rest,
    notes: [
      ...read.notes, ...unusable.map(({address, line}) => ({note: 'nameserver-unusable', address, line} as const)), ...(usable.length === 0 ? [{note: 'no-nameserver'} as const] : []),
      ...(cut.length === 0 ? [] : [{note: 'nameservers-cut', limit: most, cut} as const]), ...more,
    ],
  };
}

/** Name → [default, most]. A negative ndots wraps, as it is kept in four bits; other negative numbers stay. */
function capped<Name extends string>({options}: Read, limits: Readonly<Record<Name, readonly [number, number]>>): {readonly values: Readonly<Record<Name, number>>; readonly notes: readonly SettingNote[]} {
  const notes: SettingNote[] = [];
  const values = Object.fromEntries(Object.entries<readonly [number, number]>(limits).map(([option, [standard, most]]) => {
    const given = options.get(option) ?? standard;
    const used = option === 'ndots' && given < 0 ? given & 15 : Math.min(given, most);
    if (used !== given) notes.push({note: 'capped', option, given, used});
    return [option, used];
  })) as Record<Name, number>;
  return {values, notes};
}
