import * as http from 'node:http';
import * as https from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import type {TestContext} from 'node:test';
import {WebSocketServer, type WebSocket} from 'ws';
import type {Access} from '../../../../src/cluster/live/access.ts';
import {type Transport, openTransport} from '../../../../src/cluster/live/transport.ts';
import {authority, serverCertificate, serverKey} from './certificates.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Behaviour {
  /** Answers, or misbehaves. Left out: every path is a 404. */
  readonly answer?: (request: Received, response: http.ServerResponse) => void;
  /** What becomes of an exec; left out: the handshake is refused by `answer`. */
  readonly exec?: (socket: WebSocket, request: Received) => void;
  /** Subprotocol that the server picks; default: the first offered. */
  readonly subprotocol?: false | string;
  readonly tls?: boolean;
}

export interface FakeApiServer {
  readonly url: URL;
  readonly received: Received[];
  /** How many connections have been made so far. */
  connections(): number;
  access(more?: Partial<Access>): Access;
  transport(options?: {readonly timeoutMs?: number; readonly maxBytes?: number; readonly access?: Partial<Access>}): Promise<Transport>;
}

/** A server on a loopback port that ends, with all its connections, when the test does. */
export async function fakeApiServer(t: TestContext, behaviour: Behaviour): Promise<FakeApiServer> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const answer = behaviour.answer ?? ((_, response) => status(response, 404, 'NotFound', 'nothing here'));
  const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const got = receivedOf(request, Buffer.concat(chunks).toString());
      received.push(got);
      answer(got, response);
    });
  };
  const server = behaviour.tls === true ? https.createServer({cert: serverCertificate, key: serverKey, ca: authority, requestCert: true, rejectUnauthorized: false}, handle) : http.createServer({maxHeaderSize: 1 << 20}, handle);
  server.on(behaviour.tls === true ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  if (behaviour.exec !== undefined) {
    const {exec, subprotocol} = behaviour;
    const sockets = new WebSocketServer({noServer: true, handleProtocols: offered => subprotocol ?? [...offered][0] ?? false});
    server.on('upgrade', (request, socket, head) => {
      const got = receivedOf(request, '');
      received.push(got);
      sockets.handleUpgrade(request, socket, head, ws => {
        ws.on('error', () => {});
        if (!got.query.has('stdin')) return exec(ws, got);
        let script = '';
        ws.on('message', (data: Buffer) => {
          script += data.subarray(1).toString();
          const [, whole] = /^kdiag_script\(\) \{\n(.*)\n\}\nkdiag_script < \/dev\/null; exit \$\?\n$/s.exec(script) ?? [];
          if (whole === undefined) return;
          got.query.append('command', whole); // where tests look for it
          exec(ws, got);
        });
        return undefined;
      });
    });
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`${behaviour.tls === true ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const transports: Transport[] = [];
  t.after(() => {
    for (const transport of transports) transport.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const access = (more: Partial<Access> = {}): Access => ({context: 'test', namespace: 'default', server: url, insecure: false, ca: Buffer.from(authority), user: {name: 'tester'}, ...more});
  return {
    url,
    received,
    connections: () => connections,
    access,
    async transport(options = {}) {
      const transport = await openTransport(access(options.access), {}, options.timeoutMs ?? 5000, options.maxBytes ?? 1024 * 1024);
      transports.push(transport);
      return transport;
    },
  };
}

export function json(response: http.ServerResponse, body: unknown, code = 200, headers: http.OutgoingHttpHeaders = {}): void {
  response.writeHead(code, {'Content-Type': 'application/json', ...headers}).end(JSON.stringify(body));
}

export function status(response: http.ServerResponse, code: number, reason: string, message: string, details?: object, headers: http.OutgoingHttpHeaders = {}): void {
  json(response, {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code, ...(details && {details})}, code, headers);
}

/** A frame of the channel protocol. */
export function frame(channel: number, data: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(data as string)]);
}

export const success = frame(3, JSON.stringify({metadata: {}, status: 'Success'}));

export function exitStatus(code: number): Buffer {
  return frame(3, JSON.stringify({metadata: {}, status: 'Failure', message: `command terminated with non-zero exit code: exit status ${code}`, reason: 'NonZeroExitCode', details: {causes: [{reason: 'ExitCode', message: String(code)}]}}));
}

function receivedOf(request: http.IncomingMessage, body: string): Received {
  const url = new URL(request.url ?? '/', 'http://server');
  return {method: request.method ?? '', path: url.pathname, query: url.searchParams, headers: request.headers, rawHeaders: request.rawHeaders, body};
}
