import {X509Certificate} from 'node:crypto';

/** What a request carried to be let in. */
interface Carried {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly tls: {readonly cert?: unknown};
}

/** That a credential has ended, by its own word: a token's `exp` (RFC 7519 §4.1.4), a client certificate's notAfter. Null: none says so. */
export function expiredCredential({headers, tls: {cert}}: Carried, now: number): string | null {
  const [, payload] = /^Bearer [^.]+\.([^.]+)\.[^.]*$/.exec(String(headers['Authorization'] ?? '')) ?? [];
  const token = payload === undefined ? null : expiryOf(payload);
  if (token !== null && token < now) return `the token expired at ${new Date(token).toISOString()}`;
  const certificate = typeof cert === 'string' || Buffer.isBuffer(cert) ? endOf(cert) : null;
  return certificate !== null && certificate < now ? `the client certificate expired at ${new Date(certificate).toISOString()}` : null;
}

/** Epoch milliseconds; null: the claims cannot be read, or hold no end. Nothing but the end is looked at. */
function expiryOf(payload: string): number | null {
  try {
    const {exp} = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {exp?: unknown};
    return typeof exp === 'number' && Number.isFinite(exp) && Math.abs(exp) < 8e12 ? exp * 1000 : null;
  } catch {
    return null;
  }
}

function endOf(pem: string | Buffer): number | null {
  try {
    return new X509Certificate(pem).validToDate.getTime();
  } catch {
    return null;
  }
}
