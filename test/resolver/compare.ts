import {expand, type Expansion} from '../../src/model/resolver/expand.ts';
import type {Libc} from '../../src/model/resolver/libc.ts';
import {readName} from '../../src/model/resolver/name.ts';
import type {LookedUp, Question, Reply} from '../../src/model/resolver/looked-up.ts';
import {run} from '../../src/model/resolver/run.ts';
import {parseResolvConf} from '../../src/parse/resolv-conf.ts';
import type {Case} from './draw.ts';
import {type Client, dead, type Observed, type Rig, type Rule} from './rig.ts';

export const typeNumbers: Readonly<Record<string, number>> = {A: 1, CNAME: 5, PTR: 12, AAAA: 28, SRV: 33};
const libcs: Readonly<Record<Client, Libc>> = {glibc: {kind: 'glibc', version: '2.36'}, wget: {kind: 'glibc', version: '2.36'}, musl: {kind: 'musl', version: '1.2.3'}, nslookup: {kind: 'busybox', version: '1.35.0'}};

/** Null: the model says what was seen. Else both. `libc`: another one's model, to see that a difference shows. */
export async function compare(rig: Rig, one: Case, libc: Libc = libcs[one.client]): Promise<string | null> {
  const name = readName(one.name);
  if ('fault' in name) throw new Error(`drew ${one.name}`);
  const expansion = expand(libc, parseResolvConf(one.resolvConf), {name, types: one.types});
  const looked = run(expansion, question => replyOf(one, question));
  const observed = await rig.lookUp(one.client, argumentsOf(one), one.resolvConf, rulesOf(one, expansion));
  const complaint = sameQuestions(one, expansion, looked, observed) ?? sameEnd(one, looked, observed);
  return complaint === null ? null : [`${one.client} ${one.name} ${one.types.join('+')} (seed ${one.seed}): ${complaint}`, one.resolvConf, `model (${looked.outcome}, ${expansion.silence}):`, ...predicted(expansion, looked), 'seen:', ...observed.asked, observed.said].join('\n');
}

function replyOf(one: Case, {name, type, server, protocol}: Question): Reply {
  if (server === dead) return {kind: 'refused'};
  const letter = one.letter(name, type, server);
  const truncated = letter === 't' && protocol === 'udp';
  const full = (letter === '1' || letter === 't' || letter === 'c') && !truncated ? 1 : 0;
  if (letter === '-') return {kind: 'silence'};
  return {kind: 'message', rcode: {x: 'NXDOMAIN', s: 'SERVFAIL', r: 'REFUSED', f: 'FORMERR'}[letter] ?? 'NOERROR', answers: full, wanted: letter === 'c' && type !== 'CNAME' ? 0 : full, truncated};
}

/** Every question that may come. An odd name, which the model says is not asked, has the letter `x`. */
function rulesOf(one: Case, {candidates, settings}: Expansion): Rule[] {
  return candidates.flatMap(({name, types}) => types.flatMap(type => settings.nameservers.map(server => ({name, type: typeNumbers[type] ?? 0, server, letter: one.letter(name, type, server)}))));
}

function argumentsOf({client, name, types}: Case): string[] {
  const family = types.length === 2 ? 'u' : {A: '4', AAAA: '6'}[types[0]!] ?? `q${typeNumbers[types[0]!]}`;
  if (client === 'wget') return ['-q', '-T', '1', '-O', '/dev/null', `http://${name.includes(':') ? `[${name}]` : name}/`];
  return client === 'nslookup' ? ['-timeout=1', ...(types.length === 2 ? [] : [`-type=${types[0]}`]), name] : [family, name];
}

function predicted({candidates}: Expansion, {sent}: LookedUp): string[] {
  return sent.filter(({server}) => server !== dead).map(({protocol, server, type, name, candidate}) => `${protocol} ${server} ${candidates[candidate]?.unsendable === 'malformed' ? '? malformed' : `${typeNumbers[type]} ${name}`}`);
}

function sameQuestions(one: Case, expansion: Expansion, looked: LookedUp, {asked}: Observed): string | null {
  const model = predicted(expansion, looked);
  const {nameservers, rotate} = expansion.settings;
  // Where glibc begins is chance
  const ways = rotate ? nameservers.map((_, by) => model.map(line => line.replace(/127\.0\.0\.(\d)/, (_whole, i: string) => `127.0.0.${((Number(i) - 1 + by) % nameservers.length) + 1}`))) : [model];
  // Questions that are repeated at once stand where their answers came
  const ordered = (lines: readonly string[]): string => (one.client === 'musl' || one.client === 'nslookup') && looked.steps.some(({candidate}) => repeats(one, expansion, candidate)) ? lines.toSorted().join('\n') : lines.join('\n');
  const seen = asked.map(line => line.toLowerCase());
  return ways.some(way => ordered(way.map(line => line.toLowerCase())) === ordered(seen)) ? null : 'other questions';
}

function repeats(one: Case, {candidates, settings}: Expansion, index: number): boolean {
  const candidate = candidates[index]!;
  return candidate.types.some(type => settings.nameservers.some(server => one.letter(candidate.name, type, server) === 's'));
}

/** getaddrinfo's codes: glibc -2 no such name, -3 again, -4 never, -5 no data, -9 an address of the other family; musl 1.2.3 has neither of the last. h_errno: 1 no such name, 2 again, 3 never, 4 no data. */
const ends: Readonly<Record<LookedUp['outcome'], RegExp>> = {
  found: /^ok/, 'does-not-exist': /^(?:gai -[29]|herr 1)\n/, 'no-data': /^(?:gai -[25]|herr 4|ok)\n/, 'try-again': /^(?:gai -3|herr 2|herr -1)\n/, failed: /^(?:gai -[24]|herr 3)\n/,
};

function sameEnd({client, types}: Case, {outcome}: LookedUp, {said}: Observed): string | null {
  if (client === 'wget') return /bad address/.test(said) === (outcome !== 'found') ? null : 'another end';
  if (client === 'nslookup') return printed(types, said).test(said) === (outcome === 'found') ? null : 'another end';
  // glibc forgets it where A alone was asked for
  if (outcome === 'try-again' && client === 'glibc' && types.join('') === 'A' && said.startsWith('gai -2\n')) return null;
  return ends[outcome].test(said) ? null : 'another end';
}

/** How nslookup shows a record that was asked for. Of an address it asks for the name. */
function printed(types: readonly string[], said: string): RegExp {
  if (types.length === 2 && /\.arpa/.test(said)) return /\tname = /;
  return {SRV: /\tservice = /, PTR: /\tname = /, CNAME: /\tcanonical name = /}[types[0]!] ?? /^Name:/m;
}
