import type {Asked, Loads} from '../healthy.ts';

/*
 * A second opinion on what `iptables-save` says: written apart from kdiag's parser and evaluator, and it shares nothing with
 * them. It knows exactly what kube-proxy and the kubelet write, in exactly their spelling. Whatever else a packet meets makes
 * the answer null: odd.
 */

class Odd extends Error {}

/** A rule whose target is plain, but not what it asks for: both ways are tried. */
class Either extends Error {
  readonly line: string;
  constructor(line: string) {
    super(line);
    this.line = line;
  }
}

interface Now { to: string; port: number; mark: number; translated: boolean }

const modules = new Set(['tcp', 'udp', 'sctp', 'comment', 'conntrack', 'mark', 'addrtype', 'statistic', 'nfacct', 'recent']);
const builtIn: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'], mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'], nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'], security: ['INPUT', 'FORWARD', 'OUTPUT'],
};
const localNets = ['127.0.0.0/8', '172.30.0.11/32'];

function number(address: string): number {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) throw new Odd(address);
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function within(address: string, block: string): boolean {
  const [net = '', length = '', more] = block.split('/');
  if (more !== undefined || !/^(\d|[12]\d|3[0-2])$/.test(length)) throw new Odd(block);
  const size = 2 ** (32 - Number(length));
  return Math.floor(number(address) / size) === Math.floor(number(net) / size);
}

function port(text: string): number {
  if (!/^(0|[1-9]\d{0,4})$/.test(text) || Number(text) > 65535) throw new Odd(text);
  return Number(text);
}

function words(line: string): string[] {
  const found: string[] = [];
  let rest = line;
  while (rest !== '') {
    const next = /^"([^"\\]*)"(?: |$)|^([^\s"\\]+)(?: {1,2}|$)/.exec(rest); // before a nfacct's name there are two blanks
    if (next === null) return [...found, '\0odd'];
    found.push(next[1] === undefined ? (next[2] ?? '') : `"${next[1]}`);
    rest = rest.slice(next[0].length);
  }
  return found;
}

/** The share of packets that a rule takes, and its target. */
function rule(line: string, asked: Asked, now: Now, taken: ReadonlyMap<string, boolean>): {share: number; target: string; goto: boolean; rest: string[]} {
  const all = words(line).slice(2);
  let share = 1;
  let not = false;
  let odd: Odd | null = null;
  let tail = false; // what follows could not be told apart
  const test = (is: () => boolean): void => {
    try {
      if (is() === not) share = 0;
    } catch (error) {
      if (!(error instanceof Odd)) throw error;
      odd ??= error;
    }
    not = false;
  };
  let i = 0;
  for (; i < all.length; i++) {
    const option = all[i] ?? '';
    if (option === '-j' || option === '-g') break;
    if (option === '!') { if (not) odd ??= new Odd(line); not = true; continue; }
    const value = all[++i] ?? '';
    if (option === '\0odd' || value === '\0odd') { odd ??= new Odd(line); tail = true; break; }
    switch (option) {
      case '-m': if (!modules.has(value) || not) odd ??= new Odd(line); break;
      case '--comment': if (not) odd ??= new Odd(line); break;
      case '-s': test(() => within(asked.source, value)); break;
      case '-d': test(() => within(now.to, value)); break;
      case '-p': test(() => { if (!/^[a-z0-9-]+$/.test(value) || /^(\d+|all)$/.test(value)) throw new Odd(line); return value === 'tcp'; }); break;
      case '--dport': test(() => now.port === port(value)); break;
      case '--ctstate': test(() => { if (!value.split(',').every(state => ['NEW', 'RELATED', 'ESTABLISHED', 'INVALID', 'DNAT', 'SNAT', 'UNTRACKED'].includes(state))) throw new Odd(line); return value.split(',').includes('NEW') || (now.translated && value.split(',').includes('DNAT')); }); break;
      case '--mark': test(() => { const [, want, mask] = /^(0x[0-9a-f]{1,8})\/(0x[0-9a-f]{1,8})$/.exec(value) ?? []; if (mask === undefined) throw new Odd(line); return ((now.mark & Number(mask)) >>> 0) === Number(want); }); break;
      case '--dst-type': case '--src-type': test(() => { if (value !== 'LOCAL') throw new Odd(line); return localNets.some(net => within(option === '--dst-type' ? now.to : asked.source, net)); }); break;
      case '--mode': if (value !== 'random' || not) odd ??= new Odd(line); break;
      case '--probability': if (!/^0\.\d{11}$|^1\.0{11}$/.test(value) || not) odd ??= new Odd(line); else share *= Number(value); break;
      case '--nfacct-name': if (!['ct_state_invalid_dropped_pkts', 'localhost_nps_accepted_pkts'].includes(value) || not) odd ??= new Odd(line); break;
      default: odd ??= new Odd(line); i = all.findIndex((text, at) => at >= i && (text === '-j' || text === '-g' || text === '!' || /^--?[a-z]/.test(text))) - 1; if (i < 0) i = all.length;
    }
  }
  if (share === 0) return {share, target: '', goto: false, rest: []};
  if (tail) throw new Odd(line);
  const rest = all.slice(i + 2);
  if (odd !== null || not) {
    const assumed = taken.get(line);
    if (assumed === undefined) throw new Either(line);
    share = assumed ? 1 : 0;
  }
  if (rest.includes('-j') || rest.includes('-g')) throw new Odd(line);
  return {share, target: all[i + 1] ?? '', goto: all[i] === '-g', rest};
}

