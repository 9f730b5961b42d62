import {access, appendFile, constants, rename, stat, writeFile} from 'node:fs/promises';
import {KdiagError} from '../kdiag-error.ts';

export const formats = ['text', 'wide', 'json', 'junit', 'sarif', 'github', 'markdown', 'html', 'prometheus'] as const;
export type Format = (typeof formats)[number];

/** A form of the report, and where it goes: a file, or null for stdout. */
export interface Output {
  readonly format: Format;
  readonly file: string | null;
}

/** `FORMAT` or `FORMAT=FILE`. Throws KdiagError(2). */
export function outputOf(text: string): Output {
  const [, format = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (!isFormat(format)) throw new KdiagError(2, `there is no output format “${format}”`, `There are ${formats.join(', ')}; FORMAT=FILE writes it to a file`);
  if (file === '') throw new KdiagError(2, `“${text}” names no file`);
  return {format, file: file === undefined || file === '-' ? null : file};
}

/** Two reports on one stream, or in one file, or a file that cannot be written: told before anything is examined. Throws KdiagError(2). */
export async function checkOutputs(outputs: readonly Output[]): Promise<void> {
  const streams = outputs.filter(({file}) => file === null);
  if (streams.length > 1) throw new KdiagError(2, `only one of ${streams.map(({format}) => format).join(', ')} can go to stdout`, 'Write the others as FORMAT=FILE');
  const files = outputs.flatMap(({file}) => file ?? []);
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice !== undefined) throw new KdiagError(2, `${twice} is given for two reports`);
  for (const file of files) {
    const is = await stat(file).catch(() => null);
    if (is?.isDirectory() === true) throw new KdiagError(2, `${file}: is a directory`);
    await access(is === null ? file.replace(/[^/]*$/, '') || '.' : file, constants.W_OK).catch((error: unknown) => { throw new KdiagError(2, `${file}: cannot be written (${(error as Error).message})`); });
  }
}

/** Whole or not at all, for those who read the file at any moment; what is no regular file (/dev/stderr, a pipe) is written as it stands. */
export async function writeOutput(file: string, text: string): Promise<void> {
  try {
    const is = await stat(file).catch(() => null);
    if (is !== null && !is.isFile()) return await writeFile(file, text);
    const part = `${file}.${process.pid}.part`;
    await writeFile(part, text);
    await rename(part, file);
  } catch (error) {
    throw new KdiagError(3, `${file}: the report could not be written (${(error as Error).message})`);
  }
}

/** For files that several steps write to. */
export async function appendOutput(file: string, text: string): Promise<void> {
  await appendFile(file, text).catch((error: unknown) => { throw new KdiagError(3, `${file}: the report could not be written (${(error as Error).message})`); });
}

function isFormat(text: string): text is Format {
  return (formats as readonly string[]).includes(text);
}
