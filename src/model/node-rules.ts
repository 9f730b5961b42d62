import {type Answer, isKnown, known, type Unknown, unknown} from '../cluster/answer.ts';
import type {NodeReading, Section} from '../cluster/cluster.ts';
import {dumpOf, piecesOf} from '../parse/dump-pieces.ts';
import {type Dump, parseDump, type Rule, type Table} from '../parse/iptables.ts';
import {type NftRuleset, parseRuleset} from '../parse/nft.ts';
import {parseNftText} from '../parse/nft-text.ts';
import {type Address, familyOf, formatAddress, parseAddress} from './ip.ts';
import {type Ipvs, ipvsOf} from './ipvs/ipvs.ts';
import {ReadOnce} from './read-once.ts';

export type Backend = 'nft' | 'legacy';
export type Mode = 'iptables' | 'nftables' | 'ipvs';

/** What a node's own rules say, read and understood. */
export interface NodeRules {
  readonly node: string;
  /** How the rules were read, for evidence: `debug pod on node1`. */
  readonly from: string;
  readonly rulesets: readonly Ruleset[];
  /** nft's own tables, without those of iptables-nft; or why they could not be read. */
  readonly nft: Answer<NftRuleset>;
  readonly ipvs: Ipvs;
  /** What kube-proxy (or something like it) wrote there: none of them after a reboot without kube-proxy. */
  readonly modes: readonly Mode[];
  /** The node's own IPv4 and IPv6 addresses, in canonical form; null when /proc would not tell. */
  readonly localAddresses: ReadonlySet<string> | null;
  /** Names of processes that may do kube-proxy's work; only a debug pod sees the node's. */
  readonly processes: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
}

export interface Ruleset {
  readonly backend: Backend;
  readonly family: 4 | 6;
  readonly dump: Dump;
  /** Why this backend's rules could not be read, if so: its `dump` is then empty and proves nothing. */
  readonly unread: Unknown | null;
}

const tools = [['nft', 4, 'iptables-nft-save'], ['legacy', 4, 'iptables-legacy-save'], ['nft', 6, 'ip6tables-nft-save'], ['legacy', 6, 'ip6tables-legacy-save']] as const;

/** Given the same `once` for many nodes, those of which the same was read have the same rulesets, nft and ipvs: the objects, not only what is in them. */
export function nodeRules(reading: NodeReading, once: ReadOnce = new ReadOnce()): Answer<NodeRules> {
  const sections = reading.sections;
  const read = tools.map(([backend, family, tool]) => ruleset(backend, family, tool, sections, once));
  const rulesets = once.of('rulesets', read, () => read);
  const ipv4 = rulesets.filter(({family}) => family === 4);
  const modes = modesOf(rulesets, sections);
  const unread = ipv4.find(each => each.unread !== null)?.unread;
  if (modes.length === 0 && unread !== undefined && unread !== null) return unknown(unread.why, unread.detail);
  // An empty answer is only believed when something else shows that the tools see this node's netfilter at all.
  if (ipv4.every(({dump}) => dump.tables.length === 0) && sections['nft-tables']?.exit !== 0) {
    return unknown('unparsed', `no table at all was seen on ${reading.node}, and nothing proves that the tools can see its netfilter`);
  }
  return known({
    node: reading.node,
    from: `${reading.via === 'debug-pod' ? 'debug pod' : 'kube-proxy pod'} on ${reading.node}`,
    rulesets, modes,
    nft: once.of('nft', textsOf(sections, ['nft-tables', 'nft-json', 'nft-text']), () => nftTables(sections)),
    ipvs: once.of('ipvs', textsOf(sections, ['ip_vs', 'kube-ipvs0', 'modules', 'ipset']), () => ipvsOf(sections)),
    localAddresses: localAddresses(sections),
    processes: lines(sections['processes']),
    sysctls: Object.fromEntries(lines(sections['sysctl']).map(line => line.split(' = ') as [string, string])),
  });
}