interface Table { readonly name: string; readonly chains: Map<string, {policy: string; rules: string[]}>; committed: boolean }

function read(text: string): Table[] {
  const tables: Table[] = [];
  for (const line of text.split('\n')) {
    const table = tables.at(-1);
    if (line === '' || (line.startsWith('#') && !line.startsWith('# Table'))) continue;
    if (/^\*(raw|mangle|nat|filter|security)$/.test(line)) {
      if (tables.some(({name}) => name === line.slice(1)) || table?.committed === false) throw new Odd(line);
      tables.push({name: line.slice(1), chains: new Map(), committed: false});
    } else if (table === undefined || table.committed) throw new Odd(line);
    else if (line === 'COMMIT') table.committed = true;
    else if (line.startsWith(':')) {
      const [, name = '', policy = ''] = /^:(\S+) (-|ACCEPT|DROP)(?: .*)?$/.exec(line) ?? [];
      const known = (builtIn[table.name] ?? []).includes(name);
      if (name === '' || table.chains.has(name) || known !== (policy !== '-')) throw new Odd(line);
      table.chains.set(name, {policy, rules: []});
    } else {
      const chain = table.chains.get(/^(?:\[\d+:\d+\] )?-A (\S+)(?: |$)/.exec(line)?.[1] ?? '');
      if (chain === undefined) throw new Odd(line);
      chain.rules.push(line.replace(/^\[\d+:\d+\] /, ''));
    }
  }
  if (tables.some(({committed}) => !committed)) throw new Odd('no COMMIT');
  return tables;
}

