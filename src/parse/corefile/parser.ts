import {Dispenser, type CorefileError, Refused} from './dispenser.ts';
import {breaksIn, tokensOf, type Token} from './tokens.ts';
import type {CorefileImport, CorefileReading, DirectiveUse, ServerBlock, Snippet} from './blocks.ts';

/** coredns/caddy's own bound for snippets that import each other, and one for what such snippets may grow to. */
const [mostExpansions, mostTokens] = [10_000, 200_000];

/**
 * Groups the words of a Corefile by server block and directive: coredns/caddy, caddyfile/parse.go, step by step, as the places that
 * it names in its errors follow from the steps. Directives that nobody knows are not refused here: which ones there are depends on
 * how a CoreDNS was built.
 */
export class Parser extends Dispenser {
  readonly blocks: ServerBlock[] = [];
  readonly all: DirectiveUse[] = [];
  readonly imports: CorefileImport[] = [];
  readonly variables = new Map<string, number>();
  readonly snippets = new Map<string, Snippet & {readonly tokens: readonly Token[]}>();
  error: CorefileError | null = null;
  private readonly reading: CorefileReading;
  private keys: {text: string; line: number}[] = [];
  private uses: DirectiveUse[] = [];
  private eof = false;
  private expansions = 0;

  constructor(file: string, tokens: readonly Token[], reading: CorefileReading) {
    super(file, [...tokens]);
    this.reading = reading;
  }

