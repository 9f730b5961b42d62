import type {Token} from './tokens.ts';

export interface ServerBlock {
  /** `.:53`, `cluster.local`, `tls://example.org`, `10.0.0.0/8`, in order. */
  readonly keys: readonly {readonly text: string; readonly line: number}[];
  readonly line: number;
  readonly directives: readonly DirectiveUse[];
}

/** A directive with its words, its own name the first of them. */
export interface DirectiveUse {
  readonly name: string;
  readonly line: number;
  /** Path of the imported file that it stands in; empty: the Corefile itself. */
  readonly file: string;
  readonly tokens: readonly Token[];
}

export interface Snippet {
  readonly name: string;
  readonly line: number;
}

export interface CorefileImport {
  /** As written, variables put in. */
  readonly pattern: string;
  readonly line: number;
  readonly file: string;
  /** `not-read`: files that nobody could show. What is in them is missing from the blocks. */
  readonly of: 'snippet' | 'file' | 'not-read';
  readonly paths: readonly string[];
}

/** What a Corefile's meaning depends on beside its text. */
export interface CorefileReading {
  readonly file: string;
  /** The value of a variable in CoreDNS's environment; undefined: not known. */
  readonly variable?: (name: string) => string | undefined;
  /** The files that a path or a pattern with `*` stands for, in the order of their names; empty: none are there; null: not known. */
  readonly imported?: (pattern: string) => readonly {readonly path: string; readonly text: string}[] | null;
}
