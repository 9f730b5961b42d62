const units: Readonly<Record<string, number>> = {w: 604_800, d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001};

/** `1d2h3m4s567ms` in whole seconds, as nft -j gives it; null: no time. A plain number of seconds has its unit too (`10800s`). */
export function seconds(text: string): number | null {
  if (!/^(\d{1,12}(w|d|h|ms|m|s))+$/.test(text)) return null;
  return Math.floor([...text.matchAll(/(\d+)([a-z]+)/g)].reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0));
}
