import {globSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

export interface Import {
  /** `model/ip.ts`, from src/; or the name of a package or of a part of Node. */
  readonly to: string;
  readonly kind: 'value' | 'type' | 'lazy';
}

export interface SourceFile {
  /** From src/: `model/ip.ts`. */
  readonly path: string;
  readonly folder: string;
  /** Without comments. */
  readonly code: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const root = new URL('../../src/', import.meta.url).pathname;

export const sourceFiles: readonly SourceFile[] = globSync('**/*.ts', {cwd: root}).sort().map(path => {
  const text = readFileSync(join(root, path), 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  return {path, folder: path.includes('/') ? path.slice(0, path.indexOf('/')) : '', code, text, imports: importsOf(path, code)};
});

function importsOf(path: string, code: string): Import[] {
  const resolve = (to: string): string => (to.startsWith('.') ? join(dirname(path), to) : to);
  const fixed = [...code.matchAll(/^(?:import|export)\s(?:([^'";]*?)\sfrom\s)?'([^']+)'/gm)].map(([, what = '', to = '']): Import => ({to: resolve(to), kind: what.startsWith('type ') ? 'type' : 'value'}));
  const called = [...code.matchAll(/(\bawait |\[|[=,(]\s*|\btype \w+ = )?\bimport\('([^']+)'\)/g)].map(([, before = '', to = '']): Import => ({to: resolve(to), kind: before.startsWith('type ') ? 'type' : 'lazy'}));
  return [...fixed, ...called];
}
