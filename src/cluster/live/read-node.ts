import {type Answer, isKnown, known, unknown} from '../answer.ts';
import type {NodeQuery, NodeReading} from '../cluster.ts';
import {parseReading, readingScript} from '../reading.ts';
import {debugImages} from './debug-pod.ts';
import type {DebugPods} from './debug-pods.ts';
import type {ExecRequest} from './exec.ts';
import {readFramed} from './read-framed.ts';
import type {Transport} from './transport.ts';

export interface NodeOptions {
  readonly via: 'auto' | 'debug-pod' | 'kube-proxy';
  readonly debugPods: boolean;
  readonly debugImage?: string;
  /** Told whole in a timeout. */
  readonly nodeTimeoutMs: number;
  /** What a node's own texts cannot contain (reading.ts). */
  readonly mark: string;
}

/** Reads a node through its kube-proxy container, or a debug pod when that is not possible. `signal` ends it in time. */
export async function readNode(transport: Transport, pods: DebugPods, options: NodeOptions, query: NodeQuery, signal: AbortSignal): Promise<Answer<NodeReading>> {
  const {node, kubeProxy} = query;
  const lacking: string[] = [];
  if (options.via !== 'debug-pod' && kubeProxy !== undefined) {
    const reading = await readThrough(transport, 'kube-proxy', kubeProxy, node, options, signal);
    if (isKnown(reading) && hasTools(reading.known)) return reading;
    if (!isKnown(reading) && (options.via === 'kube-proxy' || isFinal(reading.unknown.why))) return reading;
    lacking.push(isKnown(reading) ? `the kube-proxy container on node ${node} has neither iptables nor nft` : reading.unknown.detail);
  } else if (options.via !== 'debug-pod') lacking.push(`no kube-proxy container runs on node ${node}`);
  const sofar = lacking.map(sentence => `${sentence}, and `).join('');
  if (options.via === 'kube-proxy') return unknown('absent', `${lacking.join()}; leave out --via kube-proxy to use a debug pod`);
  if (!options.debugPods) return unknown('not-asked', `${sofar}--no-debug-pod leaves no other way to read node ${node}`);

  const pod = await pods.ensure(node, debugImages(options.debugImage, query.images), signal);
  if (!isKnown(pod)) return unknown(pod.unknown.why, `${sofar}${pod.unknown.detail}`);
  const reading = await readThrough(transport, 'debug-pod', pod.known, node, options, signal);
  void pods.release(node);
  return reading;
}

/** Against these a debug pod on the same node, or with the same credentials, does not help. */
function isFinal(why: string): boolean {
  return why === 'unauthorized' || why === 'unreachable' || why === 'timeout';
}

function hasTools(reading: NodeReading): boolean {
  return /\/?(iptables(-nft|-legacy)?-save|nft)$/m.test(reading.sections['tools']?.stdout ?? '');
}

async function readThrough(transport: Transport, via: NodeReading['via'], {namespace, pod, container}: Pick<ExecRequest, 'namespace' | 'pod' | 'container'>, node: string, options: NodeOptions, signal: AbortSignal): Promise<Answer<NodeReading>> {
  const text = await readFramed(transport, {namespace, pod, container, timeoutMs: options.nodeTimeoutMs, signal}, readingScript(options.mark), node);
  if (!isKnown(text)) return text;
  const sections = parseReading(text.known, options.mark);
  return isKnown(sections) ? known({node, via, sections: sections.known}) : sections;
}
