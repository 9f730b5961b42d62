import * as http from 'node:http';
import * as https from 'node:https';
import type {ConnectionOptions} from 'node:tls';
import * as tls from 'node:tls';
import {type Answer, isKnown, known, unknown} from '../answer.ts';
import {pause, unlessAborted} from './abort.ts';
import type {Access} from './access.ts';
import {type Credential, type Credentials, credentialsOf} from './credentials.ts';
import {connectionFailure, interruption} from './errors.ts';
import {expiredCredential} from './expired.ts';
import {type Reply, receive} from './reply.ts';
import {agentFor, proxyFor} from './proxy.ts';

export interface Ask {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** From the server's root: `/api/v1/pods`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

/** What a websocket needs to go the same way as a request. */
export interface Way {
  readonly url: URL;
  readonly agent: http.Agent;
  readonly headers: Credential['headers'];
  readonly tls: ConnectionOptions;
}

/** Requests to one API server: one agent, so that few connections are made; a deadline on each, which covers the whole answer. */
export class Transport {
  /** The server's address for people, with the proxy on the way to it. */
  readonly server: string;
  readonly #access: Access;
  readonly #agent: http.Agent;
  readonly #credentials: Credentials;
  readonly #timeoutMs: number;
  readonly #maxBytes: number;
  readonly #tls: ConnectionOptions;

  constructor(access: Access, agent: http.Agent, proxy: URL | null, timeoutMs: number, maxBytes: number) {
    this.server = `${access.server.origin}${proxy === null ? '' : ` through the proxy ${proxy.host}`}`;
    this.#access = access;
    this.#agent = agent;
    this.#credentials = credentialsOf(access);
    this.#timeoutMs = timeoutMs;
    this.#maxBytes = maxBytes;
    this.#tls = {
      // Go trusts the operating system's authorities; Node would take only its own
      ca: access.ca ?? (access.server.protocol === 'https:' && !access.insecure ? [...tls.getCACertificates('default'), ...tls.getCACertificates('system')] : undefined),
      rejectUnauthorized: !access.insecure,
      ...(access.tlsServerName !== undefined && {servername: access.tlsServerName}),
    };
  }

  /** Any HTTP answer is known, also 404; unknown says why there was none. Never throws. */
  async send(ask: Ask): Promise<Answer<Reply>> {
    let deadline: number | undefined;
    for (let attempt = 0; ; attempt++) {
      const way = await this.way(ask.path, ask.query, ask.signal);
      if (!isKnown(way)) return way;
      deadline ??= performance.now() + this.#timeoutMs; // a credential plugin may have asked the user to log in before
      const answer = await this.#once(ask, way.known, deadline - performance.now(), attempt === 0 && ask.method !== 'POST');
      if (answer === 'stale') continue;
      if (!isKnown(answer)) return answer;
      const {status, retryAfterMs} = answer.known;
      if (status === 401 && this.#credentials.refused()) continue;
      const expired = status === 401 ? expiredCredential(way.known, Date.now()) : null;
      if (expired !== null) return unknown('unauthorized', `the API server does not accept these credentials: ${expired}`);
      const wait = (status === 429 || status === 503) && attempt < 2 ? retryAfterMs : undefined;
      if (wait === undefined || performance.now() + wait >= deadline) return answer;
      if (!(await pause(wait, ask.signal))) return {unknown: interruption(ask.signal!, this.#late())};
    }
  }

  async way(path: string, query: Ask['query'] = {}, signal?: AbortSignal): Promise<Answer<Way>> {
    const credential = await unlessAborted(this.#credentials.current(), signal);
    if (credential === null) return {unknown: interruption(signal!, 'the credentials did not come in time')};
    if (!isKnown(credential)) return credential;
    const {headers, cert, key} = credential.known;
    const url = new URL(this.#access.server);
    url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.append(name, String(value));
    return known({url, agent: this.#agent, headers, tls: {...this.#tls, ...(cert !== undefined && {cert}), ...(key !== undefined && {key})}});
  }

  close(): void {
    this.#agent.destroy();
  }

  #late(): string {
    return `the API server ${this.server} did not answer within ${this.#timeoutMs / 1000} s`;
  }

  /** `stale` (only when `mayRepeat`): the server closed an idle connection just when it was used again. */
  #once(ask: Ask, way: Way, remainingMs: number, mayRepeat: boolean): Promise<Answer<Reply> | 'stale'> {
    const {signal} = ask;
    if (signal?.aborted === true) return Promise.resolve({unknown: interruption(signal, this.#late())});
    return new Promise(resolve => {
      const body = ask.body === undefined ? undefined : JSON.stringify(ask.body);
      const options: https.RequestOptions = {
        method: ask.method,
        agent: way.agent,
        headers: {
          ...(way.headers as http.OutgoingHttpHeaders),
          Accept: 'application/json',
          'Accept-Encoding': 'gzip',
          'User-Agent': 'kdiag',
          ...(body !== undefined && {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)}),
        },
        ...way.tls,
      };
      let request: http.ClientRequest;
      try {
        request = (way.url.protocol === 'https:' ? https : http).request(way.url, options);
      } catch (error) {
        resolve({unknown: connectionFailure(error, this.server)}); // a header with characters that HTTP does not allow
        return;
      }
      const settle = (answer: Answer<Reply> | 'stale'): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        resolve(answer);
        if (answer !== 'stale' && !isKnown(answer)) request.destroy();
      };
      const abort = (): void => settle({unknown: interruption(signal!, this.#late())});
      const timer = setTimeout(() => settle(unknown('timeout', this.#late())), Math.max(1, remainingMs));
      signal?.addEventListener('abort', abort, {once: true});
      let answered = false;
      request.on('error', error => {
        const failure = connectionFailure(error, this.server);
        settle(mayRepeat && request.reusedSocket && !answered && failure.why === 'lost' ? 'stale' : {unknown: failure});
      });
      request.on('response', response => {
        answered = true;
        receive(response, this.#maxBytes, this.server).then(settle, settle);
      });
      request.end(body);
    });
  }
}

/** Throws KdiagError(2) when the proxy of the environment makes no sense. */
export async function openTransport(access: Access, environment: NodeJS.ProcessEnv, timeoutMs: number, maxBytes: number): Promise<Transport> {
  const proxy = proxyFor(access.server, access.proxyUrl, environment);
  return new Transport(access, await agentFor(access.server, proxy, timeoutMs), proxy, timeoutMs, maxBytes);
}
