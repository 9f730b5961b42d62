/** What to look for, and what to put there; null leaves a finding to the rules after this one. The pattern is global. */
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
  for (const found of text.matchAll(pattern)) {
    const replaced = replace(found);
    if (replaced === null) continue;
    done.push(patch(text.slice(end, found.index), rest), replaced);
    end = found.index + found[0].length;
  }
  return done.join('') + patch(text.slice(end), rest);
}
