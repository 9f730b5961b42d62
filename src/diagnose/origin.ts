/** What was asked. */
export interface Command {
  readonly name: string;
  readonly args: Readonly<Record<string, string>>;
}

/** Where everything was learned from. */
export interface Origin {
  readonly kind: 'live' | 'recording';
  readonly context: string;
  /** The API server's version; null: not known. */
  readonly server: string | null;
  readonly recordedAt?: string;
}
