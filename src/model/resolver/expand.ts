import type {ResolvConf} from '../../parse/resolv-conf.ts';
import {type Libc, olderThan} from './libc.ts';
import {type DnsName, isAddress, labelsOf, octetsOf, wireLength} from './name.ts';
import {type Settings, settingsOf} from './settings.ts';

/**
 * What is looked up. `A` and `AAAA` together is getaddrinfo(3) with AF_UNSPEC, what nearly every program does; one of them is
 * getaddrinfo for that family; any other type is res_search(3). A program that sets AI_ADDRCONFIG leaves out AAAA where the pod
 * has no IPv6 address: that is for the caller to say.
 */
export interface Lookup {
  readonly name: DnsName;
  readonly types: readonly string[];
}

/** A name as it is put into questions: absolute, without its final dot (the root is empty). */
export interface Candidate {
  readonly name: string;
  /** The domain of the search list that was appended, as written; null: the name as it stands. */
  readonly domain: string | null;
  readonly types: readonly string[];
  /** It cannot be put into a question, and this libc stops there, goes on, or sends what servers refuse. Null: it can. */
  readonly unsendable: 'stops' | 'skipped' | 'malformed' | null;
}

export interface Expansion {
  readonly libc: Libc;
  readonly lookup: Lookup;
  readonly settings: Settings;
  /** Why no server is asked at all; null: the candidates are asked for. */
  readonly silence: Silence | null;
  /** In the order in which this libc asks, as long as no answer ends it. */
  readonly candidates: readonly Candidate[];
}

export type Silence =
  | 'address'
  /** glibc asks for letters, digits, `-` and `_` only, and not with a `-` in front (resolv/res-name-checking.c). */
  | 'not-a-host-name'
  /** musl takes at most 254 octets. */
  | 'too-long-for-libc'
  | 'nothing-sent';

const addressTypes = ['A', 'AAAA'];

/** The answers decide how far down the list a lookup gets: see run.ts. */
export function expand(libc: Libc, conf: ResolvConf, lookup: Lookup): Expansion {
  const settings = settingsOf(libc, conf);
  // Instead of AAAA alone A is asked for, to learn whether the name exists (resolv/res-noaaaa.c)
  const types = settings.noAaaa && lookup.types.includes('AAAA') ? ['A'] : lookup.types;
  const silence = silenceOf(libc, settings, {...lookup, types});
  const base = {libc, lookup, settings, silence};
  if (silence !== null) return {...base, candidates: []};
  if (libc.kind === 'busybox') return {...base, candidates: byNslookup(settings, lookup)};
  const asked = {...lookup, types};
  return {...base, candidates: libc.kind === 'musl' ? byMusl(libc, settings, asked) : byGlibc(settings, asked)};
}

function silenceOf(libc: Libc, settings: Settings, {name: {text}, types}: Lookup): Silence | null {
  const byAddress = types.every(type => addressTypes.includes(type));
  // A name server that is no address ends the applet
  if (libc.kind === 'busybox') return settings.notes.some(({note}) => note === 'nameserver-unusable') ? 'nothing-sent' : null;
  if (byAddress && isAddress(text)) return 'address';
  if (settings.notes.some(({note}) => note === 'nothing-sent' || note === 'dies-of-attempts')) return 'nothing-sent';
  if (libc.kind === 'musl') return byAddress && text.length > 254 ? 'too-long-for-libc' : null;
  return byAddress && (text.startsWith('-') || labelsOf(text).some(label => !/^[\w-]+$/.test(label))) ? 'not-a-host-name' : null;
}

