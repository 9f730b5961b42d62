import assert from 'node:assert/strict';
import {execFile, execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {createServer as createHttpServer} from 'node:http';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {describe, test, type TestContext} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {createServer as createTlsServer, type TlsOptions} from 'node:tls';
import {promisify} from 'node:util';
import {isKnown, unknown} from '../../../../../src/cluster/answer.ts';
import {parseTcpTries, tcpArgumentOf} from '../../../../../src/cluster/live/probe/asking-tcp.ts';
import {readTcpTry} from '../../../../../src/cluster/tcp-tries.ts';
import type {TcpAsk, TcpTry, TcpWhat} from '../../../../../src/cluster/tcp.ts';
import {authority, serverCertificate, serverKey} from '../certificates.ts';
import {has, subjects} from './programs.ts';

const connect: TcpWhat = {kind: 'connect', payload: 0};
const http: TcpWhat = {kind: 'http', host: 'kdiag.test', path: '/healthz', most: 100_000};
const tls: TcpWhat = {kind: 'tls', serverName: 'api.kdiag.test'};
const ask = (port: number, what: TcpWhat, more: Partial<TcpAsk> = {}): TcpAsk => ({address: '127.0.0.1', port, tries: 1, timeoutMs: 10_000, what, ...more});

async function listening(t: TestContext, server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => { open.add(socket); socket.on('error', () => {}).on('close', () => open.delete(socket)); });
  t.after(() => { server.close(); for (const socket of open) socket.destroy(); });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const tcp = (t: TestContext, answer: (socket: Socket) => void): Promise<number> => listening(t, createServer({allowHalfOpen: true}, answer));
const tlsServer = (t: TestContext, options: TlsOptions): Promise<number> => listening(t, createTlsServer({key: serverKey, cert: serverCertificate + authority, ...options}).on('tlsClientError', () => {}));

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const namespaces = process.getuid?.() !== 0 ? 'network namespaces need root' : ['unshare', 'ip', 'iptables'].every(has) ? !canUnshare() && 'no network namespace can be made' : 'there is no unshare, ip or iptables';
function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['-n', 'iptables', '-S'], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
}

