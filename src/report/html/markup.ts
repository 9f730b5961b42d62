import {plain} from '../plain.ts';

/** HTML that is safe as it stands: made by `html` alone, so that no text can become markup by being forgotten. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Part[];

/** Whatever is put in is escaped, for text and for quoted attributes alike, unless it is markup itself. */
export function html(fixed: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(fixed.reduce((text, next, i) => `${text}${markupOf(parts[i - 1] ?? '')}${next}`));
}

export const nothing = new Markup('');

function markupOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  return typeof part === 'object' ? part.map(markupOf).join('') : escape(String(part), 'one');
}

/** Raw text of several lines, for <pre>. */
export function raw(text: string): Markup {
  return new Markup(escape(text, 'many'));
}

const entities: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;'};

/** Half of a surrogate pair cannot be written as UTF-8, and noncharacters are not allowed in HTML: they are shown as control characters are. */
function escape(text: string, lines: 'one' | 'many'): string {
  return plain(text, lines).replace(/[&<>"'`]/g, char => entities[char] ?? '').replace(/\p{Cs}|\p{Noncharacter_Code_Point}/gu, char => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

/** So much of a long text as a page bears; what is left out is said. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
  return `${kept} … (${text.length - kept.length} more characters)`;
}