/** resolv/res_query.c, __res_context_search: as it stands first with ndots or more dots, else last. A name without a dot is searched for whatever ndots says. */
function byGlibc({search, ndots, noTldQuery}: Settings, {name, types}: Lookup): Candidate[] {
  const bare = candidate(name.text, null, types, 'stops');
  const first = name.dots >= ndots || name.absolute;
  if (name.absolute) return [bare];
  const domains = search.map(domain => ({domain, suffix: domain.replace(/^\./, '')}));
  const found = domains.map(({domain, suffix}) => candidate(suffix === '' ? name.text : `${name.text}.${suffix}`, domain, types, 'stops'));
  const last = !first && !domains.some(({suffix}) => suffix === '') && (name.dots > 0 || search.length === 0 || !noTldQuery);
  return [...(first ? [bare] : []), ...found, ...(last ? [bare] : [])];
}

/**
 * src/network/lookup_name.c, name_from_dns_search: with ndots or more dots never any search; as it stands last. What res_mkquery
 * refuses ended the search before 1.2.4. res_search(3) is res_query(3): other types are asked for as they stand.
 */
function byMusl(libc: Libc, {search, ndots}: Settings, {name, types}: Lookup): Candidate[] {
  const older = olderThan(libc, '1.2.4');
  const bare = candidate(name.text, null, types, 'skipped');
  if (name.absolute || name.dots >= ndots || types.some(type => !addressTypes.includes(type))) return [bare];
  const found = search.flatMap(domain => {
    if (domain.length >= 255 - name.text.length) return [];
    // Two dots at the end: 1.2.3 still sends the name, with a length octet that is a dot
    if (domain === '.') return [{name: name.text, domain, types, unsendable: older ? 'malformed' : 'skipped'} as const];
    return [candidate(`${name.text}.${domain}`, domain, types, older ? 'stops' : 'skipped')];
  });
  return [...found, bare];
}

/**
 * networking/nslookup.c, add_query_with_search and make_ptr: a name with any dot as it stands, one without a dot with every domain
 * of the list and never as it stands, whatever ndots says; an address backwards. All A, then all AAAA.
 */
function byNslookup({search}: Settings, {name, types}: Lookup): Candidate[] {
  const backwards = types.every(type => addressTypes.includes(type)) && types.length > 1 ? reverseName(name.text) : null;
  if (backwards !== null) return [candidate(backwards, null, ['PTR'], 'stops')];
  if (name.dots > 0 || search.length === 0 || types.includes('PTR')) return [candidate(name.text, null, types, 'stops')];
  return search.map(domain => candidate(domain === '' ? name.text : `${name.text}.${domain}`, domain, types, 'stops'));
}

/** `4.3.2.1.in-addr.arpa`; null for what inet_pton(3) takes for no address. IPv6 in upper case, as the applet writes it. */
export function reverseName(text: string): string | null {
  if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) && text.split('.').every(part => Number(part) <= 255 && !/^0\d/.test(part))) return `${text.split('.').reverse().join('.')}.in-addr.arpa`;
  if (!text.includes(':') || !isAddress(text) || text.includes('%')) return null;
  const [, high = '', low] = /^([^]*):(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const bytes = low?.split('.').map(part => Number(part).toString(16).padStart(2, '0')) ?? [];
  const whole = low === undefined ? text : `${high}:${bytes.slice(0, 2).join('')}:${bytes.slice(2).join('')}`;
  const [head = '', tail] = whole.split('::');
  const groups = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'));
  const all = [...groups(head), ...Array<string>(8 - groups(head).length - groups(tail).length).fill('0'), ...groups(tail)].map(group => group.padStart(4, '0')).join('').toUpperCase();
  if (/^0{20}FFFF/.test(all)) return `${all.slice(24).match(/../g)!.map(byte => Number.parseInt(byte, 16)).reverse().join('.')}.in-addr.arpa`;
  return `${[...all].reverse().join('.')}.ip6.arpa`;
}

function candidate(text: string, domain: string | null, types: readonly string[], without: 'stops' | 'skipped'): Candidate {
  const name = text.replace(/\.$/, '');
  const labels = labelsOf(name);
  const sendable = name === '' || (labels.every(label => octetsOf(label) >= 1 && octetsOf(label) <= 63) && wireLength(labels) <= 255 && !text.endsWith('..'));
  return {name, domain, types, unsendable: sendable ? null : without};
}
