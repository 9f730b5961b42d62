/** A word of an nft listing, and the white space (or a warning that nft wrote in between) before it. */
export interface Token {
  readonly gap: string;
  /** As it stands, quotes included. */
  readonly text: string;
  /** Where it begins in its line, its gap included. */
  readonly at: number;
}

/** What is still to be read of a line. */
export interface Cursor {
  readonly tokens: readonly Token[];
  next: number;
}

/**
 * nft writes these to stderr, unbuffered: where both streams come in one, they stand anywhere, within words as well
 * (src/rule.c, chain_print_declaration: only tables of iptables-nft).
 */
const warning = String.raw`# Warning: table [^\n]* is managed by iptables-nft, do not touch!\r?\n`;
const pattern = new RegExp(String.raw`((?:${warning}|\s)*)("[^"\n]*"(?:-"[^"\n]*")?|@[a-z]+,\d+,\d+|[,;(){}]|[^\s,;(){}"#]+|\S)`, 'g');
const warnings = new RegExp(warning, 'g');
const begun = new RegExp(`${warning}$`);

export function tokensOf(line: string): Token[] {
  return [...line.matchAll(pattern)].map(({1: gap = '', 2: text = '', index: at}) => ({gap, text, at}));
}

/** A line that ends within a warning goes on in the next one. */
export function endsInWarning(line: string): boolean {
  return line.includes('# Warning') && begun.test(line);
}

/** The gap as nft wrote it. Two blanks and more: between them stood something that nft had no words for. */
export function ownGap({gap}: Token): string {
  return gap.includes('#') ? gap.replace(warnings, '') : gap;
}

export function peek(cursor: Cursor, ahead = 0): string {
  return cursor.tokens[cursor.next + ahead]?.text ?? '';
}

/** Takes the next word if it is this one. */
export function took(cursor: Cursor, text: string): boolean {
  if (peek(cursor) !== text) return false;
  cursor.next++;
  return true;
}

export function take(cursor: Cursor): string {
  const text = peek(cursor);
  if (text === '') throw new NotUnderstood('the line ends too early');
  cursor.next++;
  return text;
}

export function expect(cursor: Cursor, text: string): void {
  if (!took(cursor, text)) throw new NotUnderstood(`“${text}” is missing before “${peek(cursor)}”`);
}

export function quoted(cursor: Cursor): string {
  const text = take(cursor);
  if (!/^"[^"]*"$/.test(text)) throw new NotUnderstood(`“${text}” is no text in quotes`);
  return text.slice(1, -1);
}

export function wholeNumber(cursor: Cursor): number {
  const text = take(cursor);
  if (!/^(\d{1,15}|0x[0-9a-f]{1,12})$/.test(text)) throw new NotUnderstood(`“${text}” is no number`);
  return Number(text);
}

/** A part of a line that is kept as it stood; never leaves this folder. */
export class NotUnderstood extends Error {}
