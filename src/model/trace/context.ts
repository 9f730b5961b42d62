import type {End} from '../netfilter/traverse.ts';

/** What came of a rule, where its text alone does not say: which entry of a map it was, whether the packet came back. */
export interface Context {
  /** The chain of the next rule that took the packet; null: this was the last of its base chain. */
  readonly next: string | null;
  /** How the base chain ended. */
  readonly end: End['kind'];
  /** What the base chain translated the packet to, if it did. */
  readonly to: string | null;
}

/** Whom a rule is about, such as `packets for 10.96.0.1:443/TCP` (null: everything that comes to it), then what it does with them. */
export function sentence(draw: string | null, whom: string | null, deed: string): string {
  return draw === null ? `${whom ?? 'all that get here'} ${deed}` : `drawn with probability ${draw}, ${whom ?? 'packets'} ${deed}`;
}

/** What kube-proxy means by a mark on a packet, if it is one of its own. */
export function jumpWords(chain: string, note: string | null): string {
  if (chain === 'KUBE-MARK-MASQ') return 'are marked to be masqueraded';
  if (chain === 'KUBE-MARK-DROP') return 'are marked to be dropped';
  return `go on in ${chain}${note === null ? '' : ` (${note})`}`;
}

/** `1/3` for 0.33333333349, the number itself where it is not one of n. */
export function chanceText(probability: number): string {
  const n = Math.round(1 / probability);
  return probability > 0 && Math.abs(probability - 1 / n) < 1e-6 ? (n === 1 ? '1' : `1/${n}`) : String(probability);
}
