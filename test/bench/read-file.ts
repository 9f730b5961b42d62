// FILE: the least that anybody does who reads a recording: gunzip, untar, JSON.parse, and the texts as strings.
import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';

const tar = gunzipSync(readFileSync(process.argv[2] ?? ''));
const entries = new Map<string, unknown>();
for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
  const name = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '');
  const size = parseInt(tar.toString('latin1', at + 124, at + 136), 8);
  const text = tar.toString('utf8', at + 512, at + 512 + size);
  entries.set(name, name.endsWith('.json') ? JSON.parse(text) : text);
  at += 512 + Math.ceil(size / 512) * 512;
}
if (entries.size === 0) throw new Error('no entry in it');
