import {readFile} from 'node:fs/promises';

/** A document of kdiag's own package, by its path there. It ships, so that it can be read without a network. */
export function readPage(path: string): Promise<string> {
  return readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
}
