import assert from 'node:assert/strict';
import * as http from 'node:http';
import {type AddressInfo, type Socket, connect, createServer} from 'node:net';
import {test, type TestContext} from 'node:test';
import {exec} from '../../../../src/cluster/live/exec.ts';
import {proxyFor} from '../../../../src/cluster/live/proxy.ts';
import {KdiagError} from '../../../../src/kdiag-error.ts';
import {fakeApiServer, frame, json, success} from './fake-api-server.ts';

const chosen = (server: string, environment: NodeJS.ProcessEnv, proxyUrl?: string): string | undefined => proxyFor(new URL(server), proxyUrl === undefined ? undefined : new URL(proxyUrl), environment)?.href;
const command = {namespace: 'a', pod: 'p', container: 'c', command: ['true'], timeoutMs: 5000, maxBytes: 1000};

test('the environment chooses by the server\'s scheme, in either case; proxy-url wins over it', () => {
  const environment = {HTTPS_PROXY: 'secure.test:3128', http_proxy: 'http://plain.test'};
  assert.equal(chosen('https://api.test', environment), 'http://secure.test:3128/');
  assert.equal(chosen('http://api.test', environment), 'http://plain.test/');
  assert.equal(chosen('https://api.test', {https_proxy: 'socks5://s.test:1080'}), 'socks5://s.test:1080');
  assert.equal(chosen('https://api.test', {HTTP_PROXY: 'http://plain.test'}), undefined);
  assert.equal(chosen('https://127.0.0.1', {...environment, NO_PROXY: '*'}, 'http://own.test'), 'http://own.test/');
  assert.equal(chosen('https://api.test', {}), undefined);
  assert.throws(() => chosen('https://api.test', {HTTPS_PROXY: 'ftp://x'}), (error: unknown) => error instanceof KdiagError && error.exit === 2);
});

test('this machine, and what NO_PROXY names, are reached directly', () => {
  const through = (server: string, noProxy: string): boolean => chosen(server, {HTTPS_PROXY: 'http://p.test', NO_PROXY: noProxy}) !== undefined;
  for (const [server, noProxy] of [
    ['https://localhost:6443', ''], ['https://127.0.0.9:6443', ''], ['https://[::1]:6443', ''],
    ['https://api.test', '*'], ['https://api.test', 'x, api.test'], ['https://a.api.test', 'api.test'], ['https://a.api.test', '.api.test'], ['https://a.api.test', '*.api.test'],
    ['https://API.test', 'api.TEST'], ['https://api.test:6443', 'api.test:6443'], ['https://api.test', 'api.test:443'],
    ['https://10.1.2.3', '10.0.0.0/8'], ['https://10.1.2.3', '10.1.2.3'], ['https://10.1.2.3:6443', '10.1.2.3:6443'], ['https://[fd00::1]', 'fd00::/8'], ['https://[fd00::1]', 'fd00::1'], ['https://[fd00::1]:6443', '[fd00::1]:6443'],
  ] as const) assert.equal(through(server, noProxy), false, `${server} ${noProxy}`);
  for (const [server, noProxy] of [
    ['https://api.test', ''], ['https://api.test', 'pi.test'], ['https://api.test', '.api.test'], ['https://api.test', '*.api.test'], ['https://api.test', 'api.test:6443'],
    ['https://11.1.2.3', '10.0.0.0/8'], ['https://10.1.2.3', '10.0.0.0/99'], ['https://10.1.2.3', 'fd00::/8'], ['https://10.1.2.3', '1.2.3'],
  ] as const) assert.equal(through(server, noProxy), true, `${server} ${noProxy}`);
});

/** A proxy that knows CONNECT only. */
async function connectProxy(t: TestContext, allow: (request: http.IncomingMessage) => number): Promise<{readonly url: string; readonly asked: string[]}> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = http.createServer().on('connect', (request: http.IncomingMessage, socket: Socket) => {
    asked.push(request.url ?? '');
    sockets.add(socket);
    const code = allow(request);
    if (code !== 200) return void socket.end(`HTTP/1.1 ${code} No\r\n\r\n`);
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    sockets.add(target);
    socket.pipe(target).pipe(socket);
    for (const end of [socket, target]) end.on('error', () => {});
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return {url: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked};
}

test('requests and exec go through an HTTP proxy, with its password, over few connections', async t => {
  const proxy = await connectProxy(t, request => (request.headers['proxy-authorization'] === `Basic ${btoa('me:p@ss')}` ? 200 : 407));
  const server = await fakeApiServer(t, {tls: true, answer: (_, response) => json(response, {}), exec: socket => [frame(1, 'hi'), success].forEach(part => socket.send(part))});
  const transport = await server.transport({access: {proxyUrl: new URL(`http://me:p%40ss@${proxy.url}`)}});
  for (let i = 0; i < 5; i++) assert.ok('known' in await transport.send({method: 'GET', path: '/'}));
  const answer = await exec(transport, command);
  assert.ok('known' in answer && Buffer.from(answer.known.stdout).toString() === 'hi');
  assert.ok(proxy.asked.length <= 2);
  assert.ok(proxy.asked.every(target => target === server.url.host));

  const nameless = await server.transport({access: {proxyUrl: new URL(`http://${proxy.url}`)}});
  assert.deepEqual(await nameless.send({method: 'GET', path: '/'}), {unknown: {why: 'unreachable', detail: `cannot reach the API server ${server.url.origin} through the proxy ${proxy.url}: the proxy answered HTTP 407 (it wants a name and a password)`}});
});

test('a proxy that is not there is named', async t => {
  const server = await fakeApiServer(t, {tls: true});
  const transport = await server.transport({access: {proxyUrl: new URL('http://127.0.0.1:1')}});
  assert.deepEqual(await transport.send({method: 'GET', path: '/'}), {unknown: {why: 'unreachable', detail: `cannot reach the proxy 127.0.0.1:1, through which the API server ${server.url.origin} is asked: connection refused`}});
});

test('requests and exec go through a SOCKS5 proxy, which looks the name up', async t => {
  const names: string[] = [];
  const server = await fakeApiServer(t, {tls: true, answer: (_, response) => json(response, {}), exec: socket => socket.send(success)});
  const sockets: Socket[] = [];
  const proxy = createServer(socket => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', request => {
        names.push(request.subarray(5, 5 + request[4]!).toString());
        const target = connect(Number(server.url.port), '127.0.0.1', () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          socket.pipe(target).pipe(socket);
        });
        target.on('error', () => {});
        sockets.push(target);
      });
    });
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const proxyUrl = new URL(`socks5://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  const transport = await server.transport({access: {proxyUrl, server: new URL(`https://api.kdiag.test:${server.url.port}`)}});
  for (let i = 0; i < 3; i++) assert.ok('known' in await transport.send({method: 'GET', path: '/'}));
  assert.ok('known' in await exec(transport, command));
  assert.ok(names.length <= 2 && names.every(name => name === 'api.kdiag.test'), names.join());
});
