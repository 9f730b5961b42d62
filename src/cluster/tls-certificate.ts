import {X509Certificate} from 'node:crypto';
import {formatAddress, parseAddress} from './dns-address.ts';
import type {TlsCertificate} from './tcp.ts';

/** Null for what is no certificate (RFC 5280). */
export function readCertificate(der: Buffer): TlsCertificate | null {
  try {
    const read = new X509Certificate(der);
    const oneLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ');
    return {
      subject: oneLine(read.subject), issuer: oneLine(read.issuer), sans: sansOf(read.subjectAltName),
      notBefore: instant(read.validFrom), notAfter: instant(read.validTo),
      sha256: read.fingerprint256.replaceAll(':', '').toLowerCase(), selfSigned: isSelfSigned(read),
      keyId: extensionOctets(der, 0x0e, 0x04), issuerKeyId: extensionOctets(der, 0x23, 0x80),
    };
  } catch {
    return null;
  }
}

/** Those of a PEM text (RFC 7468), in its order; other blocks, and what cannot be read, are left out. */
export function readPem(text: string): TlsCertificate[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g)].flatMap(([, body = '']) => readCertificate(Buffer.from(body, 'base64')) ?? []);
}

/** Node's text, `DNS:a, IP Address:10.0.0.1, URI:…`; what has a comma or a quote in it stands in quotes, as JSON. */
function sansOf(text: string | undefined): TlsCertificate['sans'] {
  const parts = [...(text ?? '').matchAll(/(DNS|IP Address|[A-Za-z0-9 ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)];
  const values = (kind: string): readonly string[] => parts.filter(([, each]) => each === kind).map(([, , value = '']) => (value.startsWith('"') ? String(JSON.parse(value)) : value));
  return {dns: values('DNS'), ip: values('IP Address').map(address => { const octets = parseAddress(address); return octets === null ? address : formatAddress(octets); })};
}

/** OpenSSL's `Nov 21 09:38:08 2026 GMT`. */
function instant(text: string): string {
  return new Date(text).toISOString();
}

function isSelfSigned(certificate: X509Certificate): boolean {
  try {
    return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
  } catch {
    return false; // a key that this machine's OpenSSL does not take
  }
}

/**
 * Key identifiers (RFC 5280 §4.2.1.1 and §4.2.1.2), which Node does not give: behind the extension's object identifier 2.5.29.N, and
 * `critical` if it is there, an OCTET STRING that holds either an OCTET STRING or a SEQUENCE with [0] at its head.
 */
function extensionOctets(der: Buffer, extension: 0x0e | 0x23, tag: 0x04 | 0x80): string | null {
  const found = der.indexOf(Buffer.from([0x06, 0x03, 0x55, 0x1d, extension]));
  if (found < 0) return null;
  let at = found + 5;
  if (der[at] === 0x01) at += 3;
  if (der[at] !== 0x04) return null;
  at += 2;
  if (tag === 0x80) {
    if (der[at] !== 0x30) return null;
    at += 2;
  }
  const length = der[at + 1] ?? 0;
  return der[at] === tag && length > 0 && length < 0x80 && at + 2 + length <= der.length ? der.subarray(at + 2, at + 2 + length).toString('hex') : null;
}