for (const subject of subjects()) describe(subject.name, {skip: 'skip' in subject ? subject.skip : false}, () => {
  const command = 'command' in subject ? subject.command : [];
  async function run(...asks: readonly TcpAsk[]): Promise<readonly (readonly TcpTry[])[]> {
    const [program = '', ...more] = command;
    const words = asks.map(each => { const word = tcpArgumentOf(each); return 'argument' in word ? word.argument : assert.fail(word.notSent); });
    const {stdout} = await promisify(execFile)(program, [...more, 'ask', '-', ...words], {maxBuffer: 1e8});
    const tries = parseTcpTries(stdout, asks);
    return isKnown(tries) ? tries.known.map((raws, index) => raws.map(raw => readTcpTry(asks[index]!, raw))) : assert.fail(tries.unknown.detail);
  }

  test('a connection: connected, refused; each try has a source port of its own, and the time is told', async t => {
    const ports = new Set<number | undefined>();
    const port = await tcp(t, socket => ports.add(socket.remotePort));
    const [open = [], refused = []] = await run(ask(port, connect, {tries: 3}), ask(await freePort(), connect));
    assert.deepEqual(open.map(({outcome, detail}) => [outcome, detail]), Array.from({length: 3}, () => ['connected', null]));
    for (let i = 0; i < 100 && ports.size < 3; i++) await pause(20); // a connection stands before its server's program hears of it
    assert.deepEqual([ports.size, refused.map(({outcome, detail, connectMicros}) => [outcome, detail, connectMicros])], [3, [['refused', 'ECONNREFUSED', null]]]);
    for (const {connectMicros, micros} of open) assert.ok(connectMicros !== null && connectMicros <= micros && micros < 10_000_000, `${connectMicros} ${micros}`);
  });

  test('a payload is sent whole, and connected means that it arrived', async t => {
    let got = 0;
    const [reads, idle] = await Promise.all([tcp(t, socket => socket.on('data', data => { got += data.length; })), tcp(t, socket => socket.pause())]);
    const tries = (await run(ask(reads, {kind: 'connect', payload: 60_000}), ask(idle, {kind: 'connect', payload: 1400}))).flat();
    assert.deepEqual(tries.map(({outcome}) => outcome), ['connected', 'connected']); // the kernel acknowledges, whether or not the program reads
    await pause(50);
    assert.equal(got, 60_000);
  });

  test('HTTP: status, type and body; by length, in chunks, until the end', async t => {
    const seen: string[] = [];
    const server = createHttpServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.host}`);
      if (request.url === '/chunks') { response.writeHead(503, {'content-type': 'text/plain; version=0.0.4'}); response.write('sync '); response.end('late'); }
      else response.end('{"lastUpdated": "now"}');
    });
    const port = await listening(t, server);
    const until = await tcp(t, socket => socket.once('data', () => socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n')));
    const [length, chunks, end] = (await run(ask(port, http), ask(port, {...http, path: '/chunks'}), ask(until, http))).flat();
    assert.deepEqual([length?.outcome, length?.http], ['answered', {status: 200, contentType: null, body: '{"lastUpdated": "now"}', truncated: false}]);
    assert.deepEqual(chunks?.http, {status: 503, contentType: 'text/plain; version=0.0.4', body: 'sync late', truncated: false});
    assert.deepEqual(end?.http, {status: 400, contentType: null, body: 'Client sent an HTTP request to an HTTPS server.\n', truncated: false});
    assert.deepEqual(seen.sort(), ['GET /chunks kdiag.test', 'GET /healthz kdiag.test']);
  });

  test('HTTP: a long body is cut where it was to be, and says so; half a megabyte comes whole', async t => {
    const text = 'metric 1\n'.repeat(60_000);
    const port = await listening(t, createHttpServer((_, response) => response.end(text)));
    const [cut, whole] = (await run(ask(port, {...http, most: 1000}), ask(port, {...http, most: 1_000_000}))).flat();
    assert.ok(cut?.outcome === 'answered' && cut.http?.truncated === true && text.startsWith(cut.http.body) && cut.http.body.length > 500);
    assert.deepEqual([whole?.outcome, whole?.http?.body === text, whole?.http?.truncated], ['answered', true, false]);
  });

  test('HTTP: silent, closing, cut off, resetting, garbage, TLS: each is told apart, and from no connection', async t => {
    const ports = await Promise.all([
      tcp(t, () => {}), tcp(t, socket => socket.once('data', () => socket.end())), tcp(t, socket => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'))),
      tcp(t, socket => socket.once('data', () => socket.resetAndDestroy())), tcp(t, socket => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.9\r\n'))), tcp(t, socket => socket.once('data', () => socket.end(Buffer.from('15030100020246', 'hex')))),
      tcp(t, socket => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'))),
    ]);
    const tries = (await run(...ports.map(port => ask(port, http, {timeoutMs: 400})))).flat();
    assert.deepEqual(tries.map(({outcome, detail, http: said}) => [outcome, detail, said?.body ?? null]), [
      ['timed-out', null, null], ['closed', 'the connection ended without an answer', null], ['closed', 'the connection ended before the answer was whole', 'abc'], ['reset', 'ECONNRESET', null],
      ['malformed', 'it does not speak HTTP; it said SSH-2.0-OpenSSH_9.9', null], ['malformed', 'it speaks TLS, not plain HTTP', null], ['answered', null, 'abc'],
    ]);
    for (const {connectMicros} of tries) assert.notEqual(connectMicros, null);
  });

  test('TLS 1.2: the chain in clear text, with what certificates say', async t => {
    const names: (string | false | null)[] = [];
    const port = await tlsServer(t, {maxVersion: 'TLSv1.2', SNICallback: (name, done) => { names.push(name); done(null); }});
    const [named, unnamed] = (await run(ask(port, tls), ask(port, {kind: 'tls', serverName: null}))).flat();
    assert.deepEqual([named?.outcome, named?.detail, named?.tls?.version, named?.tls?.alert, names], ['answered', null, 'TLS 1.2', null, ['api.kdiag.test']]);
    assert.deepEqual(unnamed?.tls, named?.tls);
    const [server, issuer] = named?.tls?.chain ?? [];
    assert.deepEqual(server, {
      subject: 'CN=kdiag-test-server', issuer: 'CN=kdiag test authority', sans: {dns: ['api.kdiag.test'], ip: ['127.0.0.1']}, notBefore: '2026-11-21T13:15:21.000Z', notAfter: '2126-10-28T13:15:21.000Z',
      sha256: server?.sha256, selfSigned: false, keyId: '1089e6fe744ff50094a5ddf0fb56fbaa74312b71', issuerKeyId: issuer?.keyId,
    });
    assert.deepEqual([issuer?.selfSigned, issuer?.subject, issuer?.keyId], [true, 'CN=kdiag test authority', '72b73903b23183304e25c0f2b7f5db18c468d18a']);
    assert.match(server?.sha256 ?? '', /^[0-9a-f]{64}$/);
  });

  test('TLS 1.3 alone, or no cipher in common: an alert is an answer', async t => {
    const [newer, other] = await Promise.all([tlsServer(t, {minVersion: 'TLSv1.3'}), tlsServer(t, {maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA'})]);
    const [modern, unlike] = (await run(ask(newer, tls), ask(other, tls))).flat();
    assert.deepEqual([modern?.outcome, modern?.tls], ['answered', {version: null, chain: [], alert: 'protocol_version (70)'}]);
    assert.match(modern?.detail ?? '', /TLS 1\.3, which encrypts certificates: openssl s_client/);
    assert.deepEqual([unlike?.outcome, unlike?.tls], ['answered', {version: null, chain: [], alert: 'handshake_failure (40)'}]); // an ECDSA key has no suite with RSA's key exchange
    assert.match(unlike?.detail ?? '', /no cipher suite/);
  });

  test('TLS: silent, closing, resetting, plain HTTP, garbage, slow, cut off', async t => {
    const whole = await flight(t);
    const slow = (socket: Socket): void => { for (let at = 0; at < whole.length; at += 300) setTimeout(() => socket.write(whole.subarray(at, at + 300)), at / 10); };
    const ports = await Promise.all([
      tcp(t, () => {}), tcp(t, socket => socket.once('data', () => socket.end())), tcp(t, socket => socket.once('data', () => socket.resetAndDestroy())),
      listening(t, createHttpServer()), tcp(t, socket => socket.once('data', () => socket.end(Buffer.from('00ff00ff', 'hex')))), tcp(t, socket => socket.once('data', () => slow(socket))),
      tcp(t, socket => socket.once('data', () => socket.end(whole.subarray(0, 400)))), tcp(t, socket => socket.once('data', () => socket.write(whole.subarray(0, whole.length - 4)))),
    ]);
    const tries = (await run(...ports.map(port => ask(port, tls, {timeoutMs: 600})))).flat();
    assert.deepEqual(tries.map(({outcome, detail, tls: said}) => [outcome, detail, said?.chain.length ?? null]), [
      ['timed-out', null, null], ['closed', 'the connection ended without an answer', null], ['reset', 'ECONNRESET', null],
      ['malformed', 'it does not speak TLS; it said HTTP/1.1 400 Bad Request', 0], ['malformed', 'it does not speak TLS; it said octets 00ff00ff', 0], ['answered', null, 2],
      ['closed', 'the connection ended before the answer was whole', 0], ['timed-out', null, 2],
    ]);
  });

  test('what routes and packet filters say is kept, ICMP with its sender', {skip: namespaces}, async t => {
    const [program = '', ...more] = command;
    const addresses = ['192.0.2.1', '192.0.2.2', '198.51.100.1', '198.51.100.2', '198.51.100.3', '203.0.113.1'];
    const asks = addresses.map(address => ask(80, connect, {address, timeoutMs: 2000}));
    const words = asks.map(each => { const word = tcpArgumentOf(each); return 'argument' in word ? word.argument : ''; });
    const rules = ['ip link set lo up', 'ip address add 192.0.2.1 dev lo', 'ip address add 192.0.2.2 dev lo', 'iptables -A INPUT -d 192.0.2.1 -p tcp -j REJECT --reject-with icmp-host-prohibited', 'iptables -A INPUT -d 192.0.2.2 -p tcp -j REJECT',
      'ip route add unreachable 198.51.100.1', 'ip route add prohibit 198.51.100.2', 'ip route add blackhole 198.51.100.3'];
    const {stdout} = await promisify(execFile)('unshare', ['-n', 'sh', '-e', '-c', `${rules.join('\n')}\n${[program, ...more, 'ask', '-', ...words].join(' ')}`]);
    const tries = parseTcpTries(stdout, asks);
    assert.ok(isKnown(tries));
    const emulated = command.length > 1; // an emulator may not pass on the sender
    assert.deepEqual(tries.known.map(([raw]) => [raw?.outcome, emulated ? raw?.detail?.replace(/,.*/, '') : raw?.detail, emulated ? null : raw?.icmp]), [
      ['host-unreachable', 'EHOSTUNREACH, ICMP type 3 code 10 from 192.0.2.1', {type: 3, code: 10, from: '192.0.2.1'}], ['refused', 'ECONNREFUSED, ICMP type 3 code 3 from 192.0.2.2', {type: 3, code: 3, from: '192.0.2.2'}],
      ['host-unreachable', 'EHOSTUNREACH', null], ['no-route', 'EACCES: a route prohibits it', null], ['no-route', 'EINVAL: a route leads into a black hole', null], ['no-route', 'ENETUNREACH', null],
    ].map(([outcome, detail, icmp]) => [outcome, emulated ? String(detail).replace(/,.*/, '') : detail, emulated ? null : icmp]));
    t.diagnostic(tries.known.map(([raw]) => raw?.detail).join('; '));
  });

  test('many at once, in the time of one', async t => {
    const port = await listening(t, createHttpServer((request, response) => { setTimeout(() => response.end(request.url), 100); }));
    const asks = Array.from({length: 100}, (_, index) => ask(port, {...http, path: `/${index}`}, {tries: 3}));
    const all = await run(...asks);
    all.forEach((tries, index) => assert.deepEqual(tries.map(each => each.http?.body), Array(3).fill(`/${index}`)));
  });

  test('a ClientHello and a request are sent once, and nothing behind them', async t => {
    const seen: Buffer[] = [];
    const port = await tcp(t, socket => { socket.on('data', data => seen.push(data)); setTimeout(() => socket.end(), 100); });
    const requests = [ask(port, tls), ask(port, http)];
    await run(requests[0]!);
    await run(requests[1]!);
    assert.deepEqual(seen.map(each => each.toString('hex')), requests.map(each => { const word = tcpArgumentOf(each); return 'argument' in word ? word.argument.split('.').at(-1) : ''; }));
  });

  test('arguments that it does not understand', async () => {
    const [program = '', ...more] = command;
    for (const word of ['s.7f000001.1.1.1.0.0.0', 's.7f000001.1.1.1.0.0.0.0g', 's.7f000001.1.1.1.9000000.0.0.', 's.7f000001.1.1.1.0.0.70000.', 's.7f0001.1.1.1.0.0.0.']) await assert.rejects(promisify(execFile)(program, [...more, 'ask', '-', word]), {code: 2}, word);
  });
});

/** What a TLS 1.2 server says first, up to ServerHelloDone. */
async function flight(t: TestContext): Promise<Buffer> {
  const port = await tlsServer(t, {maxVersion: 'TLSv1.2'});
  const {Socket} = await import('node:net');
  const socket = new Socket().connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  const word = tcpArgumentOf(ask(port, tls));
  socket.write(Buffer.from('argument' in word ? word.argument.split('.').at(-1) ?? '' : '', 'hex'));
  const parts: Buffer[] = [];
  for await (const part of socket) {
    parts.push(part as Buffer);
    if (Buffer.concat(parts).subarray(-4).equals(Buffer.from([14, 0, 0, 0]))) break;
  }
  return Buffer.concat(parts);
}

test('what cannot be asked says why', () => {
  for (const [change, says] of [
    [{address: 'fe80::1%eth0'}, /no address/], [{address: 'api'}, /no address/], [{what: {...http, path: '/a b'}}, /cannot stand in a request/], [{what: {...http, host: 'a\r\nX: y'}}, /cannot stand/],
    [{what: {...http, path: `/${'a'.repeat(500)}`}}, /more than 512/], [{what: {kind: 'connect', payload: 60_001}}, /more than 60000/], [{what: {kind: 'tls', serverName: 'a'.repeat(500)}}, /more than 512/],
  ] as const) {
    const refused = tcpArgumentOf({...ask(1, connect), ...change});
    assert.match('notSent' in refused ? refused.notSent : assert.fail(JSON.stringify(change)), says);
  }
});

test('lines that the probe does not write, or that are missing, are no answer; every failure keeps its kind', () => {
  const asks = [ask(443, connect, {tries: 2})];
  const line = (number: number, what: string): string => `0 ${number} ${what}\n`;
  const tries = parseTcpTries(`${line(1, 'error 113 900 0a000001.0 3.10 - -')}${line(0, 'timeout 0 1000 - - - 20')}done\n`, asks);
  assert.deepEqual(isKnown(tries) ? tries.known[0]!.map(raw => readTcpTry(asks[0]!, raw)) : tries, [
    {outcome: 'timed-out', detail: null, micros: 1000, connectMicros: 20, icmp: null, http: null, tls: null},
    {outcome: 'host-unreachable', detail: 'EHOSTUNREACH, ICMP type 3 code 10 from 10.0.0.1', micros: 900, connectMicros: null, icmp: {type: 3, code: 10, from: '10.0.0.1'}, http: null, tls: null},
  ]);
  assert.deepEqual(parseTcpTries(line(0, 'timeout 0 1 - - - -'), asks), unknown('truncated', 'the probe\'s answer ended without its end mark'));
  assert.deepEqual(parseTcpTries(`${line(0, 'timeout 0 1 - - - -')}done\n`, asks), unknown('truncated', 'the probe did not say what came of a try to ask 127.0.0.1'));
  for (const bad of ['hello\n', '1 0 timeout 0 1 - - - -\n', '0 0 timeout 0 1 - - -\n', '0 0 gone 0 1 - - - -\n']) assert.match(JSON.stringify(parseTcpTries(`${bad}done\n`, asks)), /"unparsed"/, bad);
});
