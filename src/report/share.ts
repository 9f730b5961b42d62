/**
 * `1/3 (33.3 %)`, `1 (100 %)`. kube-proxy's draws are 31-bit numbers, so that a third is 715827883/2147483648: where a fraction
 * with a small denominator is nearer than a hundred-millionth, that one is shown, with ≈.
 */
export function shareText({exact, number}: {readonly exact: string | null; readonly number: number}): string {
  const percent = `${percentText(number)} %`;
  if (exact === '1') return 'all:';
  if (exact !== null && exact.length <= 9) return `${exact} (${percent})`;
  const near = nearby(number);
  return near === null ? percent : `≈ ${near} (${percent})`;
}

/** Never rounds a part up to all, or down to nothing. */
function percentText(share: number): string {
  const percent = Math.round(share * 1000) / 10;
  return share > 0 && percent === 0 ? '< 0.1' : share < 1 && percent === 100 ? '> 99.9' : String(percent);
}

function nearby(number: number): string | null {
  for (let d = 1; d <= 1000; d += 1) {
    const n = Math.round(number * d);
    if (n > 0 && n < d && Math.abs(number - n / d) < 1e-8) return `${n}/${d}`;
  }
  return null;
}
