import type {JsonObject} from '../nft.ts';
import {statement} from './statement.ts';
import {type Cursor, NotUnderstood, ownGap, peek, quoted, type Token, tokensOf, took} from './tokens.ts';

export interface RuleLine {
  readonly statements: readonly JsonObject[];
  /** The source text of each statement, with the white space before it. */
  readonly texts: readonly string[];
  /** What follows the statements: comment, handle, the line's end. */
  readonly tail: string;
  readonly comment: string | null;
  readonly handle: number;
}

/**
 * A rule's line. From the first word that is not understood on, the rest is one statement `unparsed`, with its text. Where nft
 * printed nothing at all for a statement (an extension of iptables that it has no words for), the white space shows it: `xt`.
 */
export function ruleLine(line: string, family: string): RuleLine {
  const all = tokensOf(line);
  const handled = all.length > 3 && all.at(-3)?.text === '#' && all.at(-2)?.text === 'handle';
  const body = handled ? all.slice(0, -3) : all;
  const end = all[body.length]?.at ?? endOf(body.at(-1)); // of what belongs to the rule
  const cursor: Cursor = {tokens: [...body], next: 0};
  const statements: JsonObject[] = [];
  const starts: number[] = [];
  let tail = end;
  let comment: string | null = null;
  while (cursor.next < body.length) {
    const start = cursor.next;
    const token = body[start] as Token;
    try {
      if (took(cursor, 'comment')) {
        comment = quoted(cursor);
        if (peek(cursor) !== '') throw new NotUnderstood('something follows the comment');
        tail = token.at;
        break;
      }
      if (hidden(token, start === 0)) push({xt: null}, token.at);
      push(statement(cursor, family), token.at);
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      comment = null;
      push({unparsed: line.slice(token.at, end).trim()}, token.at);
      break;
    }
  }
  if (comment === null && / [\r\n]*$/.test(line.slice(end)) && !handled) push({xt: null}, end);
  return {statements, texts: starts.map((at, i) => line.slice(i === 0 ? 0 : at, starts[i + 1] ?? tail)), tail: line.slice(starts.length === 0 ? 0 : tail), comment, handle: handled ? Number(all.at(-1)?.text) : 0};

  function push(found: JsonObject, at: number): void {
    statements.push(found);
    starts.push(at);
  }
}

function endOf(token: Token | undefined): number {
  return token === undefined ? 0 : token.at + token.gap.length + token.text.length;
}

/** Two blanks within a rule, or one after the line's indent. */
function hidden(token: Token, first: boolean): boolean {
  const gap = ownGap(token);
  return first ? gap.endsWith('\t ') : gap.length > 1;
}
