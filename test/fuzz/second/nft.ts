import type {Asked, Loads} from '../healthy.ts';

/*
 * A second opinion on kube-proxy's nftables table, apart from kdiag's parsers and evaluator. It takes rules as text, in exactly
 * the spelling that kube-proxy's rules have when nft prints them, and JSON by exactly the patterns of those rules. Whatever else
 * a packet meets makes the answer null: odd.
 */

export class Odd extends Error {}

/** A rule that asks something odd, and whose verdict is plain: both ways are tried. */
class Either extends Error {
  readonly place: string;
  constructor(place: string) {
    super(place);
    this.place = place;
  }
}

export interface Table {
  readonly chains: Map<string, {head: {hook: string; priority: number; policy: string; nat: boolean} | null; rules: string[]}>;
  readonly sets: Map<string, string[]>;
}

interface Now { to: string; port: number; mark: number; translated: boolean }

const address = String.raw`(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)`;
const name = String.raw`[A-Za-z][\w/.-]*`;
const number = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

function within(one: string, block: string): boolean {
  const [net = '', length = '32'] = block.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(number(one) / size) === Math.floor(number(net) / size);
}

type Step = readonly [RegExp, (found: RegExpExecArray, now: Now, asked: Asked, table: Table) => boolean | Now | {verdict: string} | {spread: string[]; mod: number}];

const local = (one: string): boolean => within(one, '127.0.0.0/8') || one === '172.30.0.11';
const inSet = (table: Table, set: string, key: string): boolean => {
  const elements = table.sets.get(set);
  if (elements === undefined) throw new Odd(set);
  return elements.includes(key);
};
const inMap = (table: Table, map: string, key: string): boolean | {verdict: string} => {
  const elements = table.sets.get(map);
  if (elements === undefined) throw new Odd(map);
  const found = elements.map(element => element.split(' : ')).filter(([own]) => own === key);
  if (found.length > 1) throw new Odd(map);
  return found[0] === undefined ? false : {verdict: found[0][1] ?? ''};
};

const steps: readonly Step[] = [
  [/^ct state new(?= |$)/, () => true],
  [/^ct status dnat(?= |$)/, (_, now) => now.translated],
  [new RegExp(`^ip daddr @(${name})(?= |$)`), ([, set = ''], now, _, table) => inSet(table, set, now.to)],
  [new RegExp(`^ip daddr (!= )?(${address}(?:/(?:[12]?\\d|3[0-2]))?)(?= |$)`), ([, not, block = ''], now) => within(now.to, block) !== (not !== undefined)],
  [new RegExp(`^ip saddr (!= )?(${address}(?:/(?:[12]?\\d|3[0-2]))?)(?= |$)`), ([, not, block = ''], _, asked) => within(asked.source, block) !== (not !== undefined)],
  [/^meta l4proto (tcp|udp|sctp)(?= |$)/, ([, protocol]) => protocol === 'tcp'],
  [/^fib daddr type local(?= |$)/, (_, now) => local(now.to)],
  [new RegExp(`^ip daddr \\. meta l4proto \\. th dport vmap @(${name})(?= |$)`), ([, map = ''], now, _, table) => inMap(table, map, `${now.to} . tcp . ${now.port}`)],
  [new RegExp(`^meta l4proto \\. th dport vmap @(${name})(?= |$)`), ([, map = ''], now, _, table) => inMap(table, map, `tcp . ${now.port}`)],
  [/^meta mark set meta mark \| (0x[0-9a-f]{8})(?= |$)/, ([, bit], now) => ({...now, mark: (now.mark | Number(bit)) >>> 0})],
  [/^meta mark set meta mark \^ (0x[0-9a-f]{8})(?= |$)/, ([, bit], now) => ({...now, mark: (now.mark ^ Number(bit)) >>> 0})],
  [/^meta mark & (0x[0-9a-f]{8}) != 0x00000000(?= |$)/, ([, bit], now) => (now.mark & Number(bit)) !== 0],
  [/^counter packets \d{1,15} bytes \d{1,15}(?= |$)/, () => true],
  [new RegExp(`^((?:jump|goto) ${name}|accept|drop|return|reject)(?= |$)`), ([, verdict = '']) => ({verdict})],
  [/^dnat ip to numgen random mod ([1-9]\d{0,3}) map \{ (.*) \}(?= |$)/, ([, mod, pairs = '']) => {
    const spread = pairs.split(', ').map((pair, i) => {
      const target = new RegExp(`^${i} : (${address}) \\. (\\d{1,5})$`).exec(pair);
      if (target === null || Number(target[2]) > 65535 || (target[2] ?? '').startsWith('0')) throw new Odd(pair);
      return `${target[1]}:${target[2]}`;
    });
    if (spread.length !== Number(mod)) throw new Odd(pairs);
    return {spread, mod: Number(mod)};
  }],
];

