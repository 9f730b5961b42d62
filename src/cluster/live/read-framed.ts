import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';
import {type Answer, isKnown, known, unknown} from '../answer.ts';
import {frameEncoding} from '../frames.ts';
import {type ExecRequest, exec} from './exec.ts';
import {oneLine} from './errors.ts';
import type {Transport} from './transport.ts';

/** Of a reading, compressed and not: a node with 10,000 Services has some 20 MB of rules. */
const maxBytes = 256 * 1024 * 1024;

/** Runs a script that frames.ts made in a container, and gives its frames as one text. `node` is for messages. */
export async function readFramed(transport: Transport, target: Pick<ExecRequest, 'namespace' | 'pod' | 'container' | 'timeoutMs' | 'signal'>, script: string, node: string): Promise<Answer<string>> {
  const {namespace, pod, container, timeoutMs, signal} = target;
  const answer = await exec(transport, {namespace, pod, container, command: ['sh'], script, timeoutMs, maxBytes, signal});
  if (!isKnown(answer)) return answer;
  const encoded = frameEncoding(answer.known.stdout);
  if (encoded === null) {
    const {exit, stderr} = answer.known;
    return unknown(exit === 126 || exit === 127 ? 'absent' : 'unparsed', oneLine(`${namespace}/${pod} (${container}) cannot run the reading script (exit status ${exit}${stderr === '' ? '' : `: ${stderr}`})`));
  }
  const text = encoded.encoding === 'gzip' ? await decompressed(encoded.body, node) : known(Buffer.from(encoded.body));
  return isKnown(text) ? known(text.known.toString('utf8')) : text;
}

async function decompressed(body: Uint8Array, node: string): Promise<Answer<Buffer>> {
  try {
    return known(await promisify(gunzip)(body, {maxOutputLength: maxBytes}));
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return unknown('truncated', large ? `the reading of node ${node} is larger than ${maxBytes / 1024 / 1024} MiB` : `the reading of node ${node} is cut off or broken`);
  }
}
