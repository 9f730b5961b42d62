/** How much of a recording is read before it is refused. Bytes, and a number of entries. */
export interface Limits {
  /** Of the file as it lies on the disk. */
  readonly compressed: number;
  /** Of everything in it together, tar headers included. */
  readonly uncompressed: number;
  /** Of one file in it. */
  readonly entry: number;
  /** How many entries it may have. */
  readonly entries: number;
}

const MiB = 2 ** 20;

export const defaultLimits: Limits = {compressed: 512 * MiB, uncompressed: 2048 * MiB, entry: 256 * MiB, entries: 500_000};
