import {createHash} from 'node:crypto';
import type {Header} from 'tar-stream';
import {refusal} from './refusal.ts';

/** Longest name that every file system takes, with room for what is put behind it. */
const longest = 200;

/**
 * A cluster's name as one segment of a path: letters, digits, `.`, `_` and `-` stay, any other byte becomes `%3A`, and no name is
 * hidden, `.` or `..`. An overlong name is cut and ends in `~` and its hash.
 */
export function segment(name: string): string {
  const safe = [...Buffer.from(name)].map(byte => (/[A-Za-z0-9._-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : escaped(byte))).join('');
  const visible = safe.startsWith('.') ? escaped(0x2e) + safe.slice(1) : safe;
  if (visible === '') return '%';
  if (visible.length <= longest) return visible;
  return `${visible.slice(0, longest - 17).replace(/%.?$/, '')}~${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

function escaped(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** The path of a plain file in an archive, null for a directory. Throws KdiagError(2) for what is not inside, or no file. */
export function entryPath({name, type}: Header, file: string): string | null {
  const path = name.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  const isOutside = name.startsWith('/') || /[\\\0]|^[A-Za-z]:/.test(name) || path.split('/').includes('..');
  if (isOutside) throw refusal(file, `refused: it holds a path-escaping entry, ${JSON.stringify(name)}`);
  if (type === 'directory') return null;
  if (type !== 'file') throw refusal(file, `refused: ${JSON.stringify(name)} in it is a ${type}, not a file`);
  return path;
}
