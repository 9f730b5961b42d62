/**
 * Text from a cluster, made harmless for a terminal: control characters (escape sequences, carriage returns, bidirectional
 * overrides) are shown as `\xNN` or `\u{NNNN}` and cannot move the cursor. Line feeds stay only where `lines` says so.
 */
export function plain(text: string, lines: 'one' | 'many' = 'one'): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, char => {
    if (char === '\n') return lines === 'many' ? char : ' ';
    if (char === '\t') return ' ';
    const code = char.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** Words onto lines of at most `width` columns; a word that is longer stands alone, unbroken, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(each => each !== '')) {
    if (line !== '' && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Wide characters (CJK, emoji) take two columns; combining marks none. */
export function columns(text: string): number {
  let sum = 0;
  for (const char of text) sum += /\p{M}/u.test(char) ? 0 : /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u.test(char) ? 2 : 1;
  return sum;
}

/** Pads to a width in columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}
