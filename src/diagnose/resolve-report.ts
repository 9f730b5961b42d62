import type {Command} from './origin.ts';

/** What `kdiag resolve -o json` writes, `kdiag.resolve/v1`. src/report/resolve.schema.json says the same to other programs. */
export interface ResolveReport {
  readonly schemaVersion: 'kdiag.resolve/v1';
  readonly kdiag: {readonly version: string};
  readonly command: Command;
  readonly name: string;
  readonly libc: {readonly kind: 'glibc' | 'musl' | 'busybox'; readonly version: string | null};
  /** What is asked of each name; A and AAAA: one getaddrinfo(3). */
  readonly types: readonly string[];
  /** One sentence. */
  readonly summary: string;
  /** What this libc takes from the file. */
  readonly settings: {
    readonly nameservers: readonly string[];
    readonly search: readonly string[];
    readonly ndots: number;
    readonly attempts: number;
    /** Seconds. */
    readonly timeout: number;
  };
  /** In the order in which this libc asks; empty: it asks nobody. */
  readonly candidates: readonly ResolveCandidate[];
  /** Queries of a lookup when every server answers at once; `first`: the first name exists, `none`: none does. Null: nobody is asked. */
  readonly queries: {readonly first: number; readonly none: number} | null;
  /** What is worth knowing, by a fixed word and as a sentence. */
  readonly notes: readonly ResolveNote[];
}

export interface ResolveNote {
  readonly code: string;
  readonly message: string;
}

export interface ResolveCandidate {
  /** Absolute, without its final dot. */
  readonly name: string;
  /** The domain that was appended, as the file has it; null: the name as it stands. */
  readonly domain: string | null;
  readonly types: readonly string[];
  /** False: it cannot be put into a question. */
  readonly sendable: boolean;
  /** Queries until this name has answered, when none before it exists. */
  readonly queries: number;
}