/** nft's own tables, from JSON or, where that cannot be had, from the plain listing. Every table that is there must be in them. */
function nftTables(sections: NodeReading['sections']): Answer<NftRuleset> {
  const list = sections['nft-tables'];
  if (list !== undefined && list.exit !== 0 && !/not supported/.test(list.stderr)) return list.exit === 127 ? unknown('absent', `nft list chains ended with status ${list.exit}${lastWords(list)}`) : {unknown: failed('nft list chains', list)};
  const names = lines(list).map(line => line.trim()).filter(line => !/^table ip6? (raw|mangle|nat|filter|security)$/.test(line));
  const json = nftOf(sections['nft-json'], 'nft -j list table', parseRuleset);
  const text = sections['nft-text'];
  const said = isKnown(json) || text === undefined || text.stdout.trim() === '' ? json : nftOf(text, 'nft list table', listed);
  if (names.length === 0 && !isKnown(said) && (sections['nft-json']?.stdout ?? '').trim() === '') return known({tables: [], objects: []});
  if (!isKnown(said)) return said.unknown.why === 'not-recorded' ? unknown('not-recorded', `the nft tables (${names.map(name => name.replace('table ', '')).join(', ')}) were not read`) : said;
  const missing = names.find(line => !said.known.tables.some(({family, name}) => line === `table ${family} ${name}`));
  return missing === undefined ? said : unknown('truncated', `nft named ${missing}, and did not print it`);
}

function nftOf(section: Section | undefined, tool: string, parse: (text: string) => NftRuleset): Answer<NftRuleset> {
  if (section === undefined) return unknown('not-recorded', `${tool} was not run`);
  if (section.exit !== 0) return {unknown: failed(tool, section)};
  try {
    return known(parse(section.stdout));
  } catch (error) {
    return unknown('unparsed', `what ${tool} printed could not be read: ${(error as Error).message}`);
  }
}

function listed(text: string): NftRuleset {
  const {ruleset: found, strange} = parseNftText(text);
  if (strange[0] !== undefined) throw new SyntaxError(strange[0]);
  return found;
}

/** Status and last words; of a tool that ran into the bounds of the reading (reading.ts), which they were and how far it came. */
function failed(tool: string, section: Section): Unknown {
  const given = /^kdiag: status (\d+) with (.*) to use$/m.exec(section.stderr);
  const lacksMemory = /memory|alloc|failed to map/i.test(section.stderr.replace(/^kdiag: .*$/gm, '')); // nft, iptables, the linker of their extensions
  if (given !== null && (Number(given[1]) > 128 || given[1] === '124' || lacksMemory)) return {why: 'truncated', detail: `${tool} was stopped when it had printed ${(section.stdout.length / 1e6).toFixed(1)} MB: it may use ${given[2]} (status ${given[1]})`};
  return {why: lacksMemory ? 'truncated' : 'unparsed', detail: `${tool} ended with status ${section.exit}${lastWords(section)}`};
}

function lastWords({stderr}: Section): string {
  const said = stderr.trim().split('\n').findLast(line => !line.startsWith('kdiag: ')) ?? '';
  return said === '' ? '' : `: ${said}`;
}

/** All that what is made of these sections may depend on. */
function textsOf(sections: NodeReading['sections'], names: readonly string[]): (string | number | undefined)[] {
  return names.flatMap(name => [sections[name]?.exit, sections[name]?.stdout, sections[name]?.stderr]);
}

/** Packets meet few of the rules of a table that is larger than this, and others each time. */
const large = 2 ** 20;

function ruleset(backend: Backend, family: 4 | 6, tool: string, sections: NodeReading['sections'], once: ReadOnce): Ruleset {
  const section = sections[tool];
  const text = section?.stdout ?? '';
  const pieces = piecesOf(text);
  const joined = pieces === null ? null : dumpOf(text, pieces.map(piece => once.of('table', [piece], () => parseDump(piece, piece.length > large ? undefined : once.parseRule))));
  const dump = joined ?? parseDump(text);
  const unread = unreadable(tool, section, dump, lines(sections[family === 4 ? 'ip_tables_names' : 'ip6_tables_names']), backend);
  const same = {backend, family, dump, unread};
  return joined === null || pieces === null ? same : once.of(`ruleset ${backend} ${family}`, [JSON.stringify(unread), ...pieces], () => same);
}

