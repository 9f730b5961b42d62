/**
 * Whether a whole text fits a pattern in which `*` stands for any characters but `/`, and `**` for any; all others for themselves.
 * All ways through the pattern are followed at once: a text that nearly fits one with many stars costs no more than another.
 */
export function fits(pattern: string, text: string): boolean {
  const parts = pattern.match(/\*{1,2}|[^*]/gsu) ?? [];
  let reached = skippingStars(parts, new Set([0]));
  for (const char of text) {
    const next = [...reached].flatMap(at => {
      const part = parts[at];
      return part === '**' || (part === '*' && char !== '/') ? [at] : part === char ? [at + 1] : [];
    });
    reached = skippingStars(parts, new Set(next));
  }
  return reached.has(parts.length);
}

/** A star may stand for nothing. A Set goes on to what is added to it on the way. */
function skippingStars(parts: readonly string[], reached: Set<number>): Set<number> {
  for (const at of reached) if (parts[at]?.startsWith('*')) reached.add(at + 1);
  return reached;
}
