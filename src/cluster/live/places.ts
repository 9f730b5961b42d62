import {type Answer, isKnown, known, unknown} from '../answer.ts';
import type {PlaceReading} from '../cluster.ts';
import type {DnsAnswers, DnsAsk, DnsAsked, Place} from '../dns.ts';
import {placeText, readTry, viaProbe} from '../dns-tries.ts';
import type {Node} from '../objects.ts';
import {parsePlace, placeScript} from '../place-reading.ts';
import {debugImages} from './debug-pod.ts';
import type {DebugPods, RunningDebugPod} from './debug-pods.ts';
import {exec} from './exec.ts';
import {oneLine} from './errors.ts';
import {argumentOf, parseTries} from './probe/asking.ts';
import {type Architecture, hasProgram, installing, notInstalled} from './probe/install.ts';
import {readFramed} from './read-framed.ts';
import type {NodeOptions} from './read-node.ts';
import {getObject} from './read-objects.ts';
import type {Transport} from './transport.ts';
import {readWithoutDebugPod} from './without-debug-pod.ts';

/** Of the words that the probe is given in one exec: what any shell passes on. */
const maxArguments = 24 * 1024;
/** Reasons for which no debug pod is to be had, and other ways may be. */
const noDebugPod: ReadonlySet<string> = new Set(['not-asked', 'refused', 'forbidden', 'absent', 'unsupported']);
/** Of what the probe prints. */
const maxBytes = 64 * 1024 * 1024;

/** The way to the places of one run: a debug pod on each of their nodes, which stays until the run's end. */
export class Places {
  readonly #transport: Transport;
  readonly #pods: DebugPods;
  readonly #options: NodeOptions;
  readonly #architectures = new Map<string, Promise<Answer<Architecture>>>();

  constructor(transport: Transport, pods: DebugPods, options: NodeOptions) {
    this.#transport = transport;
    this.#pods = pods;
    this.#options = options;
  }

  /** The files at a place. `signal` ends it in time. */
  async read(place: Place, signal: AbortSignal): Promise<Answer<PlaceReading>> {
    const way = await this.#way(place, signal);
    if (!isKnown(way)) return noDebugPod.has(way.unknown.why) ? readWithoutDebugPod(this.#transport, place, this.#options.nodeTimeoutMs, signal, way.unknown) : way;
    const {mark, nodeTimeoutMs: timeoutMs} = this.#options;
    const uid = place.pod?.uid ?? null;
    const script = [installing(way.known.architecture), placeScript(mark, uid)].join('\n');
    const text = await readFramed(this.#transport, {...way.known.pod, timeoutMs, signal}, script, place.node);
    if (!isKnown(text)) return text;
    const reading = parsePlace(text.known, mark, uid);
    return isKnown(reading) || reading.unknown.why !== 'absent' ? reading : unknown('absent', `no process of ${placeText(place)} runs on node ${place.node}`);
  }

  /** The answers to all asks, in their order. */
  async ask(place: Place, asks: readonly DnsAsk[], signal: AbortSignal): Promise<DnsAnswers> {
    const prepared = asks.map(ask => ({ask, ...argumentOf(ask)}));
    const sendable = prepared.flatMap(each => ('argument' in each ? [each] : []));
    const answers = new Map<DnsAsk, Answer<DnsAsked>>();
    for (const each of prepared) if ('notSent' in each) answers.set(each.ask, known(notSent(each.ask, each.notSent)));
    if (sendable.length > 0) {
      const way = await this.#way(place, signal);
      const batches = isKnown(way) ? batched(sendable) : [sendable];
      await Promise.all(batches.map(async batch => {
        const batchAsks = batch.map(({ask}) => ask);
        const tries = isKnown(way) ? await this.#send(place, way.known, batchAsks, batch.map(({argument}) => argument), signal) : way;
        batchAsks.forEach((ask, index) => answers.set(ask, isKnown(tries) ? known({ask, via: viaProbe(place), tries: tries.known[index]!.map(raw => readTry(ask, raw))}) : tries));
      }));
    }
    return asks.map(ask => answers.get(ask)!);
  }

  async #send(place: Place, {pod, architecture}: Way, asks: readonly DnsAsk[], words: readonly string[], signal: AbortSignal): Promise<ReturnType<typeof parseTries>> {
    const script = `${installing(architecture)}\n"$P" ask ${place.pod?.uid ?? '-'} ${words.join(' ')}`;
    const answer = await exec(this.#transport, {...pod, command: ['sh'], script, timeoutMs: this.#options.nodeTimeoutMs, maxBytes, signal});
    if (!isKnown(answer)) return answer;
    const {exit, stdout, stderr} = answer.known;
    if (exit === 0) return parseTries(Buffer.from(stdout).toString('latin1'), asks);
    if (exit === 3) return unknown('absent', `no process of ${placeText(place)} runs on node ${place.node}`);
    return unknown(exit === notInstalled ? 'unsupported' : 'unparsed', oneLine(`kdiag's probe did not run in ${pod.namespace}/${pod.pod} on node ${place.node} (exit status ${exit}${stderr === '' ? '' : `: ${stderr}`})`));
  }

  async #way({node, pod, images}: Place, signal: AbortSignal): Promise<Answer<Way>> {
    const {debugPods, via, debugImage} = this.#options;
    if (!debugPods || via === 'kube-proxy') return unknown('not-asked', `${debugPods ? '--via kube-proxy' : '--no-debug-pod'} leaves no way to ask from node ${node}`);
    if (pod !== null && !/^[0-9A-Za-z-]{8,}$/.test(pod.uid)) return unknown('unparsed', `pod ${pod.namespace}/${pod.name} has no UID`);
    this.#pods.hold(node);
    const [running, architecture] = await Promise.all([this.#pods.ensure(node, debugImages(debugImage, images), signal), this.#architecture(node, signal)]);
    if (!isKnown(running)) return running;
    return isKnown(architecture) ? known({pod: running.known, architecture: architecture.known}) : architecture;
  }

  #architecture(node: string, signal: AbortSignal): Promise<Answer<Architecture>> {
    const asked = this.#architectures.get(node) ?? this.#askArchitecture(node, signal);
    this.#architectures.set(node, asked);
    return asked;
  }

  async #askArchitecture(name: string, signal: AbortSignal): Promise<Answer<Architecture>> {
    const node = await getObject<Node>(this.#transport, 'nodes', null, name, signal);
    if (!isKnown(node)) return node;
    if (node.known === null) return unknown('absent', `there is no node ${name}`);
    const architecture = node.known.status?.nodeInfo?.architecture ?? '';
    return hasProgram(architecture) ? known(architecture) : unknown('unsupported', `kdiag's probe is not made for the architecture ${JSON.stringify(architecture)} of node ${name}`);
  }
}

interface Way {
  readonly pod: RunningDebugPod;
  readonly architecture: Architecture;
}

function batched<T extends {readonly argument: string}>(all: readonly T[]): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let size = Infinity;
  for (const each of all) {
    size += each.argument.length + 1;
    if (size > maxArguments) {
      batches.push([]);
      size = each.argument.length;
    }
    batches.at(-1)!.push(each);
  }
  return batches;
}

function notSent(ask: DnsAsk, detail: string): DnsAsked {
  return {ask, via: 'kdiag', tries: Array.from({length: ask.tries}, () => ({outcome: 'not-sent', detail, micros: 0, from: null, hex: '', message: null}))};
}
