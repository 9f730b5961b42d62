import {readFileSync} from 'node:fs';

/** kdiag's own version, from its package.json (one folder up, both in src/ and in dist/). */
export const version: string = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {version: string}).version;
