import type {IncomingMessage} from 'node:http';
import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';
import {type Answer, known, unknown} from '../answer.ts';
import {connectionFailure} from './errors.ts';

/** An HTTP answer, whole. */
export interface Reply {
  readonly status: number;
  readonly body: Buffer;
  /** Milliseconds, from a Retry-After header in seconds (the API server gives no dates). */
  readonly retryAfterMs: number | undefined;
}

/** Collects the body, also a compressed one, up to `maxBytes`; more is `truncated`, an end before its time `lost`. Never throws. */
export function receive(response: IncomingMessage, maxBytes: number, server: string): Promise<Answer<Reply>> {
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) resolve(tooLarge(maxBytes));
      else chunks.push(chunk);
    });
    response.on('error', error => resolve({unknown: connectionFailure(error, server)}));
    response.on('end', () => {
      const header = Number(response.headers['retry-after']);
      const retryAfterMs = header > 0 ? header * 1000 : undefined;
      decode(Buffer.concat(chunks), response.headers['content-encoding'], maxBytes, server).then(
        body => resolve('unknown' in body ? body : known({status: response.statusCode ?? 0, body: body.known, retryAfterMs})),
        resolve,
      );
    });
  });
}

async function decode(body: Buffer, encoding: string | undefined, maxBytes: number, server: string): Promise<Answer<Buffer>> {
  if (encoding !== 'gzip') return known(body);
  try {
    return known(await promisify(gunzip)(body, {maxOutputLength: maxBytes}));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(maxBytes);
    return unknown('unparsed', `the API server ${server} sent a compressed answer that is broken`);
  }
}

function tooLarge(maxBytes: number): Answer<never> {
  return unknown('truncated', `the answer is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB`);
}
