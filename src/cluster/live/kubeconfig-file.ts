import {readFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {delimiter, dirname, join, resolve} from 'node:path';
import {KdiagError} from '../../kdiag-error.ts';

/** A map as it stands in a kubeconfig; whatever is in it may be missing or of the wrong type. */
export type Fields = Readonly<Record<string, unknown>>;

/** One cluster, user or context, and the folder that its relative paths start from. */
export interface Entry {
  readonly name: string;
  readonly fields: Fields;
  readonly folder: string;
}

/** What one or more kubeconfig files say together. */
export interface Kubeconfig {
  readonly files: readonly string[];
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/**
 * Reads the kubeconfig by kubectl's rules: `file` alone (it must exist), or else the files of $KUBECONFIG, or else
 * ~/.kube/config; of these the missing ones are passed over. Of several files the first that names something wins, whole.
 * Null when no file is there. Throws KdiagError(2) for a file that cannot be read or understood.
 * Source: client-go tools/clientcmd/loader.go.
 */
export async function readKubeconfig(file: string | undefined, environment: NodeJS.ProcessEnv): Promise<Kubeconfig | null> {
  const paths = file === undefined ? defaultPaths(environment) : [file];
  const documents = (await Promise.all(paths.map(path => readDocument(path, file !== undefined)))).filter(document => document !== null);
  if (documents.length === 0) return null;
  return {
    files: documents.map(document => document.path),
    currentContext: documents.map(document => text(document.fields['current-context'])).find(name => name !== '') ?? '',
    contexts: entries(documents, 'contexts', 'context'),
    clusters: entries(documents, 'clusters', 'cluster'),
    users: entries(documents, 'users', 'user'),
  };
}

/** A field's string; empty when there is none. Numbers are taken too: a token may look like one. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

interface Document {
  readonly path: string;
  readonly fields: Fields;
}

function defaultPaths(environment: NodeJS.ProcessEnv): readonly string[] {
  const list = environment['KUBECONFIG'] ?? '';
  if (list === '') return [join(homedir(), '.kube', 'config')];
  return [...new Set(list.split(delimiter).filter(path => path !== ''))];
}

async function readDocument(path: string, mustExist: boolean): Promise<Document | null> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && !mustExist) return null;
    throw new KdiagError(2, `cannot read the kubeconfig ${path}: ${code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a folder' : code}`);
  }
  const fields = await parse(path, content);
  if (fields === null) return {path, fields: {}}; // an empty file is an empty configuration
  if (!isFields(fields)) throw new KdiagError(2, `${path} is no kubeconfig: it holds no map`);
  return {path, fields};
}

async function parse(path: string, content: string): Promise<unknown> {
  const yaml = await import('yaml');
  try {
    return yaml.parse(content, {logLevel: 'error', prettyErrors: false});
  } catch (error) {
    const offset = error instanceof yaml.YAMLParseError ? error.pos[0] : 0;
    const line = content.slice(0, offset).split('\n').length;
    // the parser's own message may quote the line, and with it a token
    throw new KdiagError(2, `${path} is no kubeconfig: broken YAML in line ${line}`);
  }
}

function entries(documents: readonly Document[], list: string, key: string): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  for (const {path, fields} of documents) {
    const items = fields[list];
    for (const item of Array.isArray(items) ? items : []) {
      if (!isFields(item)) continue;
      const name = text(item['name']);
      const inner = item[key];
      if (name !== '' && !found.has(name)) found.set(name, {name, fields: isFields(inner) ? inner : {}, folder: dirname(resolve(path))});
    }
  }
  return found;
}
