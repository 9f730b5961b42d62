/**
 * Exact shares of connections. kube-proxy's balance is a product of 31-bit fractions, and floats would turn "gets nothing"
 * into "gets almost nothing": so numerator and denominator are integers.
 */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const zero: Fraction = {n: 0n, d: 1n};
export const one: Fraction = {n: 1n, d: 1n};

/** `d` must be positive. Powers of two, which netfilter's probabilities consist of, are reduced; other factors stay. */
export function fraction(n: bigint, d: bigint): Fraction {
  if (n === 0n) return zero;
  let shift = 0n;
  while (((n >> shift) & 1n) === 0n && ((d >> shift) & 1n) === 0n) shift++;
  return {n: n >> shift, d: d >> shift};
}

export const times = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.n, a.d * b.d);
export const plus = (a: Fraction, b: Fraction): Fraction => (a.d === b.d ? fraction(a.n + b.n, a.d) : fraction(a.n * b.d + b.n * a.d, a.d * b.d));
export const minus = (a: Fraction, b: Fraction): Fraction => plus(a, {n: -b.n, d: b.d});
export const isZero = (a: Fraction): boolean => a.n === 0n;
export const equal = (a: Fraction, b: Fraction): boolean => a.n * b.d === b.n * a.d;

/** To 12 decimals, whatever the size of numerator and denominator. */
export function toNumber(a: Fraction): number {
  const scale = 1_000_000_000_000n;
  return Number((a.n * scale * 2n + a.d) / (a.d * 2n)) / Number(scale);
}
