import {type Answer, known, unknown} from '../../answer.ts';
import {formatAddress, parseAddress} from '../../dns-address.ts';
import {type RawTcpTry, tcpQuestion, tcpQuestionText} from '../../tcp-tries.ts';
import type {TcpAsk, TcpWhat} from '../../tcp.ts';
import {clientHello} from '../../tls-hello.ts';
import {outcomeOf} from './outcome.ts';

/** A server's first flight: long chains are some 10 KB. */
const mostTls = 256 * 1024;
/** As ask.h and tcp.h have them. */
const mostPayload = 512;
const mostPadding = 60_000;
const mostRoom = 8 * 1024 * 1024;

/** An ask as the probe's argument (ask.h) and the bytes that it may give, or why it cannot be asked. */
export function tcpArgumentOf(ask: TcpAsk): {readonly argument: string; readonly room: number} | {readonly notSent: string} {
  const {address, port, tries, timeoutMs, what} = ask;
  const octets = parseAddress(address);
  if (octets === null) return {notSent: `${JSON.stringify(address)} is no address that can be asked`};
  if (what.kind === 'connect' && !(what.payload >= 0 && what.payload <= mostPadding)) return {notSent: `a payload of ${what.payload} bytes is more than ${mostPadding}`};
  if (what.kind === 'http' && /[^\x21-\x7e]/.test(what.host + what.path)) return {notSent: `${JSON.stringify(`${what.host}${what.path}`)} cannot stand in a request`};
  const {room, payload, padding} = wanted(ask, what);
  if (payload.length > mostPayload) return {notSent: `the request has ${payload.length} bytes, more than ${mostPayload}`};
  const argument = ['s', octets.toString('hex'), port, timeoutMs, tries, room, what.kind === 'tls' ? 1 : 0, padding, payload.toString('hex')].join('.');
  return {argument, room: room * tries};
}

function wanted(ask: TcpAsk, what: TcpWhat): {readonly room: number; readonly payload: Buffer; readonly padding: number} {
  switch (what.kind) {
    case 'connect':
      return {room: 0, payload: Buffer.alloc(0), padding: what.payload};
    case 'http':
      return {room: Math.max(1, Math.min(what.most, mostRoom)), payload: Buffer.from(`GET ${what.path} HTTP/1.1\r\nHost: ${what.host}\r\nUser-Agent: kdiag\r\nAccept: */*\r\nConnection: close\r\n\r\n`), padding: 0};
    case 'tls':
      return {room: mostTls, payload: clientHello(what.serverName, `${ask.address} ${ask.port} ${tcpQuestionText(tcpQuestion(ask))}`), padding: 0};
  }
}

/** What the routes of the place itself make of a connection (Linux fib_props): ip-route(8) types prohibit and blackhole. */
const routes: ReadonlyMap<string, {readonly outcome: 'no-route'; readonly detail: string}> = new Map([
  ['unsent 13', {outcome: 'no-route', detail: 'EACCES: a route prohibits it'}],
  ['unsent 22', {outcome: 'no-route', detail: 'EINVAL: a route leads into a black hole'}],
]);

const line = /^(\d+) (\d+) (answer|closed|timeout|error|unsent) (\d+) (\d+) (\S+) (\S+) (-|(?:[0-9a-f]{2})+) (-|\d+)$/;

/**
 * The probe's lines → the tries of each ask, in the order in which they began. `truncated` without its last line, `done`; what is no
 * line of it is `unparsed`.
 */
export function parseTcpTries(text: string, asks: readonly TcpAsk[]): Answer<readonly (readonly RawTcpTry[])[]> {
  if (!text.endsWith('done\n')) return unknown('truncated', 'the probe\'s answer ended without its end mark');
  const tries = asks.map((): RawTcpTry[] => []);
  for (const each of text.split('\n').slice(0, -2)) {
    const [, ask, number, what = '', errno, micros, from = '', icmp = '', hex = '', connected = ''] = line.exec(each) ?? [];
    if (ask === undefined || asks[Number(ask)] === undefined) return unknown('unparsed', `the probe said ${JSON.stringify(each.slice(0, 80))}`);
    const {outcome, detail} = routes.get(`${what} ${errno}`) ?? outcomeOf(what, Number(errno), from, icmp);
    tries[Number(ask)]![Number(number)] = {
      // of a stream the probe calls nothing malformed: that is for who reads it
      outcome: outcome === 'malformed' ? 'closed' : outcome, detail, micros: Number(micros), connectMicros: connected === '-' ? null : Number(connected),
      icmp: icmpOf(icmp, from), bytes: hex === '-' ? Buffer.alloc(0) : Buffer.from(hex, 'hex'),
    };
  }
  const lacks = asks.findIndex((ask, index) => Array.from({length: ask.tries}).some((_, number) => tries[index]?.[number] === undefined));
  return lacks < 0 ? known(tries) : unknown('truncated', `the probe did not say what came of a try to ask ${asks[lacks]?.address}`);
}

function icmpOf(icmp: string, from: string): RawTcpTry['icmp'] {
  const [type, code] = icmp.split('.');
  if (code === undefined) return null;
  return {type: Number(type), code: Number(code), from: from === '-' ? null : formatAddress(Buffer.from(from.split('.')[0] ?? '', 'hex'))};
}
