import {access, open} from 'node:fs/promises';
import {KdiagError} from '../kdiag-error.ts';

/** More than this is something else than what is meant: what a person writes is small, a report of thousands of nodes is not. */
export interface Most {
  readonly mebibytes: number;
  readonly what: string;
}
const byHand: Most = {mebibytes: 1, what: 'resolv.conf'};

/** A text file of this machine, or stdin (`-`). Throws KdiagError(2) for what cannot be read, is no UTF-8 or is too large. */
export async function readText(file: string, most = byHand): Promise<string> {
  const bytes = file === '-' ? await gathered(process.stdin, most) : await contents(file, most);
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    throw new KdiagError(2, `${file === '-' ? 'stdin' : file}: this is no text in UTF-8`);
  }
}

/** False only where there is nothing of that name. */
export function isThere(file: string): Promise<boolean> {
  return access(file).then(() => true, (error: NodeJS.ErrnoException) => error.code !== 'ENOENT');
}

async function contents(file: string, most: Most): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      return await gathered(handle.createReadStream(), most);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof KdiagError) throw error;
    throw new KdiagError(2, `${file}: cannot be read (${(error as Error).message})`);
  }
}

async function gathered(stream: AsyncIterable<Uint8Array>, {mebibytes, what}: Most): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > mebibytes * 2 ** 20) throw new KdiagError(2, `that is more than ${mebibytes} MiB: no ${what}`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
