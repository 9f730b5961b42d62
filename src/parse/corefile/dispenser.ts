import {breaksIn, type Token} from './tokens.ts';

/** What CoreDNS says of a Corefile that it refuses, with the place that it names. */
export interface CorefileError {
  readonly file: string;
  /** 0: behind the last word, where CoreDNS knows of no line either. */
  readonly line: number;
  /** In CoreDNS's words: `Unknown directive 'foo'`. */
  readonly reason: string;
  /** As its log has it: `/etc/coredns/Corefile:5 - Error during parsing: Unknown directive 'foo'`. */
  readonly text: string;
}

/** Thrown within this folder and by what reads plugins' options; what calls them turns it into data. */
export class Refused extends Error {
  readonly error: CorefileError;
  constructor(error: CorefileError) {
    super(error.text);
    this.error = error;
  }
}

/**
 * Hands out the words of a directive, or of the whole file, one after the other, and knows which of them share a line
 * (coredns/caddy, caddyfile/dispenser.go). Lines of different files are different lines.
 */
export class Dispenser {
  tokens: Token[];
  cursor = -1;
  readonly file: string;
  private nesting = 0;

  constructor(file: string, tokens: Token[]) {
    this.file = file;
    this.tokens = tokens;
  }

  value(): string {
    return this.tokens[this.cursor]?.text ?? '';
  }

  line(): number {
    return this.tokens[this.cursor]?.line ?? 0;
  }

  next(): boolean {
    if (this.cursor >= this.tokens.length - 1) return false;
    this.cursor += 1;
    return true;
  }

  /** The next word, if it is on the same line. */
  nextArgument(): boolean {
    if (this.cursor < 0) {
      this.cursor += 1;
      return true;
    }
    const [here, there] = [this.tokens[this.cursor], this.tokens[this.cursor + 1]];
    if (here === undefined || there === undefined || here.file !== there.file || here.line + breaksIn(here) !== there.line) return false;
    this.cursor += 1;
    return true;
  }

  /** While a block's words last: the block must open on the line of the word before it. */
  nextInBlock(): boolean {
    if (this.nesting > 0) {
      if (!this.next()) return false;
      if (this.value() !== '}') return true;
      this.nesting -= 1;
      return false;
    }
    if (!this.nextArgument()) return false;
    if (this.value() !== '{') {
      this.cursor -= 1;
      return false;
    }
    if (!this.next() || this.value() === '}') return false;
    this.nesting += 1;
    return true;
  }

  /** What is left of the line, up to an opening brace. */
  argumentsLeft(): string[] {
    const found: string[] = [];
    while (this.nextArgument()) {
      if (this.value() === '{') {
        this.cursor -= 1;
        break;
      }
      found.push(this.value());
    }
    return found;
  }

  /** Whether the word is on another line than the one before it. */
  atNewLine(): boolean {
    if (this.cursor < 1) return true;
    const [before, here] = [this.tokens[this.cursor - 1], this.tokens[this.cursor]];
    return here !== undefined && before !== undefined && (before.file !== here.file || before.line + breaksIn(before) < here.line);
  }

  refuse(reason: string, kind = 'Error during parsing'): Refused {
    const file = this.tokens[this.cursor]?.file || this.file;
    return new Refused({file, line: this.line(), reason, text: `${file}:${this.line()} - ${kind}: ${reason}`});
  }

  refuseSyntax(expected: string): Refused {
    return this.refuse(`Unexpected token '${this.value()}', expecting '${expected}'`, 'Syntax error');
  }

  refuseArgument(): Refused {
    return this.refuse(this.value() === '{' ? "Unexpected token '{', expecting argument" : `Wrong argument count or unexpected line ending after '${this.value()}'`);
  }
}