const selector = /^(?:odd-match|ip|ip6|meta|ct|th|tcp|udp|fib)(?= |$)/;

function walk(table: Table, chain: string, asked: Asked, start: Now, nat: boolean, assumed: ReadonlyMap<string, boolean>): {share: number; now: Now; end: string}[] {
  const ends: {share: number; now: Now; end: string}[] = [];
  const go = (of: string, at: number, first: Now, share: number, back: (now: Now, share: number) => void, depth: number): void => {
    const rules = table.chains.get(of)?.rules;
    if (rules === undefined || depth > 60) throw new Odd(of);
    let now = first;
    rule: for (let i = at; i < rules.length; i++) {
      for (let rest = rules[i] ?? ''; rest !== '';) {
        const step = steps.find(([pattern]) => pattern.test(rest));
        let result: ReturnType<Step[1]>;
        if (step === undefined) {
          if (selector.test(rest) && rest.endsWith('meta mark set meta mark | 0x00004000')) continue rule; // a mark moves nobody
          const last = /(?:^| )(jump \S+|goto \S+|accept|drop|reject|return|vmap @\S+)$/.exec(rest)?.[1];
          if (!selector.test(rest) || last === undefined || / set |dnat|masquerade/.test(rest)) throw new Odd(rest);
          const taken = assumed.get(`${of} ${i}`);
          const map = /^vmap @(\S+)$/.exec(last)?.[1];
          if (map !== undefined && table.sets.get(map)?.length !== 0) throw new Odd(rest);
          if (taken === undefined) throw new Either(`${of} ${i}`);
          if (!taken || map !== undefined) continue rule;
          result = {verdict: last};
        } else {
          const found = step[0].exec(rest) as RegExpExecArray;
          rest = rest.slice(found[0].length + 1);
          result = step[1](found, now, asked, table);
        }
        if (result === false) continue rule;
        if (result === true) continue;
        if ('to' in result) { now = result; continue; }
        if (rest !== '' && step !== undefined) throw new Odd(rest);
        if ('spread' in result) {
          if (!nat) throw new Odd(of);
          for (const target of result.spread) {
            const [to = '', port] = target.split(':');
            ends.push({share: share / result.mod, now: {...now, to, port: Number(port), translated: true}, end: 'accept'});
          }
          return;
        }
        const [verdict = '', target = ''] = result.verdict.split(' ');
        if (verdict === 'accept' || verdict === 'drop' || verdict === 'reject') { ends.push({share, now, end: verdict}); return; }
        if (verdict === 'return') { back(now, share); return; }
        if ((verdict !== 'jump' && verdict !== 'goto') || table.chains.get(target)?.head !== null) throw new Odd(target);
        go(target, 0, now, share, verdict === 'goto' ? back : (then, left) => go(of, i + 1, then, left, back, depth + 1), depth + 1);
        return;
      }
    }
    back(now, share);
  };
  go(chain, 0, start, 1, (now, share) => ends.push({share, now, end: table.chains.get(chain)?.head?.policy ?? 'accept'}), 0);
  return ends;
}

/** Null where what is odd leaves open what becomes of the packet. */
export function evaluate(table: Table, asked: Asked): Loads {
  const [first = null, ...others] = each(table, asked, new Map());
  return first !== null && others.every(other => other.size === first.size && [...first].every(([to, share]) => Math.abs((other.get(to) ?? 0) - share) < 1e-9)) ? first : null;
}

function each(table: Table, asked: Asked, assumed: ReadonlyMap<string, boolean>): ReadonlyMap<string, number>[] {
  try {
    return [follow(table, asked, assumed)];
  } catch (error) {
    if (!(error instanceof Either)) throw error;
    const {place} = error;
    if (assumed.size >= 5) throw new Odd(place);
    return [true, false].flatMap(taken => each(table, asked, new Map([...assumed, [place, taken]])));
  }
}

