import type {CorefileImport, CorefileReading, DirectiveUse, ServerBlock, Snippet} from './corefile/blocks.ts';
import type {CorefileError} from './corefile/dispenser.ts';
import {linesOf, Parser, type Property} from './corefile/parser.ts';
import {tokensOf, type Token} from './corefile/tokens.ts';

/**
 * A Corefile as data: the grammar of coredns/caddy v1 (caddyfile/lexer.go and parse.go), not of Caddy 2: its snippets take no
 * arguments. What a directive's words mean is not looked at here (model/coredns), and no directive is unknown here.
 * Nothing is lost: printCorefile(parseCorefile(text)) is text.
 */
export interface Corefile {
  /** As CoreDNS was told: `/etc/coredns/Corefile`. */
  readonly file: string;
  /** In order; if there is an error, those before it, and the last one as far as it goes. */
  readonly blocks: readonly ServerBlock[];
  /** All that were read, those of a block without a key among them: CoreDNS looks at their names, and then forgets them. */
  readonly directives: readonly DirectiveUse[];
  readonly snippets: readonly Snippet[];
  readonly imports: readonly CorefileImport[];
  /** Variables whose value is not known, each with the line of its first use: they stand in the words as written. */
  readonly variables: readonly {readonly name: string; readonly line: number}[];
  /** CoreDNS would refuse the file, and say so. */
  readonly error: CorefileError | null;
  /** All words of the file itself, in order, and what follows the last one: for printing. */
  readonly tokens: readonly Token[];
  readonly rest: string;
}

export function parseCorefile(text: string, reading: CorefileReading): Corefile {
  const {tokens, rest} = tokensOf(text, '');
  const parser = new Parser(reading.file, tokens, reading);
  parser.parse();
  return {
    file: reading.file,
    blocks: parser.blocks,
    directives: parser.all,
    snippets: [...parser.snippets.values()].map(({name, line}) => ({name, line})),
    imports: parser.imports,
    variables: [...parser.variables].map(([name, line]) => ({name, line})),
    error: parser.error,
    tokens,
    rest,
  };
}

export function printCorefile({tokens, rest}: Corefile): string {
  return `${tokens.map(({gap, raw}) => gap + raw).join('')}${rest}`;
}

/** A directive's first line and its block. */
export function readDirective({tokens}: DirectiveUse): Property {
  return linesOf(tokens)[0] ?? {name: '', args: [], line: 0, block: null};
}

export type {CorefileError, CorefileImport, Property, ServerBlock, Token};
