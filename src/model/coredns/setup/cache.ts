import type {Dispenser} from '../../../parse/corefile/dispenser.ts';
import {duration, integer} from '../go-values.ts';
import {zoneOf} from '../zones.ts';
import {type Around, once, PluginRefused, taken, zonesOr} from './setup.ts';

/** Options of the plugin cache: plugin/cache/setup.go. Seconds. */
export interface CacheOptions {
  readonly zones: readonly string[];
  /** At most so long, for answers and for denials. */
  readonly ttl: number;
  readonly denialTtl: number;
  /** Not cached: answers, denials of these zones. */
  readonly notAnswers: readonly string[];
  readonly notDenials: readonly string[];
  /** Milliseconds for which an old answer is given while no upstream answers; null: never. */
  readonly serveStaleMs: number | null;
  readonly servfailMs: number;
  readonly prefetch: boolean;
}

type Mutable = {-readonly [K in keyof CacheOptions]: CacheOptions[K]};

export function readCache(words: Dispenser, around: Around): CacheOptions {
  const options: Mutable = {zones: [], ttl: 3600, denialTtl: 1800, notAnswers: [], notDenials: [], serveStaleMs: null, servfailMs: 5000, prefetch: false};
  once(words, () => {
    const args = words.argumentsLeft();
    const ttl = integer(args[0] ?? '');
    if ('value' in ttl) {
      if (ttl.value <= 0) throw new PluginRefused(`cache TTL can not be zero or negative: ${ttl.value}`);
      [options.ttl, options.denialTtl] = [ttl.value, ttl.value];
    }
    options.zones = zonesOr('value' in ttl ? args.slice(1) : args, around);
    while (words.nextInBlock()) readOption(words, options);
  });
  return options;
}

function readOption(words: Dispenser, options: Mutable): void {
  const name = words.value();
  const args = ['success', 'denial', 'prefetch', 'serve_stale', 'servfail', 'disable', 'keepttl'].includes(name) ? words.argumentsLeft() : [];
  const [first = '', second] = args;
  const counts = (least: number, most: number): void => { if (args.length < least || args.length > most) throw words.refuseArgument(); };
  switch (name) {
    case 'success': case 'denial': {
      counts(1, Infinity);
      const ttl = capacity(args);
      if (ttl !== null) options[name === 'success' ? 'ttl' : 'denialTtl'] = ttl;
      break;
    }
    case 'prefetch': {
      counts(1, 3);
      const amount = taken(integer(first));
      if (amount < 0) throw new PluginRefused(`prefetch amount should be positive: ${amount}`);
      if (second !== undefined) taken(duration(second));
      if (args[2] !== undefined) percentage(args[2]);
      options.prefetch = amount > 0;
      break;
    }
    case 'serve_stale': {
      counts(0, 2);
      options.serveStaleMs = first === '' ? 3_600_000 : taken(duration(first));
      if (options.serveStaleMs < 0) throw new PluginRefused('invalid negative duration for serve_stale');
      const mode = second?.toLowerCase() ?? 'immediate';
      if (mode !== 'immediate' && mode !== 'verify') throw new PluginRefused(`invalid value for serve_stale refresh mode: ${mode}`);
      break;
    }
    case 'servfail':
      counts(1, 1);
      options.servfailMs = taken(duration(first));
      if (options.servfailMs < 0) throw new PluginRefused('invalid negative ttl for servfail');
      if (options.servfailMs > 300_000) throw new PluginRefused('caching SERVFAIL responses over 5 minutes is not permitted');
      break;
    case 'disable': {
      counts(1, Infinity);
      const zones = args.length > 1 ? args.slice(1).map(zoneOf) : ['.'];
      if (first !== 'success' && first !== 'denial') throw new PluginRefused('cache type for disable must be "success" or "denial"');
      options[first === 'success' ? 'notAnswers' : 'notDenials'] = zones;
      break;
    }
    case 'keepttl': counts(0, 0); break;
    default: throw words.refuseArgument();
  }
}

/** `CAPACITY [TTL] [MINTTL]` */
function capacity(args: readonly string[]): number | null {
  const numbers = args.slice(0, 1).map(arg => taken(integer(arg)));
  if (args[1] === undefined) return null;
  numbers.push(taken(integer(args[1])));
  if (numbers[1]! <= 0) throw new PluginRefused(`cache TTL can not be zero or negative: ${numbers[1]}`);
  if (args[2] !== undefined) {
    const least = taken(integer(args[2]));
    if (least < 0) throw new PluginRefused(`cache min TTL can not be negative: ${least}`);
  }
  return numbers[1]!;
}

function percentage(text: string): void {
  if (!text.endsWith('%')) throw new PluginRefused(`last character of percentage should be \`%\`, but is: '${text.at(-1)}'`);
  const number = taken(integer(text.slice(0, -1)));
  if (number < 10 || number > 90) throw new PluginRefused(`percentage should fall in range [10, 90]: ${number}`);
}
