import {randomBytes} from 'node:crypto';
import {type Answer, isKnown, known, unknown} from '../answer.ts';
import type {Cluster} from '../cluster.ts';
import {resourcePath} from '../resources.ts';
import {DebugPods} from './debug-pods.ts';
import {cleanup} from './delete-pods.ts';
import {interruption, refusal} from './errors.ts';
import {gate} from './gate.ts';
import {findAccess} from './kubeconfig.ts';
import {Places} from './places.ts';
import {getObject, listObjects, parse} from './read-objects.ts';
import {readNode} from './read-node.ts';
import {openTransport} from './transport.ts';

export interface LiveOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Milliseconds for each request. */
  readonly requestTimeoutMs: number;
  /** Milliseconds for the whole reading of a node, from the moment that its turn comes. */
  readonly nodeTimeoutMs: number;
  /** Nodes read at once. */
  readonly concurrency: number;
  readonly via: 'auto' | 'debug-pod' | 'kube-proxy';
  readonly debugPods: boolean;
  /** Whether packets of kdiag's own may be sent; they may unless it says false. */
  readonly probes?: boolean;
  readonly debugImage?: string;
  readonly debugNamespace: string;
  /** On clusters of so many nodes one short-lived DaemonSet stands for a debug pod on each node; absent: never. */
  readonly daemonSetFrom?: number;
  readonly onProgress?: (text: string) => void;
  /** Aborted: whatever is pending settles at once as `lost`; close() still has to be called. */
  readonly signal?: AbortSignal;
}

export interface LiveCluster extends Cluster {
  /** The context's namespace. */
  readonly namespace: string;
  /** The API server's address. */
  readonly server: string;
  /** Deletes every debug pod of any run, also of one under way: in the debug namespace, or everywhere. Gives `namespace/name`. */
  cleanup(allNamespaces: boolean): Promise<Answer<readonly string[]>>;
}

const maxAnswerBytes = 256 * 1024 * 1024;
const maxLogBytes = 4 * 1024 * 1024;
/** Longer than any reading, so that no debug pod ends under one; short enough that what is left behind does not stay. */
const podLife = (nodeTimeoutMs: number): number => Math.max(300, Math.ceil(nodeTimeoutMs / 1000) + 60);

/** Throws KdiagError when the configuration is wrong or missing. Asks the server nothing yet. */
export async function openLive(options: LiveOptions): Promise<LiveCluster> {
  const {signal} = options;
  const access = await findAccess(options, process.env);
  const transport = await openTransport(access, process.env, options.requestTimeoutMs, maxAnswerBytes);
  const onProgress = options.onProgress ?? (() => {});
  const pods = new DebugPods(transport, {namespace: options.debugNamespace, lifeSeconds: podLife(options.nodeTimeoutMs), pollMs: 100, daemonSetFrom: options.daemonSetFrom ?? null, onProgress});
  const mark = `kdiag-${randomBytes(12).toString('hex')}`;
  const turn = gate(options.concurrency);
  const nodeOptions = {...options, mark};
  const places = new Places(transport, pods, nodeOptions);
  /** Waits for a turn, and then no longer than a node may take. */
  const inTime = <T>(task: (until: AbortSignal) => Promise<Answer<T>>): Promise<Answer<T>> => turn(async () => {
    if (signal?.aborted === true) return {unknown: interruption(signal, '')};
    const deadline = AbortSignal.timeout(options.nodeTimeoutMs);
    return task(signal === undefined ? deadline : AbortSignal.any([signal, deadline]));
  });
  let closing: Promise<void> | undefined;

  return {
    now: new Date(),
    source: {kind: 'live', context: access.context},
    namespace: access.namespace,
    server: transport.server,
    async version() {
      const reply = await transport.send({method: 'GET', path: '/version', signal});
      if (!isKnown(reply)) return reply;
      if (reply.known.status !== 200) return {unknown: refusal(reply.known.status, reply.known.body)};
      const version = parse<{gitVersion?: unknown}>(reply.known.body)?.gitVersion;
      return typeof version === 'string' ? known(version) : unknown('unparsed', `${transport.server} does not answer like a Kubernetes API server`);
    },
    get: (resource, namespace, name) => getObject(transport, resource, namespace, name, signal),
    list: query => listObjects(transport, query, signal),
    async log({namespace, pod, container, previous, lines}) {
      const query = {container, tailLines: lines, previous, limitBytes: maxLogBytes};
      const reply = await transport.send({method: 'GET', path: `${resourcePath('pods', namespace, pod)}/log`, query, signal});
      if (!isKnown(reply)) return reply;
      return reply.known.status === 200 ? known(reply.known.body.toString('utf8')) : {unknown: refusal(reply.known.status, reply.known.body)};
    },
    readNode: query => inTime(until => readNode(transport, pods, nodeOptions, query, until)),
    readPlace: place => inTime(until => places.read(place, until)),
    async askDns(place, asks) {
      if (asks.length === 0) return [];
      if (options.probes === false) return asks.map(() => unknown('not-asked', '--no-probe leaves it unasked'));
      const answers = await inTime(async until => known(await places.askDns(place, asks, until)));
      return isKnown(answers) ? answers.known : asks.map(() => answers);
    },
    async askTcp(place, asks) {
      if (asks.length === 0) return [];
      if (options.probes === false) return asks.map(() => unknown('not-asked', '--no-probe leaves it unasked'));
      const answers = await inTime(async until => known(await places.askTcp(place, asks, until)));
      return isKnown(answers) ? answers.known : asks.map(() => answers);
    },
    cleanup: allNamespaces => cleanup(transport, allNamespaces ? null : options.debugNamespace),
    close() {
      closing ??= pods.closeAll().then(left => {
        if (!isKnown(left)) onProgress(left.unknown.detail);
        transport.close();
      });
      return closing;
    },
  };
}
