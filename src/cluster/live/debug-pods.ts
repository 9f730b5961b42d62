import {randomBytes} from 'node:crypto';
import {type Answer, type Unknown, isKnown, known, unknown} from '../answer.ts';
import type {Node, Pod} from '../objects.ts';
import {resourcePath} from '../resources.ts';
import {pause, unlessAborted} from './abort.ts';
import {type PodState, containerName, debugPod, managedBy, podState, runLabel} from './debug-pod.ts';
import {debugPodRefusal} from './debug-pod-refusal.ts';
import {deletePods, isFinished} from './delete-pods.ts';
import {interruption, oneLine} from './errors.ts';
import {getObject, listObjects, parse} from './read-objects.ts';
import type {Transport} from './transport.ts';

export interface RunningDebugPod {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface DebugPodOptions {
  readonly namespace: string;
  /** After which a pod ends by itself. */
  readonly lifeSeconds: number;
  /** Between two looks at the pods that are not running yet. */
  readonly pollMs: number;
  readonly onProgress: (text: string) => void;
}

/** The debug pods of one run, at most one per node. Whatever happens, `closeAll` finds and deletes them: by the run's label. */
export class DebugPods {
  readonly run = randomBytes(6).toString('hex');
  readonly #transport: Transport;
  readonly #options: DebugPodOptions;
  readonly #byNode = new Map<string, Promise<Answer<RunningDebugPod>>>();
  /** Names created and not known to be deleted. */
  readonly #created = new Set<string>();
  readonly #creating = new Set<Promise<unknown>>();
  readonly #held = new Set<string>();
  readonly #waiting = new Map<string, (state: PodState) => void>();
  #polling = false;
  #tried = false;
  #permission: Promise<Unknown | null> | undefined;
  #closing: Promise<Answer<null>> | undefined;