function unreadable(tool: string, section: Section | undefined, dump: Dump, legacyTables: readonly string[], backend: Backend): Unknown | null {
  if (backend === 'legacy' && legacyTables.length === 0) return null; // the kernel has no legacy table: nothing to read
  if (section === undefined) return {why: 'not-recorded', detail: `${tool} was not run`};
  if (section.exit === 127 || /not found/.test(lastWords(section))) return {why: 'absent', detail: `the image that rules were read with has no ${tool}`};
  if (section.exit !== 0) return failed(tool, section);
  if (dump.strange.length > 0) return {why: 'unparsed', detail: `${tool} printed a line that is no rule: ${dump.strange[0]}`};
  const cut = dump.tables.find(({complete}) => !complete);
  return cut === undefined ? null : {why: 'truncated', detail: `${tool} ended within table ${cut.name}`};
}

/** By what is there, not by what is configured. The kubelet's own chains (KUBE-FIREWALL, canary, hint) are no mode. */
function modesOf(rulesets: readonly Ruleset[], sections: NodeReading['sections']): Mode[] {
  const modes: Mode[] = [];
  const chains = rulesets.flatMap(({dump}) => dump.tables.filter(({name}) => name === 'nat').flatMap(({chains: all}) => [...all.keys()]));
  if (chains.some(name => /^KUBE-(SVC|SVL|EXT|SEP)-/.test(name))) modes.push('iptables');
  if (lines(sections['nft-tables']).some(line => /^table ip6? kube-proxy$/.test(line.trim()))) modes.push('nftables');
  if (lines(sections['ip_vs']).some(line => /^(TCP|UDP|SCTP|FWM) /.test(line))) modes.push('ipvs');
  return modes;
}

export function tableOf(ruleset: Ruleset, name: string): Table | undefined {
  return ruleset.dump.tables.find(table => table.name === name);
}

/** All rules of a table's chain, or none when there is no such chain. */
export function rulesOf(ruleset: Ruleset, table: string, chain: string): readonly Rule[] {
  return tableOf(ruleset, table)?.chains.get(chain)?.rules ?? [];
}

/** The tables of `/proc/net/fib_trie` hold each local address as a leaf line followed by `/32 host LOCAL`. */
export function localAddresses(sections: NodeReading['sections']): ReadonlySet<string> | null {
  const trie = sections['fib_trie'];
  if (trie === undefined || trie.exit !== 0) return null;
  const found = new Set<string>();
  for (const match of trie.stdout.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g)) found.add(match[1] ?? '');
  for (const line of lines(sections['if_inet6'])) {
    const hex = line.split(' ')[0] ?? '';
    if (/^[0-9a-f]{32}$/.test(hex)) found.add(formatAddress({family: 6, bits: BigInt(`0x${hex}`)}));
  }
  return found;
}

type Numbers = Map<4 | 6, ReadonlySet<bigint>>;
const inNumbers = new WeakMap<ReadonlySet<string>, Numbers>();

/** The addresses of one family by their bits. Made once, and not of a family that nobody asks for. */
function numbersOf(addresses: ReadonlySet<string>, family: 4 | 6): ReadonlySet<bigint> {
  const families: Numbers = inNumbers.get(addresses) ?? new Map();
  inNumbers.set(addresses, families);
  const known = families.get(family) ?? new Set([...addresses].filter(text => familyOf(text) === family).map(parseAddress).flatMap(address => (address === null ? [] : [address.bits])));
  families.set(family, known);
  return known;
}

/** Whether an address belongs to the node; all of 127/8 does, and ::1. Null: unknown. */
export function isLocal(rules: NodeRules, address: Address): boolean | null {
  if (address.family === 4 ? address.bits >> 24n === 127n : address.bits === 1n) return true;
  if (rules.localAddresses === null) return null;
  return numbersOf(rules.localAddresses, address.family).has(address.bits);
}

function lines(section: Section | undefined): string[] {
  return section === undefined || section.exit !== 0 ? [] : section.stdout.split('\n').filter(line => line !== '');
}
