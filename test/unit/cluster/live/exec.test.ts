import assert from 'node:assert/strict';
import {test, type TestContext} from 'node:test';
import type {Answer} from '../../../../src/cluster/answer.ts';
import {type ExecResult, exec} from '../../../../src/cluster/live/exec.ts';
import {type Behaviour, exitStatus, fakeApiServer, frame, json, status, success} from './fake-api-server.ts';

const request = {namespace: 'shop', pod: 'cart-1', container: 'app', command: ['sh', '-c', 'echo a&b'], timeoutMs: 5000, maxBytes: 1024 * 1024};

async function run(t: TestContext, behaviour: Behaviour, more: Partial<Parameters<typeof exec>[1]> = {}): Promise<Answer<ExecResult>> {
  const server = await fakeApiServer(t, behaviour);
  return exec(await server.transport(), {...request, ...more});
}

const why = (answer: Answer<unknown>): string => ('unknown' in answer ? answer.unknown.why : 'known');

test('stdout and stderr are kept apart, and the command, container and credentials arrive', async t => {
  const server = await fakeApiServer(t, {tls: true, exec: socket => {
    for (const part of [frame(1, 'one '), frame(2, 'oops'), frame(1, ''), Buffer.alloc(0), frame(1, Buffer.from([0, 255])), success]) socket.send(part);
  }});
  const answer = await exec(await server.transport({access: {user: {name: 'u', token: 'tok'}}}), request);
  assert.deepEqual(answer, {known: {exit: 0, stdout: Buffer.from([...Buffer.from('one '), 0, 255]), stderr: 'oops'}});
  const [{path, query, headers} = assert.fail()] = server.received;
  assert.equal(path, '/api/v1/namespaces/shop/pods/cart-1/exec');
  assert.deepEqual([...query].map(pair => pair.join('=')), ['container=app', 'stdout=true', 'stderr=true', 'command=sh', 'command=-c', 'command=echo a&b']);
  assert.equal(headers.authorization, 'Bearer tok');
  assert.equal(headers['sec-websocket-protocol'], 'v5.channel.k8s.io,v4.channel.k8s.io');
});

test('a script goes in by stdin, whatever its length, and not into the URL', async t => {
  const script = `echo ${'x'.repeat(50_000)}`;
  const server = await fakeApiServer(t, {exec: (socket, {query}) => {
    socket.send(frame(1, String(query.getAll('command').at(-1) === script)));
    socket.send(success);
  }});
  const answer = await exec(await server.transport(), {...request, command: ['sh'], script});
  assert.deepEqual(answer, {known: {exit: 0, stdout: Buffer.from('true'), stderr: ''}});
  const [{query} = assert.fail()] = server.received;
  assert.deepEqual([query.get('stdin'), query.getAll('command')[0]], ['true', 'sh']);
});

test('exit codes come from the status frame, with v4 too', async t => {
  for (const code of [1, 3, 127, 137]) {
    const answer = await run(t, {subprotocol: 'v4.channel.k8s.io', exec: socket => socket.send(exitStatus(code))});
    assert.ok('known' in answer && answer.known.exit === code);
  }
});

test('closed, or cut, before the status frame is lost: never half an answer', async t => {
  for (const end of ['close', 'terminate'] as const) {
    const answer = await run(t, {exec: socket => socket.send(frame(1, 'half'), () => socket[end]())});
    assert.deepEqual(answer, {unknown: {why: 'lost', detail: 'the connection to shop/cart-1 (app) ended before the command did'}});
  }
});

test('a status frame that is no JSON, or no status, is not understood', async t => {
  for (const text of ['', 'oops', '[1]', '"Success"']) assert.equal(why(await run(t, {exec: socket => socket.send(frame(3, text))})), 'unparsed', text);
  assert.equal(why(await run(t, {exec: socket => socket.send(frame(3, '{}'))})), 'unreachable');
});

test('a CLOSE frame, unknown channels and text frames do no harm', async t => {
  const answer = await run(t, {exec: socket => {
    for (const part of [Buffer.from([255, 1]), Buffer.from([255]), frame(9, 'what'), frame(0, 'in')]) socket.send(part);
    socket.send('\u0001text');
    socket.send('');
    socket.send(success);
  }});
  assert.ok('known' in answer);
  assert.equal(Buffer.from(answer.known.stdout).toString(), 'text');
});

test('what comes after the status frame changes nothing', async t => {
  const answer = await run(t, {exec: socket => {
    for (const part of [success, exitStatus(9), frame(1, 'late'), frame(3, 'no json')]) socket.send(part);
  }});
  assert.deepEqual(answer, {known: {exit: 0, stdout: Buffer.alloc(0), stderr: ''}});
});

