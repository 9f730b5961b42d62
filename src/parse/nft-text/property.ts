import type {Json, JsonObject} from '../nft.ts';
import {elements} from './elements.ts';
import {seconds} from './time.ts';
import {type Cursor, NotUnderstood, tokensOf} from './tokens.ts';

/** Lines of a set or map that say nothing about its elements. */
const passing = new Set(['gc-interval', 'policy', 'auto-merge', 'counter', 'limit', 'quota', 'ct']);

/** One line of a table, a set or a map; null: not understood. Elements that are not understood make `unparsed` of all of them. */
export function propertyOf(kind: string, line: string): JsonObject | null {
  const words = tokensOf(line).map(token => token.text);
  const [first = '', second = ''] = words;
  if (first === 'comment') return words.length === 2 && second.startsWith('"') ? {comment: second.slice(1, -1)} : null;
  if (first === 'flags') return words.slice(1).every(word => /^[a-z]+$|^,$/.test(word)) ? {flags: words.slice(1).filter(word => word !== ',')} : null;
  if (kind === 'table') return first === '#' || first === 'handle' ? {} : null;
  if (first === 'type' || first === 'typeof') return {type: words.slice(1).join(' ')};
  if (first === 'size') return /^\d+$/.test(second) ? {size: Number(second)} : null;
  if (first === 'timeout') return seconds(second) === null ? null : {timeout: seconds(second)};
  if (passing.has(first)) return {};
  if (first === '#') return /^(handle|count)$/.test(second) || words.length === 1 ? {} : null; // 1.1.4 tells `# count N`
  if (first !== 'elements' || second !== '=') return null;
  const cursor: Cursor = {tokens: tokensOf(line), next: 2};
  try {
    const found: Json[] = elements(cursor);
    if (cursor.next < cursor.tokens.length || (kind === 'map' && !found.every(Array.isArray)) || (kind === 'set' && found.some(Array.isArray))) throw new NotUnderstood('elements');
    return {elem: found};
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return {unparsed: line.trim()};
  }
}
