import type {Expectation, Kind, Seen} from './expect.ts';

/** Beyond this chance of being wrong a difference is not chance: some 10⁷ such questions are asked in a long run. */
const leastLikely = 1e-11;

/** Null: what was seen agrees with one of the orders. Otherwise what is wrong. */
export function complaint(kind: Kind, expectation: Expectation, seen: ReadonlyMap<Seen, number>, isCounted: boolean): string | null {
  const reasons = expectation.orders.map(order => against(folded(kind, order, order), folded(kind, seen, order), isCounted));
  return reasons.includes(null) ? null : (reasons[0] ?? 'nothing was expected');
}

const isErrno = (seen: Seen): boolean => /^E[A-Z]+$/.test(seen);

/** Whether silence may be a refusal that was not heard. */
export const mayBeLate = (kind: Kind, order: ReadonlyMap<Seen, number>): boolean => kind.protocol === 'tcp' && [...order.keys()].some(isErrno);

/**
 * On a veth an ICMP error can come back while connect(2) still holds its socket; it is put off then until the second SYN, a second
 * later (tcp_v4_err: sock_owned_by_user). Where a refusal is possible, silence and refusal are one. UDP tells them apart.
 */
export function folded(kind: Kind, ends: ReadonlyMap<Seen, number>, order: ReadonlyMap<Seen, number>): ReadonlyMap<Seen, number> {
  if (!mayBeLate(kind, order)) return ends;
  const all = new Map<Seen, number>();
  for (const [name, count] of ends) {
    const key = name === 'silent' || (isErrno(name) && order.has(name)) ? 'stopped' : name;
    all.set(key, (all.get(key) ?? 0) + count);
  }
  return all;
}

function against(order: ReadonlyMap<Seen, number>, seen: ReadonlyMap<Seen, number>, isCounted: boolean): string | null {
  const total = [...seen.values()].reduce((sum, count) => sum + count, 0);
  for (const name of seen.keys()) if (!order.has(name)) return `${name} was seen and is not possible`;
  if (isCounted) return null;
  for (const [name, share] of order) {
    const count = seen.get(name) ?? 0;
    const chance = binomial(total, share, count);
    if (chance < leastLikely) return `${name} was seen ${count} times of ${total}, expected ${(share * total).toFixed(1)} (chance ${chance.toExponential(1)})`;
  }
  return null;
}

/** The chance of a count as far from the mean, on its side. Exact. */
export function binomial(total: number, share: number, count: number): number {
  if (share >= 1) return count === total ? 1 : 0;
  if (share <= 0) return count === 0 ? 1 : 0;
  const isLow = count <= total * share;
  let sum = 0;
  for (let k = isLow ? 0 : count; k <= (isLow ? count : total); k++) sum += Math.exp(logChoose(total, k) + k * Math.log(share) + (total - k) * Math.log1p(-share));
  return sum;
}

const logFactorials = [0];
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  return logFactorials[n] ?? 0;
}

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/**
 * All shares of a run together: of what the walk says happens with a share of p, the share p must have happened. This sees small
 * errors that no single rule set shows. Ends of one packet depend on each other, so each kind gives one of its ends only.
 */
export class Calibration {
  readonly #groups = new Map<number, {sent: number; expected: number; variance: number; seen: number}>();

  add(order: ReadonlyMap<Seen, number>, seen: ReadonlyMap<Seen, number>): void {
    const total = [...seen.values()].reduce((sum, count) => sum + count, 0);
    const ends = [...order].filter(([, share]) => share < 1);
    // which one must not depend on what was seen
    const [name, share] = ends[Math.floor(total * 7 + ends.length) % Math.max(1, ends.length)] ?? [null, 0];
    if (name === null) return;
    const key = Math.round(share * 20) / 20;
    const group = this.#groups.get(key) ?? {sent: 0, expected: 0, variance: 0, seen: 0};
    this.#groups.set(key, {sent: group.sent + total, expected: group.expected + total * share, variance: group.variance + total * share * (1 - share), seen: group.seen + (seen.get(name) ?? 0)});
  }

  /** Groups that chance alone does not bring about, in words. */
  skewed(): string[] {
    return this.groups().filter(({sent, expected, seen}) => binomial(sent, expected / sent, seen) < leastLikely).map(({share, sent, expected, seen}) => `what should have a share of ${share} was seen ${seen} times of ${sent}, expected ${expected.toFixed(0)}`);
  }

  /** Share (rounded to 0.05) → how many were sent, expected and seen there, and by how many standard deviations they differ. */
  groups(): {readonly share: number; readonly sent: number; readonly expected: number; readonly seen: number; readonly sigmas: number}[] {
    return [...this.#groups].sort(([a], [b]) => a - b).map(([share, {sent, expected, variance, seen}]) => ({share, sent, expected, seen, sigmas: variance === 0 ? 0 : (seen - expected) / Math.sqrt(variance)}));
  }
}

export const describe = (kind: Kind): string => `${kind.protocol} ${kind.source} → ${kind.destination} port ${kind.port} (from ${kind.from})`;