function follow(table: Table, asked: Asked, assumed: ReadonlyMap<string, boolean>): ReadonlyMap<string, number> {
  let going: {share: number; now: Now}[] = [{share: 1, now: {to: asked.address, port: asked.port, mark: 0, translated: false}}];
  const through = (hook: (now: Now) => string, which: (nat: boolean) => boolean): void => {
    const heads = [...table.chains].filter(([, {head}]) => head !== null && which(head.nat)).sort(([, a], [, b]) => (a.head?.priority ?? 0) - (b.head?.priority ?? 0));
    for (const [chain, {head}] of heads) {
      going = going.flatMap(each => (hook(each.now) !== head?.hook ? [each] : head.nat && each.now.translated ? [each] : walk(table, chain, asked, each.now, head.nat, assumed).filter(({end}) => end === 'accept').map(({share, now}) => ({share: share * each.share, now}))));
    }
  };
  const entry = asked.from === 'host' ? 'output' : 'prerouting';
  through(() => entry, () => true);
  if (asked.from === 'pod') through(now => (local(now.to) ? 'input' : 'forward'), nat => !nat);
  const sums = new Map<string, number>();
  for (const {share, now} of going) sums.set(`${now.to}:${now.port}`, (sums.get(`${now.to}:${now.port}`) ?? 0) + share);
  return sums;
}

export const odd = (run: () => Loads): Loads => {
  try {
    return run();
  } catch (error) {
    if (error instanceof Odd || error instanceof SyntaxError) { return null; }
    throw error;
  }
};

const priorities: Readonly<Record<string, number>> = {raw: -300, mangle: -150, dstnat: -100, filter: 0, security: 50, srcnat: 100};

export const textLoads = (text: string, asked: Asked): Loads => odd(() => {
  const table: Table = {chains: new Map(), sets: new Map()};
  const seen = [...text.matchAll(/^table (ip6?) kube-proxy \{\n([\s\S]*?)^\}\n/gm)];
  const body = seen.find(([, family]) => family === 'ip')?.[2];
  if (body === undefined || seen.length !== 2 || seen.map(([whole]) => whole).join('') !== text) throw new Odd('tables');
  const blocks = [...body.matchAll(/^\t(set|map|chain) (\S+) \{\n([\s\S]*?)^\t\}\n\n?/gm)];
  if (blocks.map(([whole]) => whole).join('') !== body.replace(/^\tcomment "[^"\n]*"\n/, '')) throw new Odd('blocks');
  for (const [, kind, own = '', inner = ''] of blocks) {
    if (table.chains.has(own) || table.sets.has(own)) throw new Odd(own);
    if (kind !== 'chain') {
      const elements = /^\t\telements = \{ ([\s\S]*) \}\n$/m.exec(inner)?.[1];
      if (elements === undefined && /elements|[{}]/.test(inner)) continue;
      table.sets.set(own, elements === undefined ? [] : elements.split(',').map(element => element.trim().replace(/\s+/g, ' ')));
      continue;
    }
    const lines = inner.split(/\r?\n/).filter(line => line.trim() !== '');
    if (lines.some(line => /^\t[^\t]/.test(line))) throw new Odd(own); // the end of a block, spelt otherwise
    const rules = lines.map(line => (/ $| {2}|^\s* /.test(line.replace(/"[^"]*"/g, '""')) ? 'odd' : line.trim().replaceAll('\t', ' ')));
    const head = /^type (filter|nat) hook (prerouting|input|forward|output|postrouting) priority (-?\d+|[a-z]+)(?: ([+-]) (\d+))?; policy (accept|drop);$/.exec(rules[0] ?? '');
    if (head !== null) rules.shift();
    const base = priorities[head?.[3] ?? ''] ?? Number(head?.[3] ?? 0);
    if (Number.isNaN(base)) throw new Odd(own);
    table.chains.set(own, {head: head === null ? null : {hook: head[2] ?? '', nat: head[1] === 'nat', priority: base + Number(`${head[4] ?? '+'}${head[5] ?? 0}`), policy: head[6] ?? ''}, rules: rules.filter(rule => !/^comment "[^"]*"$/.test(rule)).map(rule => rule.replace(/ comment "[^"]*"$/, ''))});
  }
  return evaluate(table, asked);
});
