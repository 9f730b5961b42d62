import {isKnown} from '../answer.ts';
import type {Pod} from '../objects.ts';
import {pause} from './abort.ts';
import {type PodState, podState, runLabel} from './debug-pod.ts';
import {listObjects} from './read-objects.ts';
import type {Transport} from './transport.ts';

/** What a pod that was waited for has come to; `pod` null: it was never seen. */
export interface Settled {
  readonly state: PodState;
  readonly pod: string | null;
}

interface Wait {
  readonly isIt: (pod: Pod) => boolean;
  readonly settle: (settled: Settled) => void;
  /** Its name, once it was seen. */
  seen: string | null;
}

/** Waits for a run's debug pods to run, or to fail: one list serves all that are waited for. */
export class DebugPodWatch {
  readonly #transport: Transport;
  readonly #options: {readonly namespace: string; readonly run: string; readonly pollMs: number};
  readonly #waiting = new Set<Wait>();
  #polling = false;
  #stopped = false;

  constructor(transport: Transport, options: {readonly namespace: string; readonly run: string; readonly pollMs: number}) {
    this.#transport = transport;
    this.#options = options;
  }

  /** Runs, or never will; `wait` when the signal or `stop` came first. */
  settled(isIt: (pod: Pod) => boolean, signal: AbortSignal): Promise<Settled> {
    if (signal.aborted || this.#stopped) return Promise.resolve({state: 'wait', pod: null});
    return new Promise(resolve => {
      const abort = (): void => wait.settle({state: 'wait', pod: wait.seen});
      const wait: Wait = {
        isIt, seen: null,
        settle: settled => {
          signal.removeEventListener('abort', abort);
          this.#waiting.delete(wait);
          resolve(settled);
        },
      };
      signal.addEventListener('abort', abort, {once: true});
      this.#waiting.add(wait);
      if (!this.#polling) void this.#poll();
    });
  }

  /** Nobody waits any longer. */
  stop(): void {
    this.#stopped = true;
    for (const wait of this.#waiting) wait.settle({state: 'wait', pod: wait.seen});
  }

  /** A failing list is tried again until each of them runs out of time. */
  async #poll(): Promise<void> {
    this.#polling = true;
    const {namespace, run, pollMs} = this.#options;
    while (this.#waiting.size > 0) {
      const pods = await listObjects<Pod>(this.#transport, {resource: 'pods', namespace, labelSelector: `${runLabel}=${run}`});
      for (const wait of this.#waiting) {
        if (!isKnown(pods)) {
          if (pods.unknown.why === 'forbidden') wait.settle({state: {failure: pods.unknown}, pod: null});
          continue;
        }
        const pod = pods.known.find(wait.isIt);
        const state = pod !== undefined ? podState(pod) : wait.seen === null ? 'wait' : gone(wait.seen);
        wait.seen = pod?.metadata.name ?? wait.seen;
        if (state !== 'wait') wait.settle({state, pod: wait.seen});
      }
      if (this.#waiting.size > 0) await pause(pollMs);
    }
    this.#polling = false;
  }
}

function gone(name: string): PodState {
  return {failure: {why: 'lost', detail: `the debug pod ${name} was deleted by someone else`}};
}
