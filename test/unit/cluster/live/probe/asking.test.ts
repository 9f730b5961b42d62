import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {createSocket, type Socket} from 'node:dgram';
import {createServer, type AddressInfo} from 'node:net';
import {describe, test, type TestContext} from 'node:test';
import {promisify} from 'node:util';
import {isKnown, unknown} from '../../../../../src/cluster/answer.ts';
import {argumentOf, parseTries} from '../../../../../src/cluster/live/probe/asking.ts';
import {outcomeOf} from '../../../../../src/cluster/live/probe/outcome.ts';
import type {DnsAsk} from '../../../../../src/cluster/dns.ts';
import type {RawTry} from '../../../../../src/cluster/dns-tries.ts';
import {subjects} from './programs.ts';

const ask: DnsAsk = {server: '127.0.0.1', port: 53, protocol: 'udp', name: 'cart.shop.svc.cluster.local', type: 'A', tries: 2, timeoutMs: 10_000};

async function udp(t: TestContext, address: string, answer: (socket: Socket, query: Buffer, from: AddressInfo) => void, at = 0): Promise<number> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  t.after(() => socket.close());
  socket.on('message', (query, from) => answer(socket, query, from));
  socket.bind(at, address);
  await once(socket, 'listening');
  return socket.address().port;
}

