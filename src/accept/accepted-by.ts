import type {Level} from '../findings/finding.ts';

/** By what findings are accepted: they are told, and do not count. */
export interface AcceptedBy {
  readonly suppressions: readonly Suppression[];
  readonly baseline: Baseline | null;
}

/** An entry of `.kdiag.yaml`, docs/accepting.md. */
export interface Suppression {
  readonly file: string;
  readonly line: number;
  /** A code, or a pattern of codes. */
  readonly code: string;
  /** A pattern of `KIND/NAMESPACE/NAME` or `KIND/NAME`. */
  readonly subject: string;
  readonly reason: string;
  /** The last day on which it accepts, `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}

/** What an earlier report found: finding → its level there, and since when it was known. */
export type Baseline = ReadonlyMap<string, {readonly level: Level; readonly reason: string}>;
