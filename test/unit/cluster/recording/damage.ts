import {gzipSync} from 'node:zlib';
import {toEntries} from '../../../../src/cluster/recording/write-format.ts';
import {recording} from './recordings.ts';

/** One entry of a hand-made tar; `type` as in the header: 0 file, 1 link, 2 symlink, 3 and 4 devices, 5 directory, 6 fifo. */
export interface Entry {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly type?: number;
  readonly link?: string;
}

/** The files of a good recording, some of them replaced (or taken out: null). */
export function files(changes: Readonly<Record<string, string | null>> = {}): Entry[] {
  const all = new Map<string, string | Buffer>(toEntries(recording));
  for (const [name, content] of Object.entries(changes)) {
    if (content === null) all.delete(name);
    else all.set(name, content);
  }
  return [...all].map(([name, content]) => ({name, content}));
}

/** A good recording's recording.json, changed as JSON. */
export function manifest(change: (manifest: Record<string, unknown> & {questions: Record<string, unknown>[]}) => void): string {
  const value = JSON.parse(String(toEntries(recording).get('recording.json'))) as Parameters<typeof change>[0];
  change(value);
  return JSON.stringify(value);
}

/** ustar by hand, as what a library writes would be too good. */
export function tar(entries: readonly Entry[], end = true): Buffer {
  const blocks = entries.flatMap(({name, content = '', type = 0, link = ''}) => {
    const bytes = Buffer.from(content as string);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write('000644 \0', 100);
    header.write(bytes.length.toString(8).padStart(11, '0'), 124);
    header.write(String(type), 156);
    header.write(link, 157, 100);
    header.write('ustar\x0000', 257);
    header.fill(' ', 148, 156);
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(end ? 1024 : 0)]);
}

export function archive(entries: readonly Entry[]): Buffer {
  return gzipSync(tar(entries));
}