test('more than maxBytes is truncated and stops the stream: in many frames, or in one', async t => {
  let sent = 0;
  const flood = await run(t, {exec: socket => {
    const more = (): void => {
      sent++;
      if (socket.readyState === socket.OPEN && sent < 10_000) socket.send(frame(1, Buffer.alloc(64 * 1024)), more);
    };
    more();
  }});
  assert.deepEqual(flood, {unknown: {why: 'truncated', detail: 'the answer of shop/cart-1 (app) is larger than 1 MiB'}});
  assert.ok(sent < 10_000);
  assert.equal(why(await run(t, {exec: socket => socket.send(frame(1, Buffer.alloc(2 * 1024 * 1024)))})), 'truncated');
});

test('stderr is kept up to 64 KiB only', async t => {
  const answer = await run(t, {exec: socket => {
    for (let i = 0; i < 20; i++) socket.send(frame(2, 'e'.repeat(10_000)));
    socket.send(success);
  }});
  assert.ok('known' in answer && answer.known.stderr.length === 65_536);
});

test('a command that does not end is a timeout; an aborted run ends at once', async t => {
  assert.deepEqual(await run(t, {exec: () => {}}, {timeoutMs: 40}), {unknown: {why: 'timeout', detail: 'shop/cart-1 (app) did not answer within 0.04 s'}});
  const controller = new AbortController();
  assert.deepEqual(await run(t, {exec: () => controller.abort()}, {signal: controller.signal}), {unknown: {why: 'lost', detail: 'interrupted'}});
  assert.deepEqual(await run(t, {exec: () => assert.fail()}, {signal: AbortSignal.abort()}), {unknown: {why: 'lost', detail: 'interrupted'}});
});

test('a refused handshake tells the API\'s own words', async t => {
  const refuse = (code: number, message: string): Promise<Answer<ExecResult>> => run(t, {answer: (_, response) => status(response, code, 'Reason', message)});
  assert.deepEqual(await refuse(403, 'pods "cart-1" is forbidden: User "nobody" cannot create resource "pods/exec"'), {unknown: {why: 'forbidden', detail: 'pods "cart-1" is forbidden: User "nobody" cannot create resource "pods/exec"'}});
  assert.deepEqual(await refuse(403, 'pods "cart-1" is forbidden:'), {unknown: {why: 'forbidden', detail: 'the right to create pods/exec in namespace shop is lacking'}});
  assert.deepEqual(await refuse(404, 'pods "cart-1" not found'), {unknown: {why: 'absent', detail: 'pods "cart-1" not found'}});
  assert.deepEqual(await refuse(400, 'container app is not valid for pod cart-1'), {unknown: {why: 'absent', detail: 'container app is not valid for pod cart-1'}});
  for (const code of [414, 431]) assert.match(JSON.stringify(await refuse(code, 'too long')), /"unsupported".*does not take a request of this length/);
  assert.equal(why(await refuse(401, 'Unauthorized')), 'unauthorized');
  assert.equal(why(await refuse(500, 'error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused')), 'unreachable');
});

test('a proxy that does not know websockets is told, and one that answers with a page is not repeated', async t => {
  const plain = await run(t, {answer: (_, response) => json(response, {})});
  assert.equal(why(plain), 'unsupported');
  const page = await run(t, {answer: (_, response) => void response.writeHead(502).end('<html>bad gateway</html>')});
  assert.deepEqual(page, {unknown: {why: 'unreachable', detail: 'the API server answered HTTP 502'}});
  assert.equal(why(await run(t, {subprotocol: false, exec: () => {}})), 'unsupported');
  assert.equal(why(await run(t, {answer: (_, response) => void response.socket?.destroy()})), 'lost');
});

test('a container without the program, one that is not running, and a kubelet that is away are told apart', async t => {
  const failure = (message: string): Behaviour => ({exec: socket => socket.send(frame(3, JSON.stringify({status: 'Failure', reason: 'InternalError', code: 500, message})))});
  const noShell = 'Internal error occurred: Internal error occurred: error executing command in container: OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH';
  assert.deepEqual(await run(t, failure(noShell)), {unknown: {why: 'absent', detail: 'shop/cart-1 (app) has no program sh'}});
  assert.deepEqual(await run(t, failure('Internal error occurred: unable to upgrade connection: container not found ("app")')), {unknown: {why: 'absent', detail: 'cannot run a command in shop/cart-1 (app): unable to upgrade connection: container not found ("app")'}});
  assert.equal(why(await run(t, failure('Internal error occurred: error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused'))), 'unreachable');
});