/** Ends of a packet in one built-in chain: what becomes of each share. */
function run(table: Table, chain: string, asked: Asked, start: Now, assumed: ReadonlyMap<string, boolean>): {share: number; now: Now; end: string}[] {
  const ends: {share: number; now: Now; end: string}[] = [];
  const walk = (name: string, at: number, now: Now, share: number, back: (now: Now, share: number) => void, depth: number): void => {
    const own = table.chains.get(name);
    if (own === undefined || depth > 60) throw new Odd(name);
    for (let i = at; i < own.rules.length; i++) {
      const {share: part, target, goto, rest} = rule(own.rules[i] ?? '', asked, now, assumed);
      if (part === 0) continue;
      const taken = share * part;
      const on = (changed: Now, left: number): void => walk(name, i + 1, changed, left, back, depth + 1);
      if (target === '' && rest.length === 0) continue;
      if (goto && !table.chains.has(target)) throw new Odd(target);
      if (['ACCEPT', 'DROP', 'RETURN'].includes(target) ? rest.length > 0 || goto : false) throw new Odd(target);
      if (target === 'ACCEPT') ends.push({share: taken, now, end: 'ACCEPT'});
      else if (target === 'DROP' || target === 'REJECT') ends.push({share: taken, now, end: 'DROP'});
      else if (target === 'RETURN') back(now, taken);
      else if (target === 'DNAT') {
        const [, to = '', number_ = ''] = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(rest[1] ?? '') ?? [];
        if (rest[0] !== '--to-destination' || rest.length !== 2 || table.name !== 'nat') throw new Odd(rest.join(' '));
        number(to);
        ends.push({share: taken, now: {...now, to, port: port(number_), translated: true}, end: 'ACCEPT'});
      } else if (target === 'MARK') {
        const [, value, mask] = /^(0x[0-9a-f]{1,8})\/(0x[0-9a-f]{1,8})$/.exec(rest[1] ?? '') ?? [];
        if (!['--set-xmark', '--or-mark'].includes(rest[0] ?? '') || mask === undefined || rest.length !== 2) throw new Odd(rest.join(' '));
        if (part < 1) on({...now, mark: ((now.mark & ~Number(mask)) ^ Number(value)) >>> 0}, taken);
        else { now = {...now, mark: ((now.mark & ~Number(mask)) ^ Number(value)) >>> 0}; continue; }
      } else {
        if (rest.length > 0 || !table.chains.has(target) || table.chains.get(target)?.policy !== '-') throw new Odd(target);
        walk(target, 0, now, taken, goto ? back : on, depth + 1);
      }
      share *= 1 - part;
      if (share === 0) return;
    }
    if (share > 0) back(now, share);
  };
  const {policy = 'ACCEPT'} = table.chains.get(chain) ?? {};
  if (table.chains.has(chain)) walk(chain, 0, start, 1, (now, share) => ends.push({share, now, end: policy}), 0);
  else ends.push({share: 1, now: start, end: 'ACCEPT'});
  return ends;
}

/** Null where what is odd leaves open what becomes of the packet. */
export function loads(text: string, asked: Asked): Loads {
  try {
    const [first = null, ...others] = each(read(text), asked, new Map());
    return others.every(other => same(first, other)) ? first : null;
  } catch (error) {
    if (error instanceof Odd) return null;
    throw error;
  }
}

function same(a: Loads, b: Loads): boolean {
  return a !== null && b !== null && a.size === b.size && [...a].every(([to, share]) => Math.abs((b.get(to) ?? 0) - share) < 1e-9);
}

/** For each assumption about the rules that are odd, at most five of them. */
function each(tables: readonly Table[], asked: Asked, assumed: ReadonlyMap<string, boolean>): Loads[] {
  try {
    return [follow(tables, asked, assumed)];
  } catch (error) {
    if (!(error instanceof Either)) throw error;
    const {line} = error;
    if (assumed.size >= 5) throw new Odd(line);
    return [true, false].flatMap(taken => each(tables, asked, new Map([...assumed, [line, taken]])));
  }
}

function follow(tables: readonly Table[], asked: Asked, assumed: ReadonlyMap<string, boolean>): Loads {
  const entry = asked.from === 'pod' ? 'PREROUTING' : 'OUTPUT';
  let going: {share: number; now: Now}[] = [{share: 1, now: {to: asked.address, port: asked.port, mark: 0, translated: false}}];
  const pass = (name: string, chain: (now: Now) => string): void => {
    const table = tables.find(one => one.name === name);
    if (table !== undefined) going = going.flatMap(({share, now}) => run(table, chain(now), asked, now, assumed).filter(({end}) => end === 'ACCEPT').map(one => ({share: share * one.share, now: one.now})));
  };
  for (const name of ['raw', 'mangle', 'nat']) pass(name, () => entry);
  if (asked.from === 'host') for (const name of ['filter', 'security']) pass(name, () => 'OUTPUT');
  else for (const name of ['mangle', 'filter', 'security']) pass(name, now => (localNets.some(net => within(now.to, net)) ? 'INPUT' : 'FORWARD'));
  const sums = new Map<string, number>();
  for (const {share, now} of going) sums.set(`${now.to}:${now.port}`, (sums.get(`${now.to}:${now.port}`) ?? 0) + share);
  return sums;
}
