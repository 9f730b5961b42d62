import type {HttpAnswer, TcpAsked, TcpTry, TlsAnswer, TlsCertificate} from '../tcp.ts';
import type {TcpQuestion, TcpQuestionWhat} from '../tcp-tries.ts';
import {manifestPath} from './archive.ts';
import {type Fields, Malformed} from './fields.ts';

const outcomes: Readonly<Record<TcpTry['outcome'], true>> = {connected: true, answered: true, malformed: true, 'timed-out': true, refused: true, reset: true, closed: true, 'no-route': true, 'host-unreachable': true, 'not-sent': true};

/** A recorded question to a TCP port. Both throw Malformed for what kdiag does not write. */
export function tcpQuestionOf(question: Fields): TcpQuestion {
  return {address: question.text('address'), port: question.integer('port'), what: whatOf(question.fields('what'))};
}

function whatOf(what: Fields): TcpQuestionWhat {
  const kind = what.text('kind');
  switch (kind) {
    case 'connect':
      return {kind, payload: what.integer('payload')};
    case 'http':
      return {kind, host: what.text('host'), path: what.text('path')};
    case 'tls':
      return {kind, serverName: orNull(what, 'serverName', () => what.text('serverName'))};
    default:
      throw new Malformed(`${manifestPath}: a TCP port was asked for ${JSON.stringify(kind)}`);
  }
}

export function tcpTriesOf(answer: Fields): Pick<TcpAsked, 'via' | 'tries'> {
  return {via: answer.text('via'), tries: answer.items('tries').map(tryOf)};
}

function tryOf(each: Fields): TcpTry {
  const outcome = each.text('outcome');
  if (!Object.hasOwn(outcomes, outcome)) throw new Malformed(`${manifestPath}: a try's outcome is ${JSON.stringify(outcome)}`);
  return {
    outcome: outcome as TcpTry['outcome'], detail: textOrNull(each, 'detail'), connectMicros: orNull(each, 'connectMicros', () => each.integer('connectMicros')), micros: each.integer('micros'),
    icmp: orNull(each, 'icmp', () => { const icmp = each.fields('icmp'); return {type: icmp.integer('type'), code: icmp.integer('code'), from: textOrNull(icmp, 'from')}; }),
    http: orNull(each, 'http', () => httpOf(each.fields('http'))),
    tls: orNull(each, 'tls', () => tlsOf(each.fields('tls'))),
  };
}

function httpOf(http: Fields): HttpAnswer {
  return {status: http.integer('status'), contentType: textOrNull(http, 'contentType'), body: http.text('body'), truncated: http.boolean('truncated')};
}

function tlsOf(tls: Fields): TlsAnswer {
  return {version: textOrNull(tls, 'version'), chain: tls.items('chain').map(certificateOf), alert: textOrNull(tls, 'alert')};
}

function certificateOf(each: Fields): TlsCertificate {
  const sans = each.fields('sans');
  for (const name of ['notBefore', 'notAfter']) if (Number.isNaN(Date.parse(each.text(name)))) throw new Malformed(`${manifestPath}: ${name} of a certificate is no date`);
  return {
    subject: each.text('subject'), issuer: each.text('issuer'), sans: {dns: sans.texts('dns'), ip: sans.texts('ip')}, notBefore: each.text('notBefore'), notAfter: each.text('notAfter'),
    sha256: each.text('sha256'), selfSigned: each.boolean('selfSigned'), keyId: textOrNull(each, 'keyId'), issuerKeyId: textOrNull(each, 'issuerKeyId'),
  };
}

function textOrNull(fields: Fields, name: string): string | null {
  return orNull(fields, name, () => fields.text(name));
}

function orNull<T>(fields: Fields, name: string, read: () => T): T | null {
  return fields.value(name) === null ? null : read();
}
