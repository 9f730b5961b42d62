import type {Dispenser} from '../../../parse/corefile/dispenser.ts';
import type {GoValue} from '../go-values.ts';
import {zonesNamed} from '../zones.ts';

/** Why a plugin does not take its options, in its own words; CoreDNS names no line then. */
export class PluginRefused extends Error {}

/** What a plugin's options may lean on. */
export interface Around {
  /** Of its server block. */
  readonly zones: readonly string[];
}

export const onlyOnce = 'this plugin can only be used once per Server Block';

export function taken<T>(value: GoValue<T>, before = ''): T {
  if ('error' in value) throw new PluginRefused(before + value.error);
  return value.value;
}

/** Zones from arguments, else those of the server block. */
export function zonesOr(args: readonly string[], around: Around): readonly string[] {
  return args.length === 0 ? around.zones : zonesNamed(args);
}

/** Zones for which the next plugin is asked when this one knows nothing; empty: for none. */
export function fallthroughZones(words: Dispenser): readonly string[] {
  const args = words.argumentsLeft();
  return args.length === 0 ? ['.'] : zonesNamed(args);
}

/** The one argument of an option. */
export function oneArgument(words: Dispenser): string {
  if (!words.nextArgument()) throw words.refuseArgument();
  return words.value();
}

/** Each time that the directive is used in its server block. */
export function each(words: Dispenser, read: (time: number) => void): void {
  for (let time = 0; words.next(); time += 1) read(time);
}

/** As `each`, for plugins that may be used once. */
export function once(words: Dispenser, read: () => void): void {
  each(words, time => {
    if (time > 0) throw new PluginRefused(onlyOnce);
    read();
  });
}
