/**
 * One process in each network namespace: sends what it is told to, and answers what comes. Orders come on stdin and reports go to
 * stdout, one JSON document a line. A connection's first bytes are its number, so that who got it can be told from who sent it.
 */
import {createSocket, type Socket} from 'node:dgram';
import {readFileSync} from 'node:fs';
import {connect, createServer, type Socket as Stream} from 'node:net';
import {createInterface} from 'node:readline';
import {opened, type Pair, translations} from './sockets.ts';

export interface Shot {
  readonly id: number;
  readonly protocol: 'tcp' | 'udp';
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly port: number;
}

export type Order =
  | {readonly serve: {readonly addresses: readonly string[]; readonly ports: readonly number[]}}
  | {readonly send: readonly Shot[]}
  | {readonly barrier: number}
  /** Which TCP connections are here, finished or not. */
  | {readonly look: number}
  | {readonly forget: true};

export type Report =
  | {readonly ready: true}
  | {readonly got: number; readonly protocol: string; readonly at: string; readonly port: number; readonly from: string}
  | {readonly failed: number; readonly code: string}
  | {readonly passed: number}
  | {readonly looked: number; readonly opened: readonly Pair[]; readonly translations: readonly (readonly [Pair, Pair])[]};

const typeOf = (address: string): 'udp4' | 'udp6' => (address.includes(':') ? 'udp6' : 'udp4');
const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '');
const say = (report: Report): void => void process.stdout.write(`${JSON.stringify(report)}\n`);
let open: (Socket | Stream)[] = [];

function datagramSocket(address: string, port: number, ready: (socket: Socket) => void): Socket {
  const type = typeOf(address);
  const socket = createSocket({type, ipv6Only: type === 'udp6', lookup: (host, _, done) => done(null, host, type === 'udp4' ? 4 : 6)});
  socket.bind({address, port}, () => ready(socket));
  return socket;
}

async function serve({addresses, ports}: {readonly addresses: readonly string[]; readonly ports: readonly number[]}): Promise<void> {
  const streams = ports.map(port => new Promise<void>(resolve => {
    createServer(stream => {
      stream.on('error', () => {});
      const [at, from] = [plain(stream.localAddress), plain(stream.remoteAddress)];
      stream.once('data', data => {
        if (from !== '') say({got: Number(data.toString()), protocol: 'tcp', at, port, from}); // else its peer has hung up by now
        stream.resetAndDestroy();
      });
    }).listen({port, host: '::', backlog: 4096}, resolve);
  }));
  const datagrams = addresses.flatMap(address => ports.map(port => new Promise<void>(resolve => {
    datagramSocket(address, port, () => resolve()).on('message', (data, {address: from}) => say({got: Number(data.toString()), protocol: 'udp', at: address, port, from: plain(from)}));
  })));
  await Promise.all([...streams, ...datagrams]);
  say({ready: true});
}

function send({id, protocol, source, sourcePort, destination, port}: Shot): void {
  const failed = (error: NodeJS.ErrnoException): void => say({failed: id, code: error.code ?? error.message});
  if (protocol === 'tcp') {
    const stream = connect({host: destination, port, localAddress: source, localPort: sourcePort}, () => stream.write(String(id)));
    // A reset after the connection stood is how the receiver hangs up.
    stream.on('error', error => { if (stream.bytesWritten === 0) failed(error); });
    // before its SYN is sent again, which would draw again
    setTimeout(() => setImmediate(() => { if (stream.connecting) stream.resetAndDestroy(); }), 800).unref(); // what has come by now is heard first
    open.push(stream);
    return;
  }
  const socket = datagramSocket(source, sourcePort, own => {
    own.on('error', failed);
    own.connect(port, destination, () => own.send(String(id), error => { if (error !== null) failed(error); }));
  });
  open.push(socket);
}

/** All that has come in by now is reported first: events of two rounds of the loop. */
function barrier(n: number): void {
  setImmediate(() => setImmediate(() => setImmediate(() => say({passed: n}))));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // no rule has asked for connections yet
  }
}

function look(n: number): void {
  say({looked: n, opened: ['tcp', 'tcp6'].flatMap(name => opened(textOf(`/proc/self/net/${name}`))), translations: translations(textOf('/proc/self/net/nf_conntrack'))});
}

function forget(): void {
  for (const each of open) {
    if ('resetAndDestroy' in each) each.resetAndDestroy();
    else try { each.close(); } catch { /* closed by its error */ }
  }
  open = [];
}

createInterface({input: process.stdin}).on('line', line => {
  const order = JSON.parse(line) as Order;
  if ('serve' in order) void serve(order.serve);
  else if ('send' in order) order.send.forEach(send);
  else if ('barrier' in order) barrier(order.barrier);
  else if ('look' in order) look(order.look);
  else forget();
}).on('close', () => process.exit(0));
