import {type Random, randomOf} from '../kernel/random.ts';
import {type Client, dead} from './rig.ts';

/** A lookup, and what the servers say. */
export interface Case {
  readonly client: Client;
  readonly resolvConf: string;
  readonly name: string;
  readonly types: readonly string[];
  /** The same letter for the same question. */
  letter(name: string, type: string, server: string): string;
  readonly seed: number;
}

const domains = ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'corp.example', 'a.test.', '.b.test', 'c', `${'l'.repeat(60)}.${'m'.repeat(60)}`];
const letters = {x: 44, n: 14, 1: 14, s: 8, c: 4, r: 4, f: 3, '-': 5, t: 4};

export function drawCase(seed: number): Case {
  const random = randomOf(seed);
  const client = random.draw<Client>(['glibc', 'glibc', 'glibc', 'musl', 'musl', 'musl', 'nslookup', 'nslookup', 'wget']);
  const rotate = random.maybe(0.05);
  const own = new Map<string, string>();
  // What comes first of several servers is chance for musl: they say the same, or nothing. With rotate it is chance who is asked
  const alike = client === 'musl' || rotate;
  const silent = random.draw(['none', 'none', 'none', '127.0.0.1', '127.0.0.2']);
  const servers = drawServers(random, alike);
  return {
    client, seed,
    resolvConf: drawConf(random, client, servers, rotate),
    name: drawName(random, client),
    types: client === 'wget' ? ['A', 'AAAA'] : random.draw([['A', 'AAAA'], ['A', 'AAAA'], ['A', 'AAAA'], ['A'], ['AAAA'], ['SRV'], ['PTR'], ['CNAME']]),
    letter: (name, type, server) => {
      if (server === silent && !rotate) return '-';
      const key = `${name} ${type} ${alike ? '' : server}`;
      const known = own.get(key);
      if (known !== undefined) return known;
      const letter = letterOf(randomOf(seed ^ hash(key)));
      own.set(key, letter);
      return letter;
    },
  };
}

function letterOf(random: Random): string {
  let left = random.chance() * Object.values(letters).reduce((sum, weight) => sum + weight, 0);
  for (const [letter, weight] of Object.entries(letters)) {
    left -= weight;
    if (left < 0) return letter;
  }
  return 'x';
}

function drawServers(random: Random, alike: boolean): string[] {
  const servers = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'].slice(0, random.draw([1, 1, 1, 2, 2, 3, 4]));
  return !alike && random.maybe(0.1) ? [dead, ...servers] : random.maybe(0.03) && !alike ? [dead] : servers;
}

function drawConf(random: Random, client: Client, servers: readonly string[], rotate: boolean): string {
  const search = Array.from({length: random.between(0, 6)}, () => random.draw(domains));
  const keyword = random.maybe(0.1) ? 'domain' : 'search';
  // musl rounds down the time between attempts: with 3 of them there may be a fourth
  const attempts = client === 'musl' ? random.draw([1, 2, 4]) : random.between(1, 3);
  const options = [
    ...(random.maybe(0.85) ? [`ndots:${random.between(0, 6)}`] : []), 'timeout:1', `attempts:${attempts}`,
    ...['single-request', 'single-request-reopen', 'no-aaaa', 'use-vc', 'no-tld-query', 'edns0', 'trust-ad'].filter(() => random.maybe(0.07)), ...(rotate ? ['rotate'] : []),
  ];
  const lines = [
    ...(search.length === 0 ? [] : [`${keyword} ${search.join(random.maybe(0.9) ? ' ' : '  ')}`]), ...(random.maybe(0.05) ? ['search .'] : []),
    ...servers.map(server => `nameserver ${server}`), ...(random.maybe(0.1) ? ['# nothing', '; nothing'] : []),
    ...(random.maybe(0.5) ? [`options ${options.join(' ')}`] : options.map(option => `options ${option}`)),
    ...(random.maybe(0.05) ? [`search ${'x'.repeat(random.between(240, 250))}`] : []), ...(random.maybe(0.05) ? [' search indented'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function drawName(random: Random, client: Client): string {
  if (random.maybe(0.03)) return random.draw(['10.0.0.1', '::1', 'a*b', '127.1', 'fd00::1f', ...(client === 'nslookup' ? [] : ['-a'])]);
  const long = random.maybe(0.06) ? [`${'n'.repeat(63)}`, `${'o'.repeat(random.between(40, 63))}`, 'p'.repeat(random.between(20, 60))] : [];
  const labels = ['web', ...Array.from({length: random.draw([0, 0, 0, 1, 1, 2, 3, 4, 5, 6])}, () => random.draw(['shop', 'svc', 'x', 'a_b', 'example']))];
  return `${[...labels, ...long].join('.')}${random.maybe(0.1) ? '.' : ''}`;
}

function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (const char of text) sum = Math.imul(sum ^ char.charCodeAt(0), 0x01000193);
  return sum >>> 0;
}
