/** A word of a Corefile. */
export interface Token {
  /** What CoreDNS reads: without quotes, escapes undone, variables put in. */
  readonly text: string;
  /** As it stands: quotes, and a comment that hangs on to it, included. */
  readonly raw: string;
  /** White space and comments before it, as they stand. */
  readonly gap: string;
  /** From 1. */
  readonly line: number;
  /** Path of an imported file; empty: the Corefile itself. */
  readonly file: string;
}

/** Go's unicode.IsSpace: JavaScript's \s has U+FEFF, and lacks U+0085. */
const blank = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

/**
 * The words of a Corefile as coredns/caddy reads them (caddyfile/lexer.go), its oddities with them: a word ends at white space only;
 * quotes count at its beginning only, and what follows the closing one is the next word; within them `\"` is the only escape, and
 * lines may break; a `#` begins a comment anywhere, but one that hangs on to a word ends with the white space after it, so that
 * `a#b c` is `a` and `c`; carriage returns are no part of a word. Nothing is lost: gap + raw of all words, and `rest`, are the text.
 */
export function tokensOf(text: string, file: string): {readonly tokens: Token[]; readonly rest: string} {
  const tokens: Token[] = [];
  let line = 1;
  let from = 0;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    let [value, begun, beginning, quoted, escaped, comment, done] = ['', 0, 0, false, false, false, false];
    let started = false;
    while (at < text.length && !done) {
      const char = text[at]!;
      at += 1;
      if (quoted) {
        if (!escaped && char === '\\') { escaped = true; continue; }
        if (!escaped && char === '"') { done = true; continue; }
        if (char === '\n') line += 1;
        value += escaped && char !== '"' ? `\\${char}` : char;
        escaped = false;
      } else if (blank.test(char)) {
        if (char === '\r') continue;
        if (value !== '') {
          at -= 1; // the white space is the next word's
          done = true;
        } else if (char === '\n') {
          line += 1;
          comment = false;
        }
      } else if (comment || char === '#') comment = true;
      else if (value === '' && !started) {
        [started, begun, beginning] = [true, at - 1, line];
        if (char === '"') quoted = true;
        else value = char;
      } else value += char;
    }
    if (!done && value === '') break; // only white space and comments were left, or an open quote
    tokens.push({text: value, raw: text.slice(begun, at), gap: text.slice(from, begun), line: beginning, file});
    from = at;
  }
  return {tokens, rest: text.slice(from)};
}

/** How many lines a word goes on for: only quotes can break them. */
export function breaksIn({text}: Token): number {
  return text.split('\n').length - 1;
}