  parse(): void {
    try {
      while (this.next()) {
        [this.keys, this.uses] = [[], []];
        const before = this.blocks.length;
        this.serverBlock();
        if (this.keys.length > 0 && this.blocks.length === before) this.keep();
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.error = error.error;
      if (this.keys.length > 0) this.keep(); // what was read of it until then
    }
  }

  private keep(): void {
    const [first] = this.keys;
    this.blocks.push({keys: this.keys, line: first?.line ?? 0, directives: this.uses});
  }

  private serverBlock(): void {
    this.addresses();
    if (this.eof) return;
    const [key, ...others] = this.keys;
    if (key !== undefined && others.length === 0 && key.text.startsWith('(') && key.text.endsWith(')')) this.snippet(key);
    else {
      const braces = this.value() === '{';
      if (!braces) this.cursor -= 1;
      this.directives();
      if (braces && this.value() !== '}') throw this.refuseSyntax('}');
    }
  }

  private addresses(): void {
    let another = false;
    for (;;) {
      const text = this.withVariables(this.value());
      if (text === 'import' && this.atNewLine()) {
        this.import();
        continue;
      }
      if (text === '{') {
        if (another) throw this.refuse(`Expected another address but had '${text}' - check for extra comma`);
        return;
      }
      if (text !== '') {
        another = text.endsWith(',');
        this.keys.push({text: another ? text.slice(0, -1) : text, line: this.line()});
      }
      const more = this.next();
      if (another && !more) throw this.refuse('Unexpected EOF');
      if (!more) {
        this.eof = true;
        return;
      }
      if (!another && this.atNewLine()) return;
    }
  }

  private directives(): void {
    while (this.next() && this.value() !== '}') {
      if (this.value() === 'import') {
        this.import();
        this.cursor -= 1;
      } else this.directive();
    }
  }

  private directive(): void {
    const name = this.withVariables(this.value());
    const tokens = [this.tokens[this.cursor]!];
    const use = {name, line: this.line(), file: this.tokens[this.cursor]!.file, tokens};
    this.uses.push(use);
    this.all.push(use);
    let nesting = 0;
    while (this.next()) {
      if (this.value() === '{') nesting += 1;
      else if (nesting === 0 && this.atNewLine()) {
        this.cursor -= 1;
        break;
      } else if (this.value() === '}' && nesting > 0) nesting -= 1;
      else if (this.value() === '}') throw this.refuse("Unexpected '}' because no matching opening brace");
      else if (this.value() === 'import' && this.atNewLine()) {
        this.import();
        this.cursor -= 1;
        continue;
      }
      const token = this.tokens[this.cursor]!;
      const text = this.withVariables(token.text);
      if (text !== token.text) this.tokens[this.cursor] = {...token, text};
      tokens.push(this.tokens[this.cursor]!);
    }
    if (nesting > 0) throw this.refuse('Unexpected EOF');
  }

  private snippet(key: {readonly text: string; readonly line: number}): void {
    const name = key.text.slice(1, -1);
    this.keys = [];
    if (this.snippets.has(name)) throw this.refuse(`redeclaration of previously declared snippet ${name}`);
    if (this.value() !== '{') throw this.refuseSyntax('{');
    const tokens: Token[] = [];
    let open = 1;
    while (this.next()) {
      if (this.value() === '}') open -= 1;
      if (open === 0) break;
      if (this.value() === '{') open += 1;
      tokens.push(this.tokens[this.cursor]!);
    }
    if (open !== 0) throw this.refuseSyntax('}');
    const itself = tokens.some(({text}, i) => text === 'import' && tokens[i + 1] !== undefined && (i === 0 || tokens[i - 1]!.line !== tokens[i]!.line || tokens[i - 1]!.file !== tokens[i]!.file)
      && this.withVariables(tokens[i + 1]!.text) === name);
    if (itself) throw this.refuse(`maximum snippet import depth (${mostExpansions}) exceeded`);
    this.snippets.set(name, {name, line: key.line, tokens});
  }

  /** Puts the words of a snippet, or of files, where the import stands; the cursor is then on the first of them. */
  private import(): void {
    const {line, file} = this.tokens[this.cursor]!;
    if (!this.nextArgument()) throw this.refuseArgument();
    const pattern = this.withVariables(this.value());
    if (pattern === '') throw this.refuse('Import requires a non-empty filepath');
    if (this.nextArgument()) throw this.refuse('Import takes only one argument (glob pattern or file)');
    const snippet = this.snippets.get(pattern);
    if (snippet !== undefined && (this.expansions += 1) > mostExpansions) throw this.refuse(`maximum snippet import depth (${mostExpansions}) exceeded`);
    const words = snippet?.tokens ?? this.files(pattern, line, file);
    if (snippet !== undefined) this.imports.push({pattern, line, file, of: 'snippet', paths: []});
    if (this.tokens.length + words.length > mostTokens) throw this.refuse(`kdiag reads no more than ${mostTokens} words of a Corefile with its imports`);
    this.tokens = [...this.tokens.slice(0, this.cursor - 1), ...words, ...this.tokens.slice(this.cursor + 1)];
    this.cursor -= 1;
  }

  private files(pattern: string, line: number, file: string): readonly Token[] {
    const path = absolute(pattern, file || this.file);
    const stars = (char: string): number => path.split(char).length - 1;
    if (stars('*') > 1 || stars('?') > 1 || (path.includes('[') && path.includes(']'))) throw this.refuse(`Glob pattern may only contain one wildcard (*), but has others: ${path}`);
    const files = this.reading.imported?.(path) ?? null;
    this.imports.push({pattern, line, file, of: files === null ? 'not-read' : 'file', paths: files?.map(({path}) => path) ?? []});
    if (files?.length === 0 && !/[*?[\]]/.test(path)) throw this.refuse(`File to import not found: ${pattern}`);
    if (files !== null && (this.expansions += 1) > mostExpansions) throw this.refuse(`maximum file import depth (${mostExpansions}) exceeded`);
    return (files ?? []).flatMap(({path, text}) => tokensOf(text, path).tokens);
  }

  /** `{%NAME%}` and `{$NAME}`; a variable whose value nobody knows stays as it stands, and is named. */
  private withVariables(text: string): string {
    let result = text;
    for (const [open, close] of [['{%', '%}'], ['{$', '}']] as const) {
      for (let [at, turns] = [result.indexOf(open), 0]; at !== -1 && turns < 100; at = result.indexOf(open), turns += 1) {
        const end = result.indexOf(close, at);
        if (end <= at + open.length) break;
        const name = result.slice(at + open.length, end);
        const value = this.reading.variable?.(name);
        if (value === undefined) {
          if (!this.variables.has(name)) this.variables.set(name, this.line());
          break;
        }
        result = result.replaceAll(result.slice(at, end + close.length), () => value);
      }
    }
    return result;
  }
}

/** A path as seen from a file, `.` and `..` resolved (Go's filepath.Join); a relative file stays relative. */
function absolute(path: string, file: string): string {
  if (path.startsWith('/')) return path;
  const parts: string[] = [];
  for (const part of [...file.split('/').slice(0, -1), ...path.split('/')]) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `${file.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

/** A line of a directive's block: its words up to a brace, and the lines within that. */
export interface Property {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  /** Null: it has none. */
  readonly block: readonly Property[] | null;
}

interface Line extends Property {
  readonly args: string[];
  block: Line[] | null;
}

/** The words of a directive as a tree: lines, and braces that open on them. */
export function linesOf(tokens: readonly Token[]): readonly Property[] {
  const roots: Line[] = [];
  const open: Line[][] = [roots];
  let before: Token | null = null;
  for (const token of tokens) {
    const lines = open.at(-1)!;
    const last = lines.at(-1);
    const newLine = before === null || before.text === '{' || before.text === '}' || before.file !== token.file || before.line + breaksIn(before) < token.line;
    if (token.text === '{' && last !== undefined) {
      last.block ??= [];
      open.push(last.block);
    } else if (token.text === '}' && open.length > 1) open.pop();
    else if (newLine || last === undefined) lines.push({name: token.text, args: [], line: token.line, block: null});
    else last.args.push(token.text);
    before = token;
  }
  return roots;
}
