/** What to look for, and what to put there; null leaves a finding to the rules after this one. The pattern is global, and never empty. */
export type Patch = readonly [pattern: RegExp, replace: (found: RegExpExecArray) => string | null];

/**
 * Applies rules in turn, each only to what no rule before it has replaced: pseudonyms are never taken for names or addresses again.
 * A rule sees the rest piece by piece, so what a pattern looks behind for may have been cut off by a replacement.
 */
export function patch(text: string, patches: readonly Patch[]): string {
  const [first, ...rest] = patches;
  if (first === undefined || text === '') return text;
  const [pattern, replace] = first;
  const done: string[] = [];
  let end = 0;
  // Not matchAll, which copies the pattern each time: there may be a hundred thousand pieces.
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const next = found.index + found[0].length;
    const replaced = replace(found);
    if (replaced !== null) {
      done.push(patch(text.slice(end, found.index), rest), replaced);
      end = next;
    }
    pattern.lastIndex = next; // whatever was done meanwhile may have used the pattern, too
  }
  return end === 0 ? patch(text, rest) : done.join('') + patch(text.slice(end), rest);
}
