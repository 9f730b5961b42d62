import {open} from 'node:fs/promises';
import {KdiagError} from '../kdiag-error.ts';

/** What a person hands in is small; more than this is something else. */
const most = 1 << 20;

/** A text file of this machine, or stdin (`-`). Throws KdiagError(2) for what cannot be read, is no UTF-8 or has more than 1 MiB. */
export async function readText(file: string): Promise<string> {
  const bytes = file === '-' ? await gathered(process.stdin) : await contents(file);
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    throw new KdiagError(2, `${file === '-' ? 'stdin' : file}: this is no text in UTF-8`);
  }
}

async function contents(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      return await gathered(handle.createReadStream());
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof KdiagError) throw error;
    throw new KdiagError(2, `${file}: cannot be read (${(error as Error).message})`);
  }
}

async function gathered(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > most) throw new KdiagError(2, 'that is more than 1 MiB: no resolv.conf');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
