import type {TlsAnswer} from './tcp.ts';
import {readCertificate} from './tls-certificate.ts';

/** How far a server's first flight came. `foreign`: it does not speak TLS. */
export interface TlsFlight {
  readonly end: 'done' | 'alert' | 'unfinished' | 'foreign';
  readonly answer: TlsAnswer;
  /** Why `foreign`, or what to do about an alert; null: nothing to say. */
  readonly detail: string | null;
}

/** RFC 5246 §7.2, RFC 6066 §9, RFC 7301 §3.2, RFC 8446 §6. */
const alerts: ReadonlyMap<number, string> = new Map([
  [0, 'close_notify'], [10, 'unexpected_message'], [20, 'bad_record_mac'], [22, 'record_overflow'], [40, 'handshake_failure'], [42, 'bad_certificate'], [43, 'unsupported_certificate'], [44, 'certificate_revoked'],
  [45, 'certificate_expired'], [46, 'certificate_unknown'], [47, 'illegal_parameter'], [48, 'unknown_ca'], [49, 'access_denied'], [50, 'decode_error'], [51, 'decrypt_error'], [70, 'protocol_version'],
  [71, 'insufficient_security'], [80, 'internal_error'], [86, 'inappropriate_fallback'], [90, 'user_canceled'], [109, 'missing_extension'], [112, 'unrecognized_name'], [116, 'certificate_required'], [120, 'no_application_protocol'],
]);

const nothing: TlsAnswer = {version: null, chain: [], alert: null};

/** What a server says before ServerHelloDone, from its bytes; handshake messages may lie across records (RFC 5246 §6.2.1). */
export function readFlight(bytes: Buffer): TlsFlight {
  const messages: Buffer[] = [];
  let warned: string | null = null;
  for (let at = 0; at < bytes.length;) {
    const type = bytes[at];
    const version = at + 2 < bytes.length ? bytes[at + 1] : 3;
    if ((type !== 20 && type !== 21 && type !== 22) || version !== 3) return foreign(bytes, at);
    if (at + 5 > bytes.length) break;
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    if (end > bytes.length) break;
    if (type === 22) messages.push(bytes.subarray(at + 5, end));
    if (type === 21 && end >= at + 7) {
      const alert = nameOf(bytes[at + 6]!);
      if (bytes[at + 5] !== 1) return {...handshake(Buffer.concat(messages), alert), end: 'alert', detail: advice(bytes[at + 6]!)};
      warned = alert;
    }
    at = end;
  }
  return handshake(Buffer.concat(messages), warned);
}

function handshake(bytes: Buffer, alert: string | null): TlsFlight {
  let answer: TlsAnswer = {...nothing, alert};
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + bytes.readUIntBE(at + 1, 3);
    const body = bytes.subarray(at + 4, end);
    if (bytes[at] === 14) return {end: 'done', answer, detail: null};
    if (end > bytes.length) break;
    if (bytes[at] === 2 && body.length >= 2) answer = {...answer, version: versionName(body.readUInt16BE(0))};
    if (bytes[at] === 11) {
      const chain = certificates(body);
      if (typeof chain === 'string') return {end: 'foreign', answer, detail: chain};
      answer = {...answer, chain};
    }
    at = end;
  }
  return {end: 'unfinished', answer, detail: null};
}

/** RFC 5246 §7.4.2. A sentence when they cannot be read. */
function certificates(body: Buffer): TlsAnswer['chain'] | string {
  const chain: TlsAnswer['chain'][number][] = [];
  for (let at = 3; at < body.length;) {
    const end = at + 3 <= body.length ? at + 3 + body.readUIntBE(at, 3) : Infinity;
    const read = end <= body.length ? readCertificate(body.subarray(at + 3, end)) : null;
    if (read === null) return `certificate ${chain.length + 1} that it shows cannot be read`;
    chain.push(read);
    at = end;
  }
  return chain;
}

function foreign(bytes: Buffer, at: number): TlsFlight {
  const first = bytes.subarray(at, at + 60).toString('latin1').split(/[\r\n]/)[0] ?? '';
  const shown = /^[\x20-\x7e]{4,}/.exec(first)?.[0] ?? `octets ${bytes.subarray(at, at + 8).toString('hex')}`;
  return {end: 'foreign', answer: nothing, detail: `it does not speak TLS; it said ${shown}`};
}

function nameOf(alert: number): string {
  return `${alerts.get(alert) ?? 'alert'} (${alert})`;
}

function advice(alert: number): string | null {
  if (alert === 70) return 'it takes nothing older than TLS 1.3, which encrypts certificates: openssl s_client -connect ADDRESS:PORT -showcerts shows them';
  return alert === 40 || alert === 71 ? 'it has no cipher suite of TLS 1.2 in common with kdiag: openssl s_client -connect ADDRESS:PORT -showcerts may show its certificates' : null;
}

function versionName(version: number): string {
  return version === 0x0300 ? 'SSL 3.0' : version > 0x0300 && version < 0x0305 ? `TLS 1.${(version & 255) - 1}` : `0x${version.toString(16).padStart(4, '0')}`;
}
