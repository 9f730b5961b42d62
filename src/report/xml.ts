import {plain} from './plain.ts';

/** Text of XML, escaped already. */
export type Xml = string & {readonly xml: true};

/** With elements inside, a line each; or with text. Names are the program's own, values are anybody's. */
export function element(name: string, values: Readonly<Record<string, string>>, inside: string | readonly Xml[] = []): Xml {
  const open = `<${name}${attributes(values)}`;
  const within = typeof inside === 'string' ? escaped(plain(inside, 'many')) : inside.length === 0 ? '' : `\n${inside.join('\n')}\n`;
  return (within === '' ? `${open}/>` : `${open}>${within}</${name}>`) as Xml;
}

export function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escaped(plain(value))}"`).join('');
}

/** `>` as well: in text, `]]>` is not allowed. What XML 1.0 has no way to write (halves of a character, U+FFFE, U+FFFF) is shown by its number, as plain() does with control characters. */
function escaped(text: string): string {
  return text.replace(/[\p{Cs}\ufffe\uffff]/gu, char => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
