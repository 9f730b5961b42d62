import type {Json, JsonObject} from '../../parse/nft.ts';

/** The numbers that `numgen` draws from: each whole number from `offset` on, `mod` of them, equally often. */
export interface Draw {
  readonly mod: number;
  readonly offset: number;
}

/** `numgen inc` counts: over many connections it has the same shares. */
export function drawOf(expression: Json): Draw | null {
  const of = expression !== null && typeof expression === 'object' && !Array.isArray(expression) ? ((expression as JsonObject)['numgen'] as JsonObject | undefined) : undefined;
  const {mode, mod, offset = 0} = of ?? {};
  return (mode === 'random' || mode === 'inc') && typeof mod === 'number' && Number.isInteger(mod) && mod > 0 && mod <= 100_000 && typeof offset === 'number' ? {mod, offset} : null;
}

export const numbersOf = ({mod, offset}: Draw): number[] => Array.from({length: mod}, (_, i) => i + offset);
