import type {Answer} from '../../src/cluster/answer.ts';
import type {Exchange, Recording} from '../../src/cluster/recording/recording.ts';

/** Lists whose order Kubernetes gives a meaning. */
const ordered = new Set(['addresses', 'args', 'clusterIPs', 'command', 'containers', 'containerStatuses', 'initContainers', 'initContainerStatuses', 'nameservers', 'podCIDRs', 'podIPs', 'searches', 'tries']);

/** The same recording with everything in another order that has none: exchanges, objects, their lists, tables and chains of a dump. */
export function shuffled(recording: Recording, seed: number): Recording {
  const chance = random(seed);
  const mix = <T>(items: readonly T[]): T[] => items.map(item => ({item, at: chance()})).sort((a, b) => a.at - b.at).map(({item}) => item);
  return {...recording, exchanges: mix(recording.exchanges).map(exchange => exchange.ask === 'node' ? node(exchange) : {...exchange, answer: lists(exchange.answer)} as Exchange)};

  function lists<T>(value: T, field = ''): T {
    if (Array.isArray(value)) {
      const items = value.map(item => lists(item));
      return (ordered.has(field) ? items : mix(items)) as T;
    }
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, lists(inner, key)])) as T;
  }

  function node(exchange: Extract<Exchange, {ask: 'node'}>): Exchange {
    if (!('known' in exchange.answer)) return exchange;
    const {sections} = exchange.answer.known;
    const answer: Answer<typeof exchange.answer.known> = {known: {...exchange.answer.known, sections: Object.fromEntries(mix(Object.entries(sections)).map(([name, section]) =>
      [name, name.endsWith('-save') ? {...section, stdout: dump(section.stdout)} : section]))}};
    return {...exchange, answer};
  }

  /** Tables, chain lines, and chains with their rules; the order of a chain's rules is kept. */
  function dump(text: string): string {
    const tables = text.split(/^(?=\*)/m).filter(part => part.startsWith('*'));
    return mix(tables).map(table => {
      const lines = table.split('\n').filter(line => line !== '' && !line.startsWith('#'));
      const chains = Map.groupBy(lines.filter(line => line.startsWith('-A ')), line => line.split(' ')[1]);
      return [lines[0], ...mix(lines.filter(line => line.startsWith(':'))), ...mix([...chains.values()]).flat(), 'COMMIT', ''].join('\n');
    }).join('');
  }
}

/** Mulberry32: small, seeded, good enough to mix lists. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
