import {formatAddress, parseAddress} from '../../../src/model/ip.ts';
import type {Draw, Mutation, Scenery} from '../mutate.ts';

/** A chain's rules within the lines of a dump. */
interface Chain {
  readonly table: string;
  readonly name: string;
  readonly builtIn: boolean;
  /** Places of its rules. */
  readonly at: readonly number[];
  /** Place of its declaration. */
  readonly declared: number;
}

interface Ground {
  readonly lines: readonly string[];
  readonly chains: readonly Chain[];
  readonly scenery: Scenery;
  readonly draw: Draw;
}

/** New lines, and what was done; null where there is nothing that it could be done to. */
type Change = (ground: Ground) => readonly [lines: readonly string[], what: string] | null;

/** Single changes of an iptables-save text, each as often as it stands here. */
const changes: readonly (readonly [kind: string, change: Change])[] = [
  ['delete a rule', ruleGone], ['delete a rule', ruleGone], ['delete a rule', ruleGone],
  ['swap two neighbours', swapped], ['move a rule', moved], ['repeat a rule', repeated],
  ['retarget a jump', retargeted], ['retarget a jump', retargeted],
  ['change a DNAT', redirected], ['change a DNAT', redirected],
  ['change a probability', odds], ['change a port', words(/(--dports?) (\d+)/, (ground, [, option, port]) => `${option} ${Number(port) + ground.draw([1, -1, 1000])}`)],
  ['change an address', words(/(-[sd]) ([0-9a-f.:]+)\/(\d+)/, (_, [, option, address = '', length]) => `${option} ${neighbour(address, Number(length))}/${length}`)],
  ['negate a match', words(/(! )?(-[sd]|--dport|-o|--mark|--src-type|--dst-type) /, (_, [, not, option]) => `${not === undefined ? '! ' : ''}${option} `)],
  ['change a mark', words(/0x4000(\/0x4000)?/, ({draw}, [, mask = '']) => draw([`0x8000${mask === '' ? '' : '/0x8000'}`, `0x0${mask}`]))],
  ['insert a foreign rule', foreign], ['insert a foreign rule', foreign], ['insert a foreign rule', foreign], ['insert a foreign rule', foreign],
  ['flush a chain', flushed], ['change a policy', policy],
];

export function mutateIptables(sections: Readonly<Record<string, string>>, scenery: Scenery, draw: Draw): Mutation | null {
  const names = Object.keys(sections).filter(name => sections[name]?.includes('KUBE-SVC') === true || name === 'iptables-nft-save');
  const section = draw(names);
  const lines = (sections[section] ?? '').split('\n');
  const [kind, change] = draw(changes);
  const made = change({lines, chains: chainsOf(lines), scenery, draw});
  if (made === null) return null;
  const [after, what] = made;
  const stdout = after.join('\n');
  return stdout === sections[section] ? null : {kind, what, section, stdout};
}

function chainsOf(lines: readonly string[]): Chain[] {
  const found: (Chain & {at: number[]})[] = [];
  let table = '';
  for (const [i, line] of lines.entries()) {
    if (line.startsWith('*')) table = line.slice(1);
    else if (line.startsWith(':')) {
      const [name = '', policy_ = ''] = line.slice(1).split(' ');
      found.push({table, name, builtIn: policy_ !== '-', at: [], declared: i});
    } else if (line.startsWith('-A ')) found.find(chain => chain.table === table && chain.name === line.split(' ')[1])?.at.push(i);
  }
  return found;
}

function aRule({chains, draw}: Ground): number | null {
  const all = chains.flatMap(({at}) => at);
  return all.length === 0 ? null : draw(all);
}

function ruleGone(ground: Ground): ReturnType<Change> {
  const at = aRule(ground);
  return at === null ? null : [ground.lines.toSpliced(at, 1), ground.lines[at] ?? ''];
}

function swapped({lines, chains, draw}: Ground): ReturnType<Change> {
  const long = chains.filter(({at}) => at.length > 1);
  if (long.length === 0) return null;
  const {at} = draw(long);
  const i = draw(at.slice(1));
  return [lines.with(i, lines[i - 1] ?? '').with(i - 1, lines[i] ?? ''), `${lines[i - 1]}  ⇄  ${lines[i]}`];
}

function moved({lines, chains, draw}: Ground): ReturnType<Change> {
  const long = chains.filter(({at}) => at.length > 2);
  if (long.length === 0) return null;
  const {at} = draw(long);
  const [from, to] = [draw(at), draw(at)];
  return [lines.toSpliced(from, 1).toSpliced(to, 0, lines[from] ?? ''), `${lines[from]}  by ${to - from} places`];
}

function repeated(ground: Ground): ReturnType<Change> {
  const at = aRule(ground);
  return at === null ? null : [ground.lines.toSpliced(at, 0, ground.lines[at] ?? ''), ground.lines[at] ?? ''];
}