async function tcp(t: TestContext, answer: Parameters<typeof createServer>[1] & {}): Promise<number> {
  const server = createServer({allowHalfOpen: true}, answer);
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const echo = (socket: Socket, query: Buffer, from: AddressInfo): void => socket.send(query, from.port, from.address);
const what = (tries: readonly RawTry[]): readonly string[] => tries.map(({outcome, detail, from}) => [outcome, detail, from].filter(each => each !== null).join(' '));

for (const subject of subjects()) describe(subject.name, {skip: 'skip' in subject ? subject.skip : false}, () => {
  const command = 'command' in subject ? subject.command : [];
  async function run(...asks: readonly DnsAsk[]): Promise<readonly (readonly RawTry[])[]> {
    const [program = '', ...more] = command;
    const words = asks.map(each => { const word = argumentOf(each); return 'argument' in word ? word.argument : assert.fail(word.notSent); });
    const {stdout} = await promisify(execFile)(program, [...more, 'ask', '-', ...words], {maxBuffer: 1e8});
    const tries = parseTries(stdout, asks);
    return isKnown(tries) ? tries.known : assert.fail(tries.unknown.detail);
  }

  test('an answer comes with its bytes and the time it took; each try has a source port of its own', async t => {
    const ports = new Set<number>();
    const port = await udp(t, '127.0.0.1', (socket, query, from) => { ports.add(from.port); setTimeout(() => echo(socket, query, from), 20); });
    const [tries = []] = await run({...ask, port, tries: 5});
    assert.deepEqual(what(tries), Array(5).fill('answered'));
    assert.equal(ports.size, 5);
    const word = argumentOf({...ask, port});
    for (const {hex, micros} of tries) assert.ok('argument' in word && word.argument.endsWith(`.${hex}`) && micros >= 19_000, `${micros}`);
  });

  test('IPv6 as well, as far as this machine has it', async t => {
    try {
      const port = await udp(t, '::1', echo);
      assert.deepEqual((await run({...ask, server: '::1', port})).map(what), [['answered', 'answered']]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL' && (error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error;
      t.skip('there is no ::1');
    }
  });

  test('nobody listens: refused, by ICMP and by a reset', async t => {
    const [udpPort, tcpPort] = await Promise.all([freeUdp(), freeTcp()]);
    const [overUdp = [], overTcp = []] = await run({...ask, port: udpPort}, {...ask, port: tcpPort, protocol: 'tcp'});
    assert.deepEqual(what(overTcp), ['refused ECONNREFUSED', 'refused ECONNREFUSED']);
    for (const each of what(overUdp)) assert.match(each, command.length > 1 ? /^refused ECONNREFUSED/ : /^refused ECONNREFUSED, ICMP type 3 code 3 from 127\.0\.0\.1$/); // an emulator may not pass on the sender
    t.diagnostic(what(overUdp).join());
  });

  test('nobody answers: timed out, after the time that was given', async t => {
    const [udpPort, tcpPort] = await Promise.all([udp(t, '127.0.0.1', () => {}), tcp(t, () => {})]);
    const all = await run({...ask, port: udpPort, timeoutMs: 300}, {...ask, port: tcpPort, protocol: 'tcp', timeoutMs: 300});
    assert.deepEqual(all.map(what), [['timed-out', 'timed-out'], ['timed-out', 'timed-out']]);
    for (const {micros} of all.flat()) assert.ok(micros >= 300_000, `${micros}`);
  });

  test('TCP: whole, in pieces, cut off and reset', async t => {
    const whole = Buffer.alloc(65_537, 7);
    whole.writeUInt16BE(65_535);
    const seen: Buffer[] = [];
    const [pieces, cut, none, reset] = await Promise.all([
      tcp(t, socket => socket.on('data', data => { seen.push(data); socket.write(whole.subarray(0, 1)); setTimeout(() => socket.end(whole.subarray(1)), 20); })),
      tcp(t, socket => socket.on('data', () => socket.end(Buffer.from([0, 5, 1, 2])))),
      tcp(t, socket => socket.on('data', () => socket.end())),
      tcp(t, socket => socket.on('data', () => socket.resetAndDestroy())),
    ]);
    const all = await run(...[pieces, cut, none, reset].map((port): DnsAsk => ({...ask, port, protocol: 'tcp', tries: 1})));
    assert.deepEqual(all.map(tries => tries[0]?.outcome), ['answered', 'closed', 'closed', 'reset']);
    assert.deepEqual(all.map(tries => tries[0]?.hex), [whole.subarray(2).toString('hex'), '0102', '', '']);
    assert.equal(seen[0]?.readUInt16BE(0), (seen[0]?.length ?? 0) - 2);
  });

  test('an answer from elsewhere is told with its sender', async t => {
    const other = createSocket('udp4');
    t.after(() => other.close());
    other.bind(0, '127.0.0.2');
    await once(other, 'listening');
    const port = await udp(t, '127.0.0.1', (_, query, from) => other.send(query, from.port, from.address));
    const neighbour = createSocket('udp4');
    t.after(() => neighbour.close());
    neighbour.bind(0, '127.0.0.1');
    await once(neighbour, 'listening');
    const second = await udp(t, '127.0.0.1', (_, query, from) => neighbour.send(query, from.port, from.address));
    const [elsewhere = [], wrongPort = []] = await run({...ask, port, tries: 1}, {...ask, port: second, tries: 1});
    assert.deepEqual([what(elsewhere), what(wrongPort)], [['answered 127.0.0.2'], [`answered 127.0.0.1:${neighbour.address().port}`]]);
  });

  test('many at once: each gets its own answer, in the time of one', async t => {
    const port = await udp(t, '127.0.0.1', echo);
    // as many as a socket's buffer holds for a server that gets no turn for a while
    const asks = Array.from({length: 50}, (_, index): DnsAsk => ({...ask, port, name: `n${index}.example`, tries: 3}));
    const all = await run(...asks);
    all.forEach((tries, index) => {
      const word = argumentOf(asks[index]!);
      for (const {outcome, hex} of tries) assert.ok(outcome === 'answered' && 'argument' in word && word.argument.endsWith(`.${hex}`), `${index}: ${outcome}`);
    });
  });

  test('what finds no socket in its time is not sent', async t => {
    const port = await udp(t, '127.0.0.1', () => {});
    const outcomes = (await run(...Array.from({length: 700}, () => ({...ask, port, tries: 10, timeoutMs: 600})))).flat().map(({outcome, detail}) => `${outcome} ${detail ?? ''}`);
    assert.deepEqual([...new Set(outcomes)].sort(), ['not-sent there was no time left for it', 'timed-out ']);
    assert.equal(outcomes.length, 7000);
  });

  test('arguments that it does not understand, and a pod that is not there', async () => {
    const [program = '', ...more] = command;
    for (const [words, code] of [[[], 2], [['ask', '-'], 2], [['ask', '-', 'u.7f0001.53.1.1.00'], 2], [['ask', '-', 'u.7f000001.53.1.1.'], 2], [['ask', '-', 'u.7f000001.53.1.1.0g'], 2], [['ask', '00000000-1111-2222-3333-444444444444', 'u.7f000001.53.1.1.00'], 3], [['cat', '1', '/', 'x'], 2]] as const) {
      await assert.rejects(promisify(execFile)(program, [...more, ...words]), {code}, words.join(' '));
    }
  });
});

async function freeUdp(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const {port} = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

async function freeTcp(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('an ask becomes an argument; what cannot be asked says why', () => {
  const word = argumentOf({...ask, server: 'fd00::10', protocol: 'tcp'});
  assert.match('argument' in word ? word.argument : '', /^t\.fd000000000000000000000000000010\.53\.10000\.2\.[0-9a-f]{4}01000001000000000001/);
  for (const [change, says] of [[{server: 'fe80::1%eth0'}, /no address/], [{server: 'coredns'}, /no address/], [{name: `${'a'.repeat(64)}.example`}, /./], [{name: 'a..b'}, /./]] as const) {
    const refused = argumentOf({...ask, ...change});
    assert.match('notSent' in refused ? refused.notSent : assert.fail(JSON.stringify(change)), says);
  }
});

test('lines that the probe does not write, or that are missing, are no answer', () => {
  const line = (number: number): string => `0 ${number} answer 0 100 7f000001.53 - abcd\n`;
  const one = {outcome: 'answered', detail: null, micros: 100, from: null, hex: 'abcd'};
  assert.deepEqual(parseTries(`${line(1)}${line(0)}done\n`, [ask]), {known: [[one, one]]});
  assert.deepEqual(parseTries(line(0), [ask]), unknown('truncated', 'the probe\'s answer ended without its end mark'));
  assert.deepEqual(parseTries(`${line(0)}done\n`, [ask]), unknown('truncated', 'the probe did not say what came of a try to ask 127.0.0.1'));
  for (const bad of ['hello\n', '1 0 answer 0 1 - - -\n', '0 0 answer 0 1 - - abc\n', '0 0 gone 0 1 - - -\n']) assert.match(JSON.stringify(parseTries(`${bad}done\n`, [ask])), /"unparsed"/, bad);
});

test('every failure keeps its kind', () => {
  const outcomes = ([['error', 111, '0a000001.0', '3.3'], ['error', 113, '0a000001.0', '3.13'], ['unsent', 101, '-', '-'], ['error', 101, '-', '-'], ['error', 104, '-', '-'], ['error', 110, '-', '-'], ['unsent', 1, '-', '-'], ['unsent', 62, '-', '-'], ['error', 92, '0a000001.0', '3.2']] as const)
    .map(([kind, errno, from, icmp]) => Object.values(outcomeOf(kind, errno, from, icmp)).join(': '));
  assert.deepEqual(outcomes, ['refused: ECONNREFUSED, ICMP type 3 code 3 from 10.0.0.1', 'host-unreachable: EHOSTUNREACH, ICMP type 3 code 13 from 10.0.0.1', 'no-route: ENETUNREACH', 'no-route: ENETUNREACH', 'reset: ECONNRESET', 'timed-out: ETIMEDOUT', 'refused: EPERM', 'not-sent: there was no time left for it', 'host-unreachable: errno 92, ICMP type 3 code 2 from 10.0.0.1']);
});
