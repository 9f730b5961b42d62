import assert from 'node:assert/strict';
import {createServer} from 'node:net';
import {test} from 'node:test';
import {gzipSync} from 'node:zlib';
import type {Answer} from '../../../../src/cluster/answer.ts';
import {openTransport} from '../../../../src/cluster/live/transport.ts';
import {clientCertificate, clientKey} from './certificates.ts';
import {fakeApiServer, json, status} from './fake-api-server.ts';

const get = {method: 'GET', path: '/version'} as const;
const why = (answer: Answer<unknown>): string => ('unknown' in answer ? answer.unknown.why : 'known');
const detail = (answer: Answer<unknown>): string => ('unknown' in answer ? answer.unknown.detail : '');

test('twenty requests in a row use one connection, forty at once at most sixteen', async t => {
  const server = await fakeApiServer(t, {tls: true, answer: (_, response) => json(response, {})});
  const transport = await server.transport();
  for (let i = 0; i < 20; i++) assert.equal(why(await transport.send(get)), 'known');
  assert.equal(server.connections(), 1);
  await Promise.all(Array.from({length: 40}, () => transport.send(get)));
  assert.ok(server.connections() <= 16, `${server.connections()} connections`);
});

test('a body that hangs ends at the deadline', async t => {
  const server = await fakeApiServer(t, {answer: (_, response) => void response.writeHead(200).write('{')});
  const answer = await (await server.transport({timeoutMs: 50})).send(get);
  assert.equal(why(answer), 'timeout');
  assert.equal(detail(answer), `the API server ${server.url.origin} did not answer within 0.05 s`);
});

test('a server that never answers ends at the deadline, as does one that never shakes hands', async t => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  t.after(() => silent.close());
  await new Promise(resolve => silent.on('listening', resolve));
  const {port} = silent.address() as {port: number};
  const server = await fakeApiServer(t, {});
  for (const scheme of ['http', 'https']) assert.equal(why(await (await server.transport({timeoutMs: 50, access: {server: new URL(`${scheme}://127.0.0.1:${port}`)}})).send(get)), 'timeout');
});

test('a socket dropped in the middle of the body is lost, not half an answer', async t => {
  const server = await fakeApiServer(t, {answer: (_, response) => {
    response.writeHead(200, {'Content-Length': 100});
    response.write('{"a":', () => response.destroy());
  }});
  assert.equal(why(await (await server.transport()).send(get)), 'lost');
});

test('an idle connection that the server closed is replaced, for reading and deleting, but a create is never repeated', async t => {
  let seen = 0;
  const server = await fakeApiServer(t, {answer: (_, response) => {
    seen++;
    if (seen === 2 || seen === 5) response.socket?.destroy();
    else json(response, {});
  }});
  const transport = await server.transport();
  assert.equal(why(await transport.send(get)), 'known');
  assert.equal(why(await transport.send(get)), 'known');
  assert.equal(seen, 3);
  assert.equal(why(await transport.send(get)), 'known');
  assert.equal(why(await transport.send({method: 'POST', path: '/x', body: {}})), 'lost');
  assert.equal(seen, 5);
});

test('a body over the limit is truncated, also when it is small on the wire', async t => {
  const server = await fakeApiServer(t, {answer: ({path}, response) => {
    const body = Buffer.alloc(3 * 1024 * 1024, 0x20);
    if (path === '/gzip') response.writeHead(200, {'Content-Encoding': 'gzip'}).end(gzipSync(body));
    else response.writeHead(200).end(body);
  }});
  const transport = await server.transport();
  for (const path of ['/plain', '/gzip']) {
    const answer = await transport.send({method: 'GET', path});
    assert.equal(why(answer), 'truncated');
    assert.equal(detail(answer), 'the answer is larger than 1 MiB');
  }
});

test('a compressed body is read, a broken one is told', async t => {
  const server = await fakeApiServer(t, {answer: ({path}, response) => void response.writeHead(200, {'Content-Encoding': 'gzip'}).end(path === '/good' ? gzipSync('{"a":1}') : 'no gzip')});
  const transport = await server.transport();
  const good = await transport.send({method: 'GET', path: '/good'});
  assert.ok('known' in good && good.known.body.toString() === '{"a":1}');
  assert.equal(why(await transport.send({method: 'GET', path: '/bad'})), 'unparsed');
});

