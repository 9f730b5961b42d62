/**
 * Exact shares of connections: `n / (d · 2^e)`, d odd. kube-proxy's balance is a product of 31-bit fractions, and floats would
 * turn "gets nothing" into "gets almost nothing" and two equal ways into different ones. Powers of two are kept apart because
 * they are nearly all there is: sums of them need one shift, where plain fractions would grow with each endpoint.
 */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
  readonly e: number;
}

export const zero: Fraction = {n: 0n, d: 1n, e: 0};
export const one: Fraction = {n: 1n, d: 1n, e: 0};

/** The 31 random bits of a draw: nearly every denominator. */
const draws = 1n << 31n;

/** `d` must be positive. */
export function fraction(n: bigint, d: bigint): Fraction {
  if (d === draws) return {n, d: 1n, e: 31};
  let [odd, e] = [d, 0];
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    e++;
  }
  return {n, d: odd, e};
}

export function times(a: Fraction, b: Fraction): Fraction {
  if (a === one) return b;
  if (b === one) return a;
  return a.n === 0n || b.n === 0n ? zero : {n: a.n * b.n, d: a.d === 1n ? b.d : a.d * b.d, e: a.e + b.e};
}

export function plus(a: Fraction, b: Fraction): Fraction {
  if (a.n === 0n) return b;
  if (b.n === 0n) return a;
  const e = Math.max(a.e, b.e);
  const [left, right] = [a.n << BigInt(e - a.e), b.n << BigInt(e - b.e)];
  if (a.d === b.d) return {n: left + right, d: a.d, e};
  const n = left * b.d + right * a.d;
  const d = a.d * b.d;
  const common = gcd(n, d);
  return {n: n / common, d: d / common, e};
}

export const minus = (a: Fraction, b: Fraction): Fraction => plus(a, {...b, n: -b.n});
export const isZero = (a: Fraction): boolean => a.n === 0n;
export const equal = (a: Fraction, b: Fraction): boolean => a === b || isZero(minus(a, b));

/** To 12 decimals, whatever the size of the numbers. */
export function toNumber(a: Fraction): number {
  const scale = 1_000_000_000_000n;
  if (a.d === 1n && a.n >= 0n) return Number((((a.n * scale) << 1n) + (1n << BigInt(a.e))) >> BigInt(a.e + 1)) / Number(scale);
  const whole = a.d << BigInt(a.e);
  return Number((a.n * scale * 2n + whole) / (whole * 2n)) / Number(scale);
}

/** `1/3`, in lowest terms; `1` and `0` alone. */
export function fractionText({n, d, e}: Fraction): string {
  const whole = d << BigInt(e);
  const common = gcd(n, whole);
  return whole === common ? String(n / common) : `${n / common}/${whole / common}`;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
