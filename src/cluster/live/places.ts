import {type Answer, isKnown, known, unknown} from '../answer.ts';
import type {PlaceReading} from '../cluster.ts';
import type {DnsAnswers, DnsAsk, DnsTry, Place} from '../dns.ts';
import {placeText, type RawTry, readTry, viaProbe} from '../dns-tries.ts';
import type {Node} from '../objects.ts';
import {parsePlace, placeScript} from '../place-reading.ts';
import type {TcpAnswers, TcpAsk, TcpTry} from '../tcp.ts';
import {type RawTcpTry, readTcpTry} from '../tcp-tries.ts';
import {debugImages} from './debug-pod.ts';
import type {DebugPods, RunningDebugPod} from './debug-pods.ts';
import {exec} from './exec.ts';
import {oneLine} from './errors.ts';
import {argumentOf, parseTries} from './probe/asking.ts';
import {parseTcpTries, tcpArgumentOf} from './probe/asking-tcp.ts';
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
/** Of what may be answered to one exec's questions: in hexadecimal it stays below `maxBytes`, and in the probe below the pod's memory. */
const maxRoom = 24 * 1024 * 1024;

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
  askDns(place: Place, asks: readonly DnsAsk[], signal: AbortSignal): Promise<DnsAnswers> {
    return this.#ask<DnsAsk, RawTry, DnsTry>(place, asks, {
      argumentOf, parse: parseTries, read: readTry,
      notSent: detail => ({outcome: 'not-sent', detail, micros: 0, from: null, hex: '', message: null}),
    }, signal);
  }

  /** The answers to all asks, in their order. */
  askTcp(place: Place, asks: readonly TcpAsk[], signal: AbortSignal): Promise<TcpAnswers> {
    return this.#ask<TcpAsk, RawTcpTry, TcpTry>(place, asks, {
      argumentOf: tcpArgumentOf, parse: parseTcpTries, read: readTcpTry,
      notSent: detail => ({outcome: 'not-sent', detail, micros: 0, connectMicros: null, icmp: null, http: null, tls: null}),
    }, signal);
  }

  async #ask<Ask extends {readonly tries: number}, Raw, Try>(place: Place, asks: readonly Ask[], kind: Kind<Ask, Raw, Try>, signal: AbortSignal): Promise<readonly Answer<Asked<Ask, Try>>[]> {
    const prepared = asks.map(ask => ({ask, ...kind.argumentOf(ask)}));
    const sendable = prepared.flatMap(each => ('argument' in each ? [each] : []));
    const answers = new Map<Ask, Answer<Asked<Ask, Try>>>();
    for (const each of prepared) if ('notSent' in each) answers.set(each.ask, known({ask: each.ask, via: 'kdiag', tries: Array.from({length: each.ask.tries}, () => kind.notSent(each.notSent))}));
    if (sendable.length > 0) {
      const way = await this.#way(place, signal);
      const batches = isKnown(way) ? batched(sendable) : [sendable];
      await Promise.all(batches.map(async batch => {
        const batchAsks = batch.map(({ask}) => ask);
        const text = isKnown(way) ? await this.#send(place, way.known, batch.map(({argument}) => argument), signal) : way;
        const tries = isKnown(text) ? kind.parse(text.known, batchAsks) : text;
        batchAsks.forEach((ask, index) => answers.set(ask, isKnown(tries) ? known({ask, via: viaProbe(place), tries: tries.known[index]!.map(raw => kind.read(ask, raw))}) : tries));
      }));
    }
    return asks.map(ask => answers.get(ask)!);
  }

  /** What the probe said. */
  async #send(place: Place, {pod, architecture}: Way, words: readonly string[], signal: AbortSignal): Promise<Answer<string>> {
    const script = `${installing(architecture)}\n"$P" ask ${place.pod?.uid ?? '-'} ${words.join(' ')}`;
    const answer = await exec(this.#transport, {...pod, command: ['sh'], script, timeoutMs: this.#options.nodeTimeoutMs, maxBytes, signal});
    if (!isKnown(answer)) return answer;
    const {exit, stdout, stderr} = answer.known;
    if (exit === 0) return known(Buffer.from(stdout).toString('latin1'));
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

interface Asked<Ask, Try> {
  readonly ask: Ask;
  readonly via: string;
  readonly tries: readonly Try[];
}

/** How a kind of question is put to the probe, and its answer read. */
interface Kind<Ask, Raw, Try> {
  readonly argumentOf: (ask: Ask) => Argument | {readonly notSent: string};
  readonly parse: (text: string, asks: readonly Ask[]) => Answer<readonly (readonly Raw[])[]>;
  readonly read: (ask: Ask, raw: Raw) => Try;
  readonly notSent: (detail: string) => Try;
}

interface Argument {
  readonly argument: string;
  /** Bytes that may be answered, of all tries; absent: few. */
  readonly room?: number;
}

function batched<T extends Argument>(all: readonly T[]): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let [size, room] = [Infinity, 0];
  for (const each of all) {
    size += each.argument.length + 1;
    room += each.room ?? 0;
    if (size > maxArguments || room > maxRoom) {
      batches.push([]);
      [size, room] = [each.argument.length, each.room ?? 0];
    }
    batches.at(-1)!.push(each);
  }
  return batches;
}
