import {randomBytes} from 'node:crypto';
import {type Answer, type Unknown, isKnown, known, unknown} from '../answer.ts';
import type {Node, Pod} from '../objects.ts';
import {resourcePath} from '../resources.ts';
import {pause, unlessAborted} from './abort.ts';
import {isCollectorOn, standing} from './debug-daemon-set.ts';
import {containerName, debugPod, managedBy, podState, runLabel} from './debug-pod.ts';
import {DebugPodWatch} from './debug-pod-watch.ts';
import {debugPodRefusal} from './debug-pod-refusal.ts';
import {deletePods, isFinished} from './delete-pods.ts';
import {interruption, oneLine} from './errors.ts';
import {getObject, listObjects, parse} from './read-objects.ts';
import {RunCollector} from './run-collector.ts';
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
  /** On clusters of so many nodes one DaemonSet stands for them; null: never. */
  readonly daemonSetFrom: number | null;
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
  readonly #watch: DebugPodWatch;
  readonly #collector: RunCollector;
  #tried = false;
  #permission: Promise<Unknown | null> | undefined;
  #collecting: Promise<boolean> | undefined;
  #standing: Promise<ReadonlyMap<string, RunningDebugPod>> | undefined;
  #closing: Promise<Answer<null>> | undefined;

  constructor(transport: Transport, options: DebugPodOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#watch = new DebugPodWatch(transport, {...options, run: this.run});
    this.#collector = new RunCollector(transport, {...options, run: this.run});
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
    if (this.#held.has(node) || pod === undefined || !isKnown(pod) || !this.#created.has(pod.known.pod)) return;
    this.#byNode.delete(node);
    await this.#delete([pod.known.pod]);
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
    if (this.#closing !== undefined) return {unknown: stopping};
    const there = (await (this.#standing ??= this.#findStanding())).get(node);
    if (there !== undefined) return known(there);
    if (images.length === 0) return unknown('unsupported', 'no image for a debug pod is known; name one with --debug-image');
    this.#permission ??= this.#mayCreate(debugPod({node, image: images[0]!, run: this.run, lifeSeconds: this.#options.lifeSeconds}));
    const refused = await this.#permission;
    if (refused !== null) return {unknown: refused};
    const cut = await this.#cutOff(node, signal);
    if (cut !== null) return {unknown: cut};
    if (await (this.#collecting ??= this.#collect(images[0]!))) {
      const {state, pod} = await this.#watch.settled(isCollectorOn(node), signal);
      if (state === 'running' && pod !== null) return known({namespace: this.#options.namespace, pod, container: containerName});
      if (state === 'wait') return {unknown: interruption(signal, this.#late(node, []))};
    }
    const failures: string[] = [];
    for (const image of images) {
      if (signal.aborted) return {unknown: interruption(signal, this.#late(node, failures))};
      this.#options.onProgress(`${node}: starting a debug pod (${image})`);
      const name = await this.#create(node, image);
      if (!isKnown(name)) return name;
      const {state} = await this.#watch.settled(({metadata}) => metadata.name === name.known, signal);
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

  /** The pods of a DaemonSet of kdiag's that stays, by node; none: there is no such DaemonSet, or it may not be looked for. */
  async #findStanding(): Promise<ReadonlyMap<string, RunningDebugPod>> {
    const {namespace} = this.#options;
    const pods = await listObjects<Pod>(this.#transport, {resource: 'pods', namespace, labelSelector: standing});
    return new Map((isKnown(pods) ? pods.known : []).filter(pod => podState(pod) === 'running').map(pod => [pod.spec.nodeName ?? '', {namespace, pod: pod.metadata.name, container: containerName}]));
  }

  /** Whether one DaemonSet stands for a pod on each node: on clusters of that many nodes, if it may be created. */
  async #collect(image: string): Promise<boolean> {
    const {daemonSetFrom, onProgress} = this.#options;
    if (daemonSetFrom === null || this.#closing !== undefined || await nodesIn(this.#transport) < daemonSetFrom) return false;
    this.#tried = true;
    onProgress(`starting a debug pod on every node (${image})`);
    const refused = await this.#collector.create(image);
    if (refused !== null) onProgress(`no DaemonSet, so a pod for each node: ${refused.detail}`);
    return refused === null;
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

  async #delete(names: readonly string[]): Promise<Answer<null>> {
    const result = await deletePods(this.#transport, names.map(name => ({namespace: this.#options.namespace, name})));
    if (isKnown(result)) for (const name of names) this.#created.delete(name);
    return result;
  }

  async #close(): Promise<Answer<null>> {
    await Promise.resolve(); // #closing is set before anything is looked at
    this.#watch.stop();
    let failure: Unknown = {why: 'timeout', detail: 'they do not go away'};
    for (let attempt = 0; attempt < 4; attempt++) {
      if (attempt > 1) await pause(this.#options.pollMs * attempt);
      await Promise.allSettled(this.#creating);
      const removed = await this.#collector.remove(); // first, for it would make its pods anew
      const left = await listObjects<Pod>(this.#transport, {resource: 'pods', namespace: this.#options.namespace, labelSelector: managedBy});
      const names = isKnown(left) ? left.known.filter(pod => pod.metadata.labels?.[runLabel] === this.run || isFinished(pod)).map(pod => pod.metadata.name) : [...this.#created];
      if (isKnown(removed) && isKnown(left) && names.length === 0) return known(null);
      const deleted = await this.#delete(names);
      if (!isKnown(removed)) failure = removed.unknown;
      else if (!isKnown(left)) failure = left.unknown;
      else if (!isKnown(deleted)) failure = deleted.unknown;
    }
    return unknown(failure.why, `debug pods may be left in namespace ${this.#options.namespace} (${runLabel}=${this.run}): ${failure.detail}`);
  }
}

const stopping: Unknown = {why: 'lost', detail: 'interrupted'};

/** How many nodes the cluster has, from one page of one: 0 if that is not told. */
async function nodesIn(transport: Transport): Promise<number> {
  const reply = await transport.send({method: 'GET', path: resourcePath('nodes', null), query: {limit: 1}});
  const page = isKnown(reply) && reply.known.status === 200 ? parse<{metadata?: {remainingItemCount?: number}; items?: readonly unknown[]}>(reply.known.body) : null;
  return (page?.items?.length ?? 0) + (page?.metadata?.remainingItemCount ?? 0);
}
