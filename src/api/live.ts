import type {LiveCluster} from '../cluster/live/live.ts';

/** As the flags of the same meaning; what is left out is as on the command line. */
export interface LiveOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly via?: 'auto' | 'debug-pod' | 'kube-proxy';
  /** False: create nothing in the cluster. */
  readonly debugPods?: boolean;
  readonly debugImage?: string;
  readonly debugNamespace?: string;
  /** False: send no packet to anything in the cluster. */
  readonly probes?: boolean;
  /** Nodes read at once. */
  readonly concurrency?: number;
  readonly requestTimeoutSeconds?: number;
  /** Ends what is under way; what was not learned by then is said in the report. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

/** A live cluster. Whoever opens one must close it, whatever happens: that deletes its debug pods. */
export async function openLive({requestTimeoutSeconds = 10, debugPods = true, via = 'auto', concurrency = 10, debugNamespace = 'kube-system', ...options}: LiveOptions = {}): Promise<LiveCluster> {
  const live = await import('../cluster/live/live.ts');
  return live.openLive({...options, via, concurrency, debugPods, debugNamespace, requestTimeoutMs: requestTimeoutSeconds * 1000, nodeTimeoutMs: 60_000});
}
