import {micromark} from 'micromark';
import {gfm, gfmHtml} from 'micromark-extension-gfm';
import type {Element, Node} from '@xmldom/xmldom';
import {parseXml} from './junit-schema.ts';

/** What a page of GitHub-flavoured Markdown becomes, raw HTML in it included. Throws where that does not hang together, as HTML that somebody slipped in rarely does. */
export function pageOf(markdown: string): Element {
  return parseXml(`<main>${micromark(markdown, {allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()]})}</main>`);
}

/** Names of elements, with the attributes that they have. */
export function tagsOf(page: Element): Set<string> {
  return new Set([...page.getElementsByTagName('*')].map(({nodeName, attributes}) => [nodeName, ...Array.from(attributes, ({name, value}) => `${name}=${value}`)].join(' ')));
}

/** What stands outside code: there GitHub looks for addresses, @names, #1 and :emoji: once more. */
export function loose(node: Node): string[] {
  if (node.nodeType === 3) return [node.nodeValue ?? ''];
  return ['code', 'pre'].includes(node.nodeName) ? [' '] : Array.from(node.childNodes).flatMap(loose);
}

/** The rows of the table under a heading, cell by cell. */
export function tableUnder(page: Element, heading: string): string[][] {
  const nodes = Array.from(page.childNodes).filter(({nodeType}) => nodeType === 1) as Element[];
  const from = nodes.findIndex(({nodeName, textContent}) => nodeName === 'h3' && textContent === heading);
  const table = nodes.slice(from + 1).find(({nodeName}) => nodeName === 'table');
  return from < 0 || table === undefined ? [] : [...table.getElementsByTagName('tr')].map(row => (Array.from(row.childNodes).filter(({nodeType}) => nodeType === 1) as Element[]).map(({textContent}) => textContent ?? ''));
}
