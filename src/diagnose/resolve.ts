import {expand, type Expansion, type Lookup} from '../model/resolver/expand.ts';
import type {Libc} from '../model/resolver/libc.ts';
import {cost, queriesOf} from '../model/resolver/run.ts';
import {parseResolvConf} from '../parse/resolv-conf.ts';
import {version} from '../version.ts';
import type {Command} from './origin.ts';
import {noteOf, notesOnLines} from './resolver-notes.ts';
import type {ResolveNote, ResolveReport} from './resolve-report.ts';

/** Lays open what a libc asks for a name with that resolv.conf. Nothing is asked, and nothing but the text is looked at. */
export function resolveOffline(command: Command, libc: Libc, text: string, lookup: Lookup): ResolveReport {
  const conf = parseResolvConf(text);
  const expansion = expand(libc, conf, lookup);
  const {candidates, settings: {nameservers, search, ndots, attempts, timeout}} = expansion;
  let sum = 0;
  return {
    schemaVersion: 'kdiag.resolve/v1', kdiag: {version}, command, name: lookup.name.text, libc, types: lookup.types, summary: summaryOf(expansion),
    settings: {nameservers, search, ndots, attempts, timeout},
    candidates: candidates.map(candidate => {
      sum += queriesOf(expansion, candidate);
      return {name: candidate.name, domain: candidate.domain, types: candidate.types, sendable: candidate.unsendable === null || candidate.unsendable === 'malformed', queries: libc.kind === 'busybox' ? cost(expansion, null) : sum};
    }),
    queries: expansion.silence === null ? {first: cost(expansion, 0), none: cost(expansion, null)} : null,
    notes: [...expansion.settings.notes.map(note => noteOf(note, libc)), ...notesOnLines(conf), ...notesOnLookup(expansion)],
  };
}

const titles = {glibc: 'glibc', musl: 'musl', busybox: "busybox's nslookup"} as const;

function summaryOf({libc, lookup: {name, types}, silence, candidates}: Expansion): string {
  const who = `${titles[libc.kind]}${libc.version === null ? '' : ` ${libc.version}`}`;
  switch (silence) {
    case 'address': return `${who} asks nobody for ${name.text}: it is an address`;
    case 'not-a-host-name': return `${who} asks nobody for ${name.text}: a host's name has letters, digits, - and _ only, and no - in front`;
    case 'too-long-for-libc': return `${who} asks nobody for ${name.text}: it has more than 254 characters`;
    case 'nothing-sent': return `${who} asks nobody for ${name.text}: this file keeps it from asking`;
    case null: return `${who} asks for ${types.join(' and ')} of ${candidates.length === 1 ? `one name: ${candidates[0]?.name ?? ''}.` : `up to ${candidates.length} names`}`;
  }
}

function notesOnLookup(expansion: Expansion): ResolveNote[] {
  const {libc, lookup: {name, types}, silence, candidates, settings} = expansion;
  if (silence !== null) return [];
  const note = (code: string, message: string, when = true): ResolveNote[] => (when ? [{code, message}] : []);
  const several = candidates.length > 1;
  const searches = settings.search.length > 0 && !name.absolute;
  const addresses = types.every(type => type === 'A' || type === 'AAAA');
  const broken = candidates.filter(({unsendable}) => unsendable === 'stops' || unsendable === 'skipped').map(each => each.name);
  return [
    ...note('ndots', `${name.text} has ${dots(name.dots)}, fewer than ndots:${settings.ndots}: the search list comes first`, libc.kind !== 'busybox' && searches && several && name.dots < settings.ndots),
    ...note('ndots', `${name.text} has ${dots(name.dots)}, not fewer than ndots:${settings.ndots}: it is asked for as it stands first, and then with the search list`, libc.kind === 'glibc' && several && name.dots >= settings.ndots),
    ...note('ndots', `${name.text} has ${dots(name.dots)}, not fewer than ndots:${settings.ndots}: musl does not use the search list at all`, libc.kind === 'musl' && searches && name.dots >= settings.ndots && addresses),
    ...note('final-dot', 'it ends in a dot: no search list', name.absolute && settings.search.length > 0),
    ...note('no-search', `musl has no search list for ${types.join(', ')}`, libc.kind === 'musl' && !addresses && searches),
    ...note('goes-on', 'glibc goes on after NXDOMAIN, after an answer without records, and after SERVFAIL once all servers and attempts are used up; silence ends the search list, and the name is then tried as it stands', libc.kind === 'glibc' && several),
    ...note('goes-on', 'musl goes on after NXDOMAIN alone: a name without such a record, SERVFAIL, REFUSED or silence ends the lookup', libc.kind === 'musl' && several),
    ...note('asks-all', `musl asks all ${settings.nameservers.length} name servers each time, and takes the answer that comes first`, libc.kind === 'musl' && settings.nameservers.length > 1),
    ...note('nslookup', "this is what nslookup of busybox 1.29 and later does; every other applet asks as the libc does that busybox was linked with", libc.kind === 'busybox'),
    ...note('nslookup-dot', "with a dot in it nslookup asks for a name as it stands only, whatever ndots says: it may fail where every other program finds it", libc.kind === 'busybox' && name.dots > 0 && searches && !name.absolute),
    ...note('nslookup-all', 'nslookup asks for all at once, and ends with 1 if any of them does not exist', libc.kind === 'busybox' && several),
    ...note('unsendable', `cannot be put into a question: ${broken.join(', ')}`, broken.length > 0),
    ...note('malformed', '“search .” makes musl before 1.2.4 send a question that no server understands, and wait for its answer in vain: the lookup ends there', candidates.some(({unsendable}) => unsendable === 'malformed')),
    ...note('final-dot-saves', `if that is the whole name: with a dot at its end, ${name.text}. is asked for as it stands only, with ${queriesOf(expansion, {...candidates[0]!, unsendable: null})} queries`, libc.kind !== 'busybox' && several && name.dots > 0),
    ...note('hosts', `/etc/hosts is read first, and a pod's has localhost: nobody is asked then`, /^localhost\.?$/i.test(name.text) && libc.kind !== 'busybox'),
    ...note('escape', 'musl and busybox know no escapes: they ask for the backslash, too', name.text.includes('\\') && libc.kind !== 'glibc'),
  ];
}

function dots(count: number): string {
  return count === 0 ? 'no dot' : count === 1 ? 'one dot' : `${count} dots`;
}
