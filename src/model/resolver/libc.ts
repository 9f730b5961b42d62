/**
 * Which resolver code asks. `busybox` is its nslookup applet since 1.29 alone (FEATURE_NSLOOKUP_BIG, on by default): it asks by
 * itself, and not as the libc does that busybox was linked with. Every other applet (wget, ping, …) asks as that libc.
 */
export interface Libc {
  readonly kind: 'glibc' | 'musl' | 'busybox';
  /** `2.36`, `1.2.5`; null: not known, taken for a recent one. */
  readonly version: string | null;
}

/** Is this libc older than that? One whose version is not known is not. */
export function olderThan({version}: Libc, than: string): boolean {
  if (version === null) return false;
  const [own, other] = [version, than].map(each => each.split(/[.-]/).map(part => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < Math.max(own!.length, other!.length); i += 1) {
    const difference = (own![i] ?? 0) - (other![i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
