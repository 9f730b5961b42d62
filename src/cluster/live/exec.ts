import type {IncomingMessage} from 'node:http';
import {type Answer, type Unknown, isKnown, known, unknown} from '../answer.ts';
import {connectionFailure, interruption, oneLine, refusal} from './errors.ts';
import {readExit} from './exec-status.ts';
import {receive} from './reply.ts';
import type {Transport, Way} from './transport.ts';

export interface ExecRequest {
  readonly namespace: string;
  readonly pod: string;
  /** Empty: the pod's default container. */
  readonly container: string;
  readonly command: readonly string[];
  /** Shell that the command reads from its stdin: with `command` `sh`, as long as need be, while a command's own words are a part of the URL. */
  readonly script?: string;
  /** For everything, from the connection to the exit status. */
  readonly timeoutMs: number;
  /** Of stdout; over it the answer is `truncated` and the connection is cut. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ExecResult {
  readonly exit: number;
  readonly stdout: Uint8Array;
  /** The first 64 KiB. */
  readonly stderr: string;
}

/** KEP-4006; v5 differs from v4 only by a CLOSE frame, which a client that sends nothing does not need. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const channels = {stdin: 0, stdout: 1, stderr: 2, status: 3} as const;
const maxStderr = 64 * 1024;
/** Bytes of stdin in one frame: kubelets read 32 KiB at a time. */
const mostOfFrame = 16 * 1024;

/**
 * Runs a command in a container, without a terminal. Settles once and never throws: known only when the exit status arrived.
 * Cutting the connection does not end the command on the node: a command must end by itself.
 * Needs the right to `get` pods/exec (a websocket begins as a GET), from v1.35 on `create` as well.
 */
export async function exec(transport: Transport, request: ExecRequest): Promise<Answer<ExecResult>> {
  const {namespace, pod, container, command} = request;
  if (request.signal?.aborted === true) return {unknown: interruption(request.signal, late(request))};
  const [{WebSocket}, way] = await Promise.all([import('ws'), transport.way(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`, {...(container === '' ? {} : {container}), ...(request.script === undefined ? {} : {stdin: true}), stdout: true, stderr: true}, request.signal)]);
  if (!isKnown(way)) return way;
  const {url, agent, headers, tls}: Way = way.known;
  for (const word of command) url.searchParams.append('command', word);
  url.protocol = url.protocol.replace('http', 'ws');

  return new Promise(resolve => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const size = {stdout: 0, stderr: 0};
    const options = {...tls, agent, headers: {...(headers as Record<string, string>), 'User-Agent': 'kdiag'}, perMessageDeflate: false, maxPayload: request.maxBytes + 1};
    let socket: InstanceType<typeof WebSocket>;
    try {
      socket = new WebSocket(url, protocols, options);
    } catch (error) {
      resolve({unknown: connectionFailure(error, transport.server)});
      return;
    }
    const settle = (answer: Answer<ExecResult>): void => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', abort);
      resolve(answer);
      socket.terminate();
    };
    const abort = (): void => settle({unknown: interruption(request.signal!, late(request))});
    const timer = setTimeout(() => settle(unknown('timeout', late(request))), request.timeoutMs);
    request.signal?.addEventListener('abort', abort, {once: true});

    const take = (channel: number, data: Buffer): void => {
      if (channel === channels.stdout) {
        size.stdout += data.length;
        if (size.stdout > request.maxBytes) settle(unknown('truncated', `the answer of ${where(request)} is larger than ${Math.floor(request.maxBytes / 1024 / 1024)} MiB`));
        else stdout.push(data);
      } else if (channel === channels.stderr && size.stderr < maxStderr) {
        stderr.push(data.subarray(0, maxStderr - size.stderr));
        size.stderr += data.length;
      } else if (channel === channels.status) {
        const exit = readExit(data, where(request));
        settle(isKnown(exit) ? known({exit: exit.known, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8')}) : exit);
      } // any other channel, also v5's CLOSE (255), says nothing that is needed
    };
    socket.on('open', () => {
      for (const part of partsOf(request.script)) socket.send(part);
    });
    socket.on('message', (data: Buffer) => {
      if (data.length > 0) take(data[0]!, data.subarray(1));
    });
    socket.on('unexpected-response', (handshake, response: IncomingMessage) => {
      void receive(response, maxStderr, transport.server).then(reply => {
        settle({unknown: isKnown(reply) ? refused(reply.known.status, reply.known.body, request) : reply.unknown});
        handshake.destroy();
      });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') settle(unknown('truncated', `the answer of ${where(request)} is too large`));
      else if (error.code?.startsWith('WS_ERR_') === true) settle(unknown('lost', oneLine(`the answer of ${where(request)} is no websocket stream: ${error.message}`)));
      else if (/subprotocol|Sec-WebSocket|Invalid Upgrade/.test(error.message)) settle(unknown('unsupported', `the API server ${transport.server} does not run commands over a websocket (Kubernetes before v1.30, or a proxy in between)`));
      else settle({unknown: connectionFailure(error, transport.server)});
    });
    socket.on('close', () => settle(unknown('lost', `the connection to ${where(request)} ended before the command did`)));
  });
}

/**
 * A script as frames of stdin. It is read to its end before any of it runs, and nothing that it starts can read on; it ends by `exit`,
 * since stdin cannot be closed in v4.channel.k8s.io.
 */
function partsOf(script: string | undefined): Buffer[] {
  if (script === undefined) return [];
  const bytes = Buffer.from(`kdiag_script() {\n${script}\n}\nkdiag_script < /dev/null; exit $?\n`);
  return Array.from({length: Math.ceil(bytes.length / mostOfFrame)}, (_, i) => Buffer.concat([Buffer.of(channels.stdin), bytes.subarray(i * mostOfFrame, (i + 1) * mostOfFrame)]));
}

function refused(status: number, body: Buffer, {namespace}: ExecRequest): Unknown {
  if (status < 400) return {why: 'unsupported', detail: `the API server, or a proxy before it, answered HTTP ${status} instead of opening a websocket`};
  // a script travels in the URL: Go's servers take a megabyte, nginx 8 KiB unless told otherwise
  if (status === 414 || status === 431) return {why: 'unsupported', detail: `a proxy before the API server does not take a request of this length (HTTP ${status}): let kdiag reach the API server itself`};
  const {why, detail} = refusal(status, body);
  // v1.36 says nothing more when `get` is granted and `create` is not
  return {why, detail: /is forbidden:?$/.test(detail) ? `the right to create pods/exec in namespace ${namespace} is lacking` : detail};
}

function where({namespace, pod, container}: ExecRequest): string {
  return `${namespace}/${pod} (${container})`;
}

function late(request: ExecRequest): string {
  return `${where(request)} did not answer within ${request.timeoutMs / 1000} s`;
}
