import type {Unknown, Why} from '../answer.ts';

/** The API's own words about a request that it did not fulfil (meta/v1 Status). */
export interface Status {
  readonly kind?: string;
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {readonly name?: string; readonly kind?: string; readonly causes?: readonly {readonly reason?: string; readonly message?: string}[]};
}

/** The Status that a body holds, or null: proxies and broken servers answer with anything. */
export function readStatus(body: Uint8Array): Status | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return value !== null && typeof value === 'object' && (value as Status).kind === 'Status' ? (value as Status) : null;
  } catch {
    return null;
  }
}

/** What an HTTP answer other than success means. */
export function refusal(status: number, body: Uint8Array): Unknown {
  const said = readStatus(body)?.message ?? plainText(body);
  return {why: whyOfStatus(status, said), detail: oneLine(said === '' ? `the API server answered HTTP ${status}` : whoSays(status, said))};
}

export function whyOfStatus(status: number, message: string): Why {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 409 || status === 422) return 'refused';
  if (status === 410) return 'lost';
  if (/container not found/.test(message)) return 'absent'; // the kubelet's, as a 500, of a container that has just ended
  if (status >= 500) return /timed?.?out|deadline exceeded/i.test(message) ? 'timeout' : 'unreachable';
  return 'absent';
}

/** Only the commonest need an introduction: the other messages of the API speak for themselves. */
function whoSays(status: number, said: string): string {
  if (status === 401) return `the API server does not accept these credentials (${said})`;
  return status >= 500 || status === 429 ? `the API server answered HTTP ${status}: ${said}` : said;
}

function plainText(body: Uint8Array): string {
  const start = Buffer.from(body.subarray(0, 300)).toString('utf8').trim();
  return /^[<{[]/.test(start) ? '' : (start.split('\n')[0] ?? '');
}

/** A failure of the connection, or of TLS or the proxy on its way, told as one sentence. `server` is an address, with the proxy if any. */
export function connectionFailure(error: unknown, server: string): Unknown {
  const {code = '', message = ''} = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const reach = (what: string): Unknown => ({why: 'unreachable', detail: oneLine(`cannot reach the API server ${server}: ${what}`)});
  const [, beyond, proxyHost] = /(\S+) through the proxy (\S+)$/.exec(server) ?? [];
  // what lies beyond a proxy is connected to by the proxy, and its failures are told by it
  if (network[code] !== undefined && proxyHost !== undefined) return {why: 'unreachable', detail: `cannot reach the proxy ${proxyHost}, through which the API server ${beyond} is asked: ${network[code]}`};
  const known = network[code] ?? certificate[code];
  if (known !== undefined) return reach(known);
  if (code === 'ETIMEDOUT' || code === 'ESOCKETTIMEDOUT') return {why: 'timeout', detail: `cannot reach the API server ${server}: the connection timed out`};
  if (code === 'ECONNRESET' || code === 'EPIPE' || message === 'aborted' || message === 'socket hang up') return {why: 'lost', detail: `the connection to the API server ${server} ended before the answer was complete`};
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return reach(`its certificate is for another name (${(error as {reason?: string}).reason ?? message})`);
  if (/ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE)|CERTIFICATE_REQUIRED/.test(code)) return {why: 'unauthorized', detail: `the API server ${server} does not accept the client certificate`};
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return reach('it does not speak TLS as expected (is it an http:// server, or another program?)');
  if (code.startsWith('HPE_')) return reach('its answer is not HTTP');
  const proxy = /^Bad response: (\d+)$/.exec(message)?.[1];
  if (proxy !== undefined) return reach(`the proxy answered HTTP ${proxy}${proxy === '407' ? ' (it wants a name and a password)' : ''}`);
  return reach(code === '' ? message : `${message} (${code})`);
}

const network: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'its host name does not exist',
  EAI_AGAIN: 'its host name could not be looked up',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to its network',
  EADDRNOTAVAIL: 'no address to connect from',
};

const unsigned = 'its certificate is not signed by an authority that the kubeconfig, or this machine, trusts';
const certificate: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unsigned,
  SELF_SIGNED_CERT_IN_CHAIN: unsigned,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unsigned,
  UNABLE_TO_GET_ISSUER_CERT: unsigned,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unsigned,
  CERT_SIGNATURE_FAILURE: unsigned,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (is the clock right?)',
  CERT_REVOKED: 'its certificate is revoked',
};

/** Why a signal ended something: a deadline, or the user. */
export function interruption(signal: AbortSignal, detail: string): Unknown {
  const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
  return timedOut ? {why: 'timeout', detail} : {why: 'lost', detail: 'interrupted'};
}

/** One line for a terminal, without a final full stop: what others wrote may hold line ends and control characters. */
export function oneLine(said: string): string {
  const line = said.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim().replace(/\.$/, '');
  return line.length > 600 ? `${line.slice(0, 600)}…` : line;
}
