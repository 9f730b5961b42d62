import {readHttp} from './http-answer.ts';
import type {TcpAsk, TcpTry, TcpWhat} from './tcp.ts';
import {readFlight} from './tls-flight.ts';

/** What makes a question: a recording has one answer for each. How much of an answer is read is no part of it. */
export interface TcpQuestion {
  readonly address: string;
  readonly port: number;
  readonly what: TcpQuestionWhat;
}
export type TcpQuestionWhat = Exclude<TcpWhat, {kind: 'http'}> | {readonly kind: 'http'; readonly host: string; readonly path: string};

export function tcpQuestion({address, port, what}: TcpAsk): TcpQuestion {
  return {address, port, what: what.kind === 'http' ? {kind: 'http', host: what.host, path: what.path} : what};
}

/** The same text for the same question. */
export function tcpQuestionText({what}: TcpQuestion): string {
  switch (what.kind) {
    case 'connect':
      return what.payload === 0 ? 'connect' : `connect and ${what.payload} bytes`;
    case 'http':
      return `GET ${what.path} of ${what.host}`;
    case 'tls':
      return what.serverName === null ? 'TLS' : `TLS as ${what.serverName}`;
  }
}

/** How the probe saw a try end, and what had come by then. `answered`: all that it was to wait for. */
export interface RawTcpTry extends Pick<TcpTry, 'detail' | 'connectMicros' | 'micros' | 'icmp'> {
  readonly outcome: Exclude<TcpTry['outcome'], 'connected' | 'malformed'>;
  readonly bytes: Buffer;
}

/** A try with what its bytes mean. An answer that is whole is an answer, however the connection ended. */
export function readTcpTry({what}: TcpAsk, {bytes, ...raw}: RawTcpTry): TcpTry {
  const plain: TcpTry = {...raw, http: null, tls: null};
  if (what.kind === 'connect') return raw.outcome === 'answered' ? {...plain, outcome: 'connected'} : plain;
  if (bytes.length === 0) return raw.outcome === 'closed' ? {...plain, detail: 'the connection ended without an answer'} : plain;
  return what.kind === 'http' ? httpTry(plain, bytes, what.most) : tlsTry(plain, bytes);
}

function httpTry(plain: TcpTry, bytes: Buffer, most: number): TcpTry {
  const read = readHttp(bytes, plain.outcome === 'closed');
  if (read !== null) {
    const {answer: http, whole} = read;
    return whole || bytes.length >= most ? {...plain, outcome: 'answered', detail: null, http} : {...plain, http};
  }
  if (plain.outcome !== 'answered' && plain.outcome !== 'closed' && 'HTTP/'.startsWith(bytes.subarray(0, 5).toString('latin1'))) return plain;
  return {...plain, outcome: 'malformed', detail: bytes[0] === 21 || bytes[0] === 22 ? 'it speaks TLS, not plain HTTP' : `it does not speak HTTP; it said ${shown(bytes)}`};
}

function tlsTry(plain: TcpTry, bytes: Buffer): TcpTry {
  const {end, answer: tls, detail} = readFlight(bytes);
  if (end === 'done' || end === 'alert') return {...plain, outcome: 'answered', detail, tls};
  if (end === 'foreign') return {...plain, outcome: 'malformed', detail, tls};
  return plain.outcome === 'answered' ? {...plain, outcome: 'malformed', detail: 'its handshake is longer than kdiag reads', tls} : {...plain, tls};
}

function shown(bytes: Buffer): string {
  return /^[\x20-\x7e]{4,60}/.exec(bytes.subarray(0, 60).toString('latin1'))?.[0] ?? `octets ${bytes.subarray(0, 8).toString('hex')}`;
}

/** A try whose body is no longer than what is asked for now. */
export function upTo(each: TcpTry, {what}: TcpAsk): TcpTry {
  if (each.http === null || what.kind !== 'http' || Buffer.byteLength(each.http.body) <= what.most) return each;
  return {...each, http: {...each.http, body: Buffer.from(each.http.body).subarray(0, what.most).toString(), truncated: true}};
}