test('429 and 503 with Retry-After are asked again at most twice, and only within the deadline', async t => {
  const server = await fakeApiServer(t, {answer: ({path}, response) => status(response, path === '/busy' ? 429 : 503, 'TooManyRequests', 'slow down', undefined, {'Retry-After': path === '/later' ? '100' : '0.01'})});
  const transport = await server.transport();
  for (const [path, times] of [['/busy', 3], ['/down', 3], ['/later', 1]] as const) {
    server.received.length = 0;
    const answer = await transport.send({method: 'GET', path});
    assert.ok('known' in answer && answer.known.status >= 429);
    assert.equal(server.received.length, times, path);
  }
});

test('an aborted signal settles what is pending, and what comes after', async t => {
  const controller = new AbortController();
  const server = await fakeApiServer(t, {answer: () => controller.abort()});
  const transport = await server.transport();
  for (let i = 0; i < 2; i++) assert.deepEqual(await transport.send({...get, signal: controller.signal}), {unknown: {why: 'lost', detail: 'interrupted'}});
  assert.equal(server.received.length, 1);
});

test('the client certificate and the token go along; the server is known by its other name', async t => {
  const server = await fakeApiServer(t, {tls: true, answer: (_, response) => {
    const {CN} = (response.socket as import('node:tls').TLSSocket).getPeerCertificate().subject ?? {};
    json(response, {CN});
  }});
  const user = {name: 'u', cert: Buffer.from(clientCertificate), key: Buffer.from(clientKey), token: 's3cret'};
  const answer = await (await server.transport({access: {user, tlsServerName: 'api.kdiag.test'}})).send(get);
  assert.ok('known' in answer);
  assert.equal(answer.known.body.toString(), '{"CN":"kdiag-test-client"}');
  assert.equal(server.received[0]?.headers.authorization, 'Bearer s3cret');
});

test('certificates that do not fit are told apart', async t => {
  const server = await fakeApiServer(t, {tls: true, answer: (_, response) => json(response, {})});
  const foreign = await (await server.transport({access: {ca: Buffer.from('')}})).send(get);
  assert.match(detail(foreign), /^cannot reach the API server https:\/\/127\.0\.0\.1:\d+: its certificate is not signed by an authority/);
  const misnamed = await (await server.transport({access: {tlsServerName: 'other.test'}})).send(get);
  assert.match(detail(misnamed), /its certificate is for another name/);
  assert.equal(why(await (await server.transport({access: {ca: Buffer.from(''), insecure: true}})).send(get)), 'known');
  const plain = await fakeApiServer(t, {answer: (_, response) => json(response, {})});
  const noTls = await (await server.transport({access: {server: new URL(`https://${plain.url.host}`)}})).send(get);
  assert.match(detail(noTls), /does not speak TLS/);
});

test('no server there: refused, and without a name', async t => {
  const server = await fakeApiServer(t, {});
  const refused = await (await server.transport({access: {server: new URL('http://127.0.0.1:1')}})).send(get);
  assert.deepEqual(refused, {unknown: {why: 'unreachable', detail: 'cannot reach the API server http://127.0.0.1:1: connection refused'}});
});

test('a server below a path, and queries, are asked for as they should', async t => {
  const server = await fakeApiServer(t, {answer: (_, response) => json(response, {})});
  await (await server.transport({access: {server: new URL('/k8s/clusters/c-1/', server.url)}})).send({...get, query: {labelSelector: 'a=b,c=d', limit: 5, none: undefined}});
  assert.equal(server.received[0]?.path, '/k8s/clusters/c-1/version');
  assert.equal(server.received[0]?.query.toString(), 'labelSelector=a%3Db%2Cc%3Dd&limit=5');
});

test('a token that HTTP cannot carry is a failure and is not repeated in it', async t => {
  const server = await fakeApiServer(t, {});
  const answer = await (await server.transport({access: {user: {name: 'u', token: 'geheim\u0000ß→'}}})).send(get);
  assert.equal(why(answer), 'unreachable');
  assert.doesNotMatch(detail(answer), /geheim/);
});

test('without an authority of its own the machine\'s are trusted, which do not know this server', async t => {
  const server = await fakeApiServer(t, {tls: true});
  const {ca: _, ...access} = server.access();
  const transport = await openTransport(access, {}, 5000, 1000);
  t.after(() => transport.close());
  assert.equal(why(await transport.send(get)), 'unreachable');
});
