import {type Readable, Transform, type TransformCallback} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {buffer} from 'node:stream/consumers';
import {createGunzip, createGzip} from 'node:zlib';
import tar, {type Header} from 'tar-stream';
import {entryPath} from './entry-path.ts';
import {KdiagError} from '../../kdiag-error.ts';
import type {Limits} from './limits.ts';
import {refusal} from './refusal.ts';

/** Path → content of the files in an archive. Paths are relative and have no `.` or `..`. */
export type Entries = ReadonlyMap<string, Buffer>;

/** The one file that says what an archive is: first in it, so that a foreign one is known early by whoever looks. */
export const manifestPath = 'recording.json';

/** Same entries, same bytes: sorted, no times, no owners, no name of the system that compressed. */
export async function pack(entries: Entries): Promise<Uint8Array> {
  const packing = tar.pack();
  const order = [...entries].sort(([a], [b]) => (a === manifestPath ? -1 : b === manifestPath ? 1 : a < b ? -1 : 1));
  for (const [name, content] of order) packing.entry({name, mode: 0o644, uid: 0, gid: 0, mtime: new Date(0)}, content);
  packing.finalize();
  const bytes = await buffer(packing.pipe(createGzip({level: 6})));
  bytes[9] = 255; // the header's operating system: unknown
  return bytes;
}

/**
 * Reads an archive into memory, and nothing to disk. Throws KdiagError(2) for what is no gzip or no tar, damaged, cut off,
 * over a limit (seen while it streams), and for entries that are not plain files inside. `file` names it in messages.
 */
export async function unpack(source: Readable, file: string, limits: Limits): Promise<Entries> {
  const entries = new Map<string, Buffer>();
  const extract = tar.extract();
  let count = 0;
  // A refusal also ends the entry that was not read, and the archive once more when nobody listens: told once is enough.
  extract.on('error', () => {});
  extract.on('entry', (header, content, next) => {
    count += 1;
    content.on('error', () => {});
    read(header, content).then(() => next(), next);
  });
  const read = async (header: Header, content: AsyncIterable<unknown>): Promise<void> => {
    if (count > limits.entries) throw tooLarge(file, `over ${limits.entries} entries`);
    const path = entryPath(header, file);
    if (path !== null && entries.has(path)) throw refusal(file, `damaged: it holds ${JSON.stringify(path)} twice`);
    if (header.size > limits.entry) throw tooLarge(file, `${JSON.stringify(header.name)} in it is over ${limits.entry} bytes`);
    const bytes = await bytesOf(content);
    if (path !== null) entries.set(path, bytes);
  };
  const compressed = meter(limits.compressed, () => tooLarge(file, `over ${limits.compressed} bytes`));
  const uncompressed = meter(limits.uncompressed, () => tooLarge(file, `over ${limits.uncompressed} bytes when uncompressed`));
  try {
    await pipeline(source, compressed, gzipOnly(file), createGunzip({chunkSize: 2 ** 18}), uncompressed, extract);
  } catch (error) {
    throw explained(error, file, count);
  }
  return entries;
}

/** As buffer() of node:stream/consumers, which makes a Blob for each of thousands of small files. */
async function bytesOf(content: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk as Uint8Array);
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? Buffer.from(only.buffer, only.byteOffset, only.length) : Buffer.concat(chunks);
}

/** Passes bytes through until there are more than `limit`. */
function meter(limit: number, refused: () => KdiagError): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done: TransformCallback) {
      size += chunk.length;
      if (size > limit) done(refused());
      else done(null, chunk);
    },
  });
}

/** zlib says the same of a foreign file and of a damaged one: the magic bytes tell them apart. */
function gzipOnly(file: string): Transform {
  let head = Buffer.alloc(0);
  let isGzip = false;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done: TransformCallback) {
      if (isGzip) return done(null, chunk);
      head = Buffer.concat([head, chunk]);
      if (head.length < 2) return done();
      isGzip = head[0] === 0x1f && head[1] === 0x8b;
      return isGzip ? done(null, head) : done(notGzip(file));
    },
    flush(done: TransformCallback) {
      done(isGzip ? null : notGzip(file));
    },
  });
}

function notGzip(file: string): KdiagError {
  return refusal(file, 'is no kdiag recording (not gzip-compressed)');
}

function tooLarge(file: string, how: string): KdiagError {
  return refusal(file, `too large to be read: ${how}`);
}

function explained(error: unknown, file: string, count: number): unknown {
  if (error instanceof KdiagError) return error;
  const {code, message} = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return refusal(file, 'truncated: the file ends before the recording does');
  if (code?.startsWith('Z_')) return refusal(file, `damaged (${message})`);
  if (code === 'ENOENT') return refusal(file, 'no such file');
  if (code !== undefined && /^E[A-Z]+$/.test(code)) return refusal(file, `cannot be read (${message})`);
  if (message === 'Unexpected end of data' && count > 0) return refusal(file, 'truncated: the archive in it ends too early');
  return count > 0 ? refusal(file, `damaged (${message})`) : refusal(file, 'is no kdiag recording (no tar archive in it)');
}
