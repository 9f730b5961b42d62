/** Reproducible draws: the same seed gives the same rules and packets in every run. */
export interface Random {
  /** 0 ≤ x < 1 */
  chance(): number;
  /** Whole, low ≤ n ≤ high. */
  between(low: number, high: number): number;
  maybe(share: number): boolean;
  draw<T>(items: readonly T[]): T;
}

/** Mulberry32: 32 bits of state are enough to draw rules with. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const chance = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(chance() * (high - low + 1));
  return {
    chance, between,
    maybe: share => chance() < share,
    draw: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new RangeError('nothing to draw from');
      return items[between(0, items.length - 1)] as T;
    },
  };
}
