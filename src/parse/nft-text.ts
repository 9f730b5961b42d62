import {type Json, type JsonObject, type NftRuleset, rulesetOf} from './nft.ts';
import {chainHead, isHead} from './nft-text/chain-head.ts';
import {ruleLine, type RuleLine} from './nft-text/rule.ts';
import {propertyOf} from './nft-text/property.ts';
import {endsInWarning, tokensOf} from './nft-text/tokens.ts';

/**
 * `nft list ruleset` as a person sees it, for images whose nft has no JSON. It becomes the objects that `nft -j list ruleset`
 * prints (libnftables-json(5)), so that all that works with those works with this. Nothing is lost: printNftText gives the text
 * back, byte for byte, whatever the text.
 * Source of the syntax: nft(8) and what 0.9 to 1.1 print.
 */
export interface NftText {
  readonly ruleset: NftRuleset;
  readonly pieces: readonly Piece[];
  /** Statements and elements that were kept as they stood: their rules cannot be decided, their sets have no known contents. */
  readonly unparsed: readonly string[];
  /** Lines that say something of unknown consequence, or an end that came too early: then the ruleset proves nothing. */
  readonly strange: readonly string[];
}

type Piece = {readonly text: string} | {readonly rule: RuleLine};

/** Objects that change nothing in what becomes of a packet, but by the rules that name them. */
const others = new Set(['counter', 'quota', 'limit', 'ct helper', 'ct timeout', 'ct expectation', 'flowtable', 'secmark', 'synproxy', 'tunnel']);
const families = new Set(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']);

type Block = {readonly kind: string; readonly body: Record<string, Json>; readonly named: string};

export function parseNftText(text: string): NftText {
  const pieces: Piece[] = [];
  const objects: JsonObject[] = [];
  const unparsed: string[] = [];
  const strange: string[] = [];
  const open: Block[] = [];
  for (const line of logicalLines(text)) {
    const words = tokensOf(line).map(token => token.text);
    const block = open.at(-1);
    if (block?.kind === 'chain' && words.length > 0 && words[0] !== '}' && words[0] !== '#' && words[0] !== 'comment' && !isHead(words)) {
      const rule = ruleLine(line, String(block.body['family']));
      objects.push({rule: {family: block.body['family'] ?? '', table: block.body['table'] ?? '', chain: block.body['name'] ?? '', handle: rule.handle, ...(rule.comment === null ? {} : {comment: rule.comment}), expr: rule.statements}});
      unparsed.push(...rule.statements.flatMap(({unparsed: raw}) => (typeof raw === 'string' ? [raw] : [])));
      if (rule.statements.some(found => 'unparsed' in found) && words.some(word => word === 'hook' || word === ';' || word === '{')) strange.push(line.trim());
      pieces.push({rule});
      continue;
    }
    pieces.push({text: line});
    if (words.length === 0 || (words[0] === '#' && block?.kind !== 'set' && block?.kind !== 'map')) continue;
    if (words[0] === '}') {
      if (open.pop() === undefined || !onlyHandle(words.slice(1))) strange.push(line.trim());
    } else if (words.at(-1) === '{' || (words.includes('{') && onlyHandle(words.slice(words.indexOf('{') + 1)) && words.at(-1) !== '{' && !words.includes('}'))) {
      const opened = opening(words.slice(0, words.indexOf('{')), block);
      if (opened === null) strange.push(line.trim());
      open.push(opened ?? {kind: 'unknown', body: {}, named: line.trim()});
      if (opened !== null) objects.push({[opened.kind]: opened.body});
    } else if (!inside(block, line, words, unparsed)) strange.push(line.trim());
  }
  if (open.length > 0) strange.push(`the listing ends within ${open.at(-1)?.named}`);
  return {ruleset: sorted(objects, strange), pieces, unparsed, strange};
}

function sorted(objects: readonly JsonObject[], strange: string[]): NftRuleset {
  try {
    return rulesetOf(objects);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    strange.push(error.message);
    return {tables: [], objects};
  }
}

export function printNftText(listing: NftText): string {
  return listing.pieces.map(piece => ('rule' in piece ? `${piece.rule.texts.join('')}${piece.rule.tail}` : piece.text)).join('');
}

/** Lines with their ends; elements and warnings may run over several. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let begun = '';
  let depth = 0;
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    begun += line;
    if (endsInWarning(line) && line.trim() !== '' && !line.startsWith('#')) continue;
    if (line.includes('{') || line.includes('}')) depth = within(begun);
    if (depth > 0) continue;
    lines.push(begun);
    begun = '';
    depth = 0;
  }
  return begun === '' ? lines : [...lines, begun];
}

/** Braces that are open at a line's end, but for one that opens a block there. */
function within(line: string): number {
  const words = tokensOf(line).map(token => token.text);
  const last = words.lastIndexOf('{');
  const blocks = last >= 0 && !words.slice(0, last).includes('=') && onlyHandle(words.slice(last + 1)) ? 1 : 0;
  return words.filter(word => word === '{').length - words.filter(word => word === '}').length - blocks;
}

function onlyHandle(words: readonly string[]): boolean {
  return words.length === 0 || (words.length === 3 && words[0] === '#' && words[1] === 'handle');
}

/** `table ip NAME {`, and within: `chain NAME {`, `ct helper NAME {`, … */
function opening(words: readonly string[], block: Block | undefined): Block | null {
  const name = words.at(-1) ?? '';
  const kind = words.slice(0, -1).join(' ');
  if (block === undefined) {
    const [table, family = ''] = words;
    return table === 'table' && words.length === 3 && families.has(family) ? {kind: 'table', body: {family, name}, named: `table ${family} ${name}`} : null;
  }
  if (block.kind !== 'table' || !(kind === 'set' || kind === 'map' || kind === 'chain' || others.has(kind))) return null;
  return {kind, body: {family: block.body['family'] ?? '', table: block.body['name'] ?? '', name}, named: `${kind} ${name}`};
}

/** A line within a block that neither opens nor closes one, nor is a rule. False: it says something that is not understood. */
function inside(block: Block | undefined, line: string, words: readonly string[], unparsed: string[]): boolean {
  if (block === undefined) return /^XT (target|match) \S+ not found\s*$/.test(line); // of stderr; the rule itself shows a gap
  if (block.kind === 'unknown' || others.has(block.kind)) return true; // told already; of no consequence
  if (block.kind === 'chain') {
    if (words[0] === 'comment') return words.length === 2;
    const head = chainHead(words, String(block.body['family']));
    if (head === null || 'hook' in block.body) return false;
    Object.assign(block.body, head);
    return true;
  }
  const property = propertyOf(block.kind, line);
  if (property === null) return false;
  if ('unparsed' in property) unparsed.push(String(property['unparsed']));
  Object.assign(block.body, property);
  return true;
}
