import {plain} from './plain.ts';

/** A word that no Markdown, and nothing that GitHub or GitLab make of text afterwards (addresses, @names, #1, :emoji:, hashes), takes for more than it is. */
const harmless = /^(?!\d+$)[\p{L}\p{M}%–—…→][\p{L}\p{M}%–—…→’'-]*$|^\d{1,6}$/u;
/** What may stand around a word in a sentence. */
const around = /^([("“‘']*)(.*?)([.,;:!?)"”’']*)$/su;

/**
 * A sentence as Markdown text. Every word that might be markup, a link or a mention stands in a code span, in which nothing is: escapes would
 * not do, as mentions and addresses are looked for after they are undone.
 */
export function prose(text: string): string {
  const parts: {before: string; word: string; after: string; raw: boolean}[] = [];
  for (const each of plain(text.toWellFormed()).split(/\s+/).filter(word => word !== '')) {
    const [, before = '', word = '', after = ''] = around.exec(each) ?? ['', '', each, ''];
    const last = parts.at(-1);
    const raw = word !== '' && (!harmless.test(word) || /^[.)]/.test(after) && /^\d+$/.test(word));
    if (raw && last?.raw === true && last.after === '' && before === '') parts[parts.length - 1] = {...last, word: `${last.word} ${word}`, after};
    else parts.push({before, word, after, raw});
  }
  return parts.map(({before, word, after, raw}) => `${before}${raw ? code(word) : word}${after}`).join(' ');
}

/** The same between the bars of a table. */
export function cell(text: string): string {
  // A bar is only kept from ending its cell by one backslash before it, and two would be none.
  return prose(plain(text.toWellFormed()).replaceAll('\\|', '\\ |')).replaceAll('|', '\\|');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(cells => row(cells.map(cell)))];
}

/** Raw lines. The fence is longer than any that is in them. */
export function fenced(text: string, language: 'text' | 'sh'): string[] {
  const shown = plain(text.toWellFormed(), 'many');
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return [`${fence}${language}`, ...shown.split('\n'), fence];
}

/** Within a block of HTML, where Markdown is not looked for: not between tags in a paragraph. */
export function html(text: string): string {
  return plain(text.toWellFormed()).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** As it stands. */
export function code(raw: string): string {
  const text = plain(raw.toWellFormed());
  const ticks = '`'.repeat(longestRun(text) + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${text}${space}${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
