/** One Service on one line, as `kdiag check` shows it. */
export interface ServiceLine {
  readonly namespace: string;
  readonly name: string;
  /** `ClusterIP`, `Headless`, `NodePort`, `LoadBalancer` or `ExternalName`. */
  readonly type: string;
  /** unknown: nothing is known to be wrong, and something that decides could not be examined. */
  readonly state: 'works' | 'degraded' | 'broken' | 'unknown';
  /** The smallest share of new connections that succeed, over all nodes and addresses, by the nodes' rules; null: not known, or nothing has rules for it. */
  readonly predicted: number | null;
  /** The root causes that break it, by id. */
  readonly causes: readonly string[];
}
