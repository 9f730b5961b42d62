import type {Cluster} from '../cluster/cluster.ts';
import {KdiagError} from '../kdiag-error.ts';
import {version} from '../version.ts';
import {Progress} from './progress.ts';

/** The flags that say where to learn from. */
export interface SessionFlags {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly namespace?: string | undefined;
  readonly 'request-timeout': number;
  readonly timeout: number;
  readonly record?: string | undefined;
  readonly recording?: string | undefined;
  readonly via: 'auto' | 'debug-pod' | 'kube-proxy';
  readonly 'debug-image'?: string | undefined;
  readonly 'debug-namespace': string;
  readonly 'no-debug-pod': boolean;
  readonly 'no-probe': boolean;
  readonly concurrency: number;
  readonly 'daemonset-from'?: number | undefined;
  readonly verbose: boolean;
}

export interface Session {
  readonly cluster: Cluster;
  /** --namespace, else the context's own, else `default`. */
  readonly namespace: string;
  readonly progress: Progress;
}

/** Exit codes of an interrupted run: 128 + the signal's number. */
const signals = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;

/**
 * Opens the cluster or the recording, runs `work`, and puts everything back, whatever happens: success, error or signal. After
 * a signal the process ends with 130 or 143 once nothing of ours is left; a second signal does not wait.
 */
export async function inSession<T>(flags: SessionFlags, work: (session: Session) => Promise<T>): Promise<T> {
  const progress = new Progress(process.stderr, flags.verbose);
  const abort = new AbortController();
  const opened = await open(flags, abort.signal, text => progress.show(text));
  const {cluster, keep} = opened;
  const timer = setTimeout(() => abort.abort(new DOMException('the time of --timeout is over', 'TimeoutError')), flags.timeout * 1000);
  timer.unref();
  let interrupted = false;
  const onSignal = (signal: keyof typeof signals): void => {
    if (interrupted) process.exit(signals[signal]);
    interrupted = true;
    progress.show('interrupted: cleaning up');
    abort.abort(new Error(`interrupted by ${signal}`));
    void cluster.close().catch(() => {}).finally(() => {
      progress.clear();
      process.exit(signals[signal]);
    });
  };
  const names = Object.keys(signals) as (keyof typeof signals)[];
  for (const name of names) process.on(name, onSignal);
  try {
    const result = await work({cluster, namespace: flags.namespace ?? opened.namespace, progress});
    if (!interrupted) await keep();
    return result;
  } finally {
    // While a signal's own cleaning is under way, it alone ends the process.
    if (interrupted) await new Promise(() => {});
    clearTimeout(timer);
    await cluster.close();
    progress.clear();
    for (const name of names) process.off(name, onSignal);
  }
}

interface Opened {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Writes what was learned, if --record asks for it. */
  readonly keep: () => Promise<void>;
}

/** The adapters are loaded when they are needed: a replay costs no TLS, a live run no tar. */
async function open(flags: SessionFlags, signal: AbortSignal, onProgress: (text: string) => void): Promise<Opened> {
  if (flags.recording !== undefined) {
    const {openRecording} = await import('../cluster/recording/file.ts');
    return {cluster: await openRecording(flags.recording), namespace: 'default', keep: async () => {}};
  }
  if (flags['no-debug-pod'] && flags.via === 'debug-pod') throw new KdiagError(2, '--via debug-pod and --no-debug-pod contradict each other');
  const {openLive} = await import('../cluster/live/live.ts');
  const live = await openLive({
    ...(flags.kubeconfig === undefined ? {} : {kubeconfig: flags.kubeconfig}), ...(flags.context === undefined ? {} : {context: flags.context}),
    ...(flags['debug-image'] === undefined ? {} : {debugImage: flags['debug-image']}),
    requestTimeoutMs: flags['request-timeout'] * 1000, nodeTimeoutMs: 60_000, concurrency: flags.concurrency,
    via: flags.via, debugPods: !flags['no-debug-pod'], probes: !flags['no-probe'], debugNamespace: flags['debug-namespace'], ...(flags['daemonset-from'] === undefined ? {} : {daemonSetFrom: flags['daemonset-from']}), onProgress, signal,
  });
  if (flags.record === undefined) return {cluster: live, namespace: live.namespace, keep: async () => {}};
  const file = flags.record;
  const [{Recorder}, {checkFree, saveRecording}] = await Promise.all([import('../cluster/recording/recorder.ts'), import('../cluster/recording/file.ts')]);
  await checkFree(file, false);
  const recorder = new Recorder(live, version);
  return {cluster: recorder, namespace: live.namespace, keep: () => saveRecording(file, recorder.contents())};
}