function retargeted({lines, chains, draw}: Ground): ReturnType<Change> {
  const jumps = chains.flatMap(({table, at}) => at.filter(i => / -j KUBE-/.test(lines[i] ?? '')).map(i => ({table, i})));
  if (jumps.length === 0) return null;
  const {table, i} = draw(jumps);
  const line = lines[i] ?? '';
  // never backwards: the kernel refuses a rule that would make a loop
  const family = line.startsWith('-A KUBE-SEP') ? /^KUBE-MARK/ : /^-A KUBE-(SVC|SVL)/.test(line) ? /^KUBE-(SEP|MARK)/ : /^-A KUBE-(EXT|FW)/.test(line) ? /^KUBE-(SVC|SVL|SEP|MARK)/ : /^-A (KUBE-SERVICES|KUBE-NODEPORTS) /.test(line) ? /^KUBE-(SVC|SVL|SEP|EXT|FW|MARK)/ : /^KUBE-(?!SERVICES|NODEPORTS)/;
  const others = [...chains.filter(chain => chain.table === table && family.test(chain.name)).map(({name}) => name), 'RETURN', 'ACCEPT'];
  const to = draw(others);
  return [lines.with(i, line.replace(/ -j KUBE-\S+/, ` -j ${to}`)), `${line}  →  ${to}`];
}

function redirected({lines, draw}: Ground): ReturnType<Change> {
  const at = lines.flatMap((line, i) => (line.includes('--to-destination') ? [i] : []));
  if (at.length === 0) return null;
  const i = draw(at);
  const line = lines[i] ?? '';
  const to = draw([
    line.replace(/(--to-destination \S+?):(\d+)$/, (_, host: string, port: string) => `${host}:${Number(port) + 1}`),
    line.replace(/--to-destination (\[?)([0-9a-f.:]+?)(\]?:\d+)$/, (_, open: string, host: string, rest: string) => `--to-destination ${open}${neighbour(host)}${rest}`),
  ]);
  return [lines.with(i, to), `${line}  →  ${to.replace(/.*--to-destination /, '')}`];
}

function odds({lines, draw}: Ground): ReturnType<Change> {
  const at = lines.flatMap((line, i) => (line.includes('--probability') ? [i] : []));
  if (at.length === 0) return null;
  const i = draw(at);
  const line = lines[i] ?? '';
  const to = draw([line.replace(/--probability \S+/, `--probability ${draw(['0.00000000000', '0.10000000009', '0.90000000037', '1.00000000000'])}`), line.replace(/ -m statistic --mode random --probability \S+/, '')]);
  return [lines.with(i, to), `${line}  →  ${/--probability \S+/.exec(to)?.[0] ?? 'always'}`];
}

/** Replaces what the pattern finds in some rule that has it. */
function words(pattern: RegExp, other: (ground: Ground, found: RegExpExecArray) => string): Change {
  return ground => {
    const at = ground.lines.flatMap((line, i) => (line.startsWith('-A ') && pattern.test(line) ? [i] : []));
    if (at.length === 0) return null;
    const i = ground.draw(at);
    const line = ground.lines[i] ?? '';
    const found = pattern.exec(line);
    if (found === null) return null;
    const to = `${line.slice(0, found.index)}${other(ground, found)}${line.slice(found.index + found[0].length)}`;
    return [ground.lines.with(i, to), `${line}  →  ${to}`];
  };
}

/** The kernel takes REJECT in the filter table only, and iptables no DROP in the nat table. */
function foreign({lines, chains, scenery, draw}: Ground): ReturnType<Change> {
  const chain = draw(chains.filter(({name, builtIn}) => builtIn || draw([true, false, false]) || name === 'KUBE-SERVICES'));
  if (chain === undefined) return null;
  const target = draw(chain.table === 'filter' ? ['DROP', 'REJECT --reject-with icmp-host-prohibited', 'DROP', 'ACCEPT', 'RETURN'] : chain.table === 'nat' ? ['ACCEPT', 'RETURN'] : ['DROP', 'DROP', 'ACCEPT', 'RETURN']);
  const six = scenery.addresses.filter(address => address.includes(':') === (lines[0] ?? '').includes('ip6tables'));
  const narrow = draw(['', '', ...six.flatMap(address => [` -d ${address}/${address.includes(':') ? 128 : 32}`, ` -s ${address}/${address.includes(':') ? 128 : 32}`]), ...(lines[0]?.includes('ip6tables') === true ? [] : [' -s 10.244.0.0/16', ' -d 10.244.2.0/24', ' -s 172.30.0.0/24']), ' -p tcp', ' -p udp', ...scenery.ports.map(port => ` -p tcp -m tcp --dport ${port}`)]);
  const rule = `-A ${chain.name}${narrow} -j ${target}`;
  const before = chain.at.length === 0 ? endOf(lines, chain.declared) : draw([...chain.at, (chain.at.at(-1) ?? 0) + 1]);
  return [lines.toSpliced(before, 0, rule), `${chain.table}: ${rule}  as rule ${chain.at.filter(i => i < before).length + 1} of ${chain.at.length + 1}`];
}

function flushed({lines, chains, draw}: Ground): ReturnType<Change> {
  const full = chains.filter(({at}) => at.length > 0);
  if (full.length === 0) return null;
  const {table, name, at} = draw(full);
  return [lines.filter((_, i) => !at.includes(i)), `${table} ${name}`];
}

function policy({lines, chains, draw}: Ground): ReturnType<Change> {
  const {table, name, declared} = draw(chains.filter(chain => chain.builtIn && chain.table !== 'nat'));
  return [lines.with(declared, `:${name} DROP [0:0]`), `${table} ${name}: DROP`];
}

/** Where a table's COMMIT stands. */
function endOf(lines: readonly string[], from: number): number {
  return lines.indexOf('COMMIT', from);
}

/** Another address or block of the same size, not far away. */
export function neighbour(text: string, length?: number): string {
  const address = parseAddress(text);
  if (address === null) return text;
  const width = address.family === 4 ? 32 : 128;
  return formatAddress({...address, bits: address.bits ^ (1n << BigInt(length === undefined || length === width ? 3 : width - length))});
}