  constructor(transport: Transport, options: DebugPodOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  /** The running debug pod of a node, created if need be; the first of `images` that runs is used. */
  async ensure(node: string, images: readonly string[], signal: AbortSignal): Promise<Answer<RunningDebugPod>> {
    const pod = this.#byNode.get(node) ?? this.#start(node, images, signal);
    this.#byNode.set(node, pod);
    return (await unlessAborted(pod, signal)) ?? {unknown: interruption(signal, this.#late(node, []))};
  }

  /** More will be asked there: a node's pod stays until `closeAll`, whatever is released. */
  hold(node: string): void {
    this.#held.add(node);
  }

  /** The node has been read: its pod goes at once, while other nodes are still being read; unless it is held. */
  async release(node: string): Promise<void> {
    const pod = await this.#byNode.get(node);
    if (this.#held.has(node)) return;
    this.#byNode.delete(node);
    if (pod !== undefined && isKnown(pod)) await this.#delete([pod.known.pod]);
  }

  /**
   * Lets no new pod begin, waits for those that are being created, deletes all of this run and looks whether they are gone; also
   * clears away what earlier runs left behind, as far as it is finished. Safe to call twice, and while `ensure` is under way.
   * No request when no pod was ever asked for. Unknown: pods may be left, which `detail` names.
   */
  closeAll(): Promise<Answer<null>> {
    this.#closing ??= this.#tried ? this.#close() : Promise.resolve(known(null));
    return this.#closing;
  }

  async #start(node: string, images: readonly string[], signal: AbortSignal): Promise<Answer<RunningDebugPod>> {
    if (images.length === 0) return unknown('unsupported', 'no image for a debug pod is known; name one with --debug-image');
    this.#permission ??= this.#mayCreate(debugPod({node, image: images[0]!, run: this.run, lifeSeconds: this.#options.lifeSeconds}));
    const refused = await this.#permission;
    if (refused !== null) return {unknown: refused};
    const cut = await this.#cutOff(node, signal);
    if (cut !== null) return {unknown: cut};
    const failures: string[] = [];
    for (const image of images) {
      if (signal.aborted) return {unknown: interruption(signal, this.#late(node, failures))};
      this.#options.onProgress(`${node}: starting a debug pod (${image})`);
      const name = await this.#create(node, image);
      if (!isKnown(name)) return name;
      const state = await this.#settled(name.known, signal);
      if (state === 'running') return known({namespace: this.#options.namespace, pod: name.known, container: containerName});
      if (state === 'wait') return {unknown: interruption(signal, this.#late(node, failures))};
      if ('failure' in state) return {unknown: state.failure};
      failures.push(oneLine(state.imageFailure));
      await this.#delete([name.known]);
    }
    return unknown('absent', `no image for a debug pod runs on node ${node} (${failures.join('; ')}); name one with --debug-image`);
  }

  /** A kubelet that the node controller has lost sight of starts nothing. Who may not read the node finds out by waiting. */
  async #cutOff(node: string, signal: AbortSignal): Promise<Unknown | null> {
    const found = await getObject<Node>(this.#transport, 'nodes', null, node, signal);
    const ready = isKnown(found) ? found.known?.status?.conditions?.find(({type}) => type === 'Ready') : undefined;
    return ready?.status === 'Unknown' ? {why: 'lost', detail: `the kubelet of node ${node} is not heard of, and starts no debug pod`} : null;
  }

  #late(node: string, failures: readonly string[]): string {
    return `the debug pod on node ${node} did not run in time${failures.length === 0 ? '' : ` (${failures.join('; ')})`}`;
  }

  /** A server-side dry run: one refusal told once, before a pod for each node is tried. */
  async #mayCreate(pod: object): Promise<Unknown | null> {
    if (this.#closing !== undefined) return stopping;
    const reply = await this.#post(pod, {dryRun: 'All'});
    if (!isKnown(reply)) return reply.unknown;
    // a webhook that cannot do dry runs says nothing about the real request
    if (reply.known.status === 400 && /dry.?run/i.test(reply.known.body.toString('utf8'))) return null;
    return reply.known.status < 300 ? null : debugPodRefusal(reply.known, this.#options.namespace);
  }

  async #create(node: string, image: string): Promise<Answer<string>> {
    if (this.#closing !== undefined) return {unknown: stopping};
    this.#tried = true;
    // Not given the run's signal: a request that is cut off may still have created its pod, after closeAll looked.
    const request = this.#post(debugPod({node, image, run: this.run, lifeSeconds: this.#options.lifeSeconds}), {});
    this.#creating.add(request);
    const reply = await request;
    this.#creating.delete(request);
    if (!isKnown(reply)) return reply;
    if (reply.known.status >= 300) return {unknown: debugPodRefusal(reply.known, this.#options.namespace)};
    const name = parse<Pod>(reply.known.body)?.metadata?.name;
    if (name === undefined) return unknown('unparsed', 'the API server\'s answer about a new debug pod is not JSON as expected');
    this.#created.add(name);
    return known(name);
  }

  #post(pod: object, query: {readonly dryRun?: string}): ReturnType<Transport['send']> {
    return this.#transport.send({method: 'POST', path: resourcePath('pods', this.#options.namespace), query, body: pod});
  }

  /** Runs, or never will; `wait` when the signal or closeAll came first. */
  #settled(name: string, signal: AbortSignal): Promise<PodState> {
    if (signal.aborted || this.#closing !== undefined) return Promise.resolve('wait');
    return new Promise(resolve => {
      const settle = (state: PodState): void => {
        signal.removeEventListener('abort', abort);
        this.#waiting.delete(name);
        resolve(state);
      };
      const abort = (): void => settle('wait');
      signal.addEventListener('abort', abort, {once: true});
      this.#waiting.set(name, settle);
      if (!this.#polling) void this.#poll();
    });
  }

  /** One list serves all the pods that are waited for. A failing list is tried again until each of them runs out of time. */
  async #poll(): Promise<void> {
    this.#polling = true;
    const seen = new Set<string>();
    while (this.#waiting.size > 0) {
      const pods = await listObjects<Pod>(this.#transport, {resource: 'pods', namespace: this.#options.namespace, labelSelector: `${runLabel}=${this.run}`});
      for (const [name, settle] of this.#waiting) {
        if (!isKnown(pods)) {
          if (pods.unknown.why === 'forbidden') settle({failure: pods.unknown});
          continue;
        }
        const pod = pods.known.find(candidate => candidate.metadata.name === name);
        if (pod !== undefined) seen.add(name);
        const state = pod === undefined ? (seen.has(name) ? gone(name) : 'wait') : podState(pod);
        if (state !== 'wait') settle(state);
      }
      if (this.#waiting.size > 0) await pause(this.#options.pollMs);
    }
    this.#polling = false;
  }

  async #delete(names: readonly string[]): Promise<Answer<null>> {
    const result = await deletePods(this.#transport, names.map(name => ({namespace: this.#options.namespace, name})));
    if (isKnown(result)) for (const name of names) this.#created.delete(name);
    return result;
  }

  async #close(): Promise<Answer<null>> {
    await Promise.resolve(); // #closing is set before anything is looked at
    for (const settle of this.#waiting.values()) settle('wait');
    let failure: Unknown = {why: 'timeout', detail: 'they do not go away'};
    for (let attempt = 0; attempt < 4; attempt++) {
      if (attempt > 1) await pause(this.#options.pollMs * attempt);
      await Promise.allSettled(this.#creating);
      const left = await listObjects<Pod>(this.#transport, {resource: 'pods', namespace: this.#options.namespace, labelSelector: managedBy});
      const names = isKnown(left) ? left.known.filter(pod => pod.metadata.labels?.[runLabel] === this.run || isFinished(pod)).map(pod => pod.metadata.name) : [...this.#created];
      if (isKnown(left) && names.length === 0) return known(null);
      const deleted = await this.#delete(names);
      if (!isKnown(left)) failure = left.unknown;
      else if (!isKnown(deleted)) failure = deleted.unknown;
    }
    return unknown(failure.why, `debug pods may be left in namespace ${this.#options.namespace} (${runLabel}=${this.run}): ${failure.detail}`);
  }
}

const stopping: Unknown = {why: 'lost', detail: 'interrupted'};

function gone(name: string): PodState {
  return {failure: {why: 'lost', detail: `the debug pod ${name} was deleted by someone else`}};
}
