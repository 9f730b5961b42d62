import {randomBytes} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {open, rename, rm, stat} from 'node:fs/promises';
import {Readable} from 'node:stream';
import {KdiagError} from '../../kdiag-error.ts';
import type {Cluster} from '../cluster.ts';
import {pack, unpack} from './archive.ts';
import {defaultLimits, type Limits} from './limits.ts';
import {fromEntries} from './read-format.ts';
import {RecordedCluster} from './recorded-cluster.ts';
import type {Recording} from './recording.ts';
import {refusal} from './refusal.ts';
import {toEntries} from './write-format.ts';

/** The bytes of a recording's file, docs/recording-format.md. The same recording gives the same bytes. */
export function encodeRecording(recording: Recording): Promise<Uint8Array> {
  return pack(toEntries(recording));
}

/**
 * Writes a recording to a file that only its owner may read: whole or not at all. Throws KdiagError(2) when there is something
 * there already (an empty file does not count; `force` overwrites a regular file), or when it cannot be written.
 */
export async function saveRecording(file: string, recording: Recording, {force = false}: {readonly force?: boolean} = {}): Promise<void> {
  await checkFree(file, force);
  const bytes = await encodeRecording(recording);
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, {force: true});
    throw new KdiagError(2, `${file}: cannot be written (${(error as Error).message})`);
  }
}

export async function checkFree(file: string, force: boolean): Promise<void> {
  const there = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw refusal(file, `cannot be written (${error.message})`);
  });
  if (there === null) return;
  if (!there.isFile()) throw refusal(file, 'cannot be written: it is there, and is no regular file');
  if (there.size > 0 && !force) throw refusal(file, 'exists already', 'Give another name, or remove it first');
}

/**
 * Reads a recording from a file, or from a file's bytes, into memory; nothing is written anywhere. Throws KdiagError(2) with a
 * sentence that says which: not there, no recording, damaged, truncated, written by a newer kdiag, too large, unsafe entries.
 */
export async function loadRecording(from: string | Uint8Array, limits: Limits = defaultLimits): Promise<Recording> {
  if (typeof from !== 'string') return fromEntries(await unpack(Readable.from([from]), 'recording', limits), 'recording');
  const there = await stat(from).catch(() => null);
  if (there?.isDirectory()) throw refusal(from, 'is a directory, not a recording');
  return fromEntries(await unpack(createReadStream(from), from, limits), from);
}

/** Whether a file is compressed as recordings are; false also of what cannot be read. */
export async function looksLikeRecording(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => null);
  try {
    const {buffer, bytesRead} = await handle?.read(Buffer.alloc(2), 0, 2, 0) ?? {buffer: Buffer.alloc(0), bytesRead: 0};
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } catch {
    return false;
  } finally {
    await handle?.close();
  }
}

/** The recording adapter: a cluster that answers from a recording, its file, or the file's bytes. Throws as loadRecording. */
export async function openRecording(from: string | Uint8Array | Recording, limits: Limits = defaultLimits): Promise<Cluster> {
  const isBytesOrFile = typeof from === 'string' || from instanceof Uint8Array;
  return new RecordedCluster(isBytesOrFile ? await loadRecording(from, limits) : from);
}
