import {isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap} from 'yaml';
import {codes} from '../findings/words.ts';
import {KdiagError} from '../kdiag-error.ts';
import {nearestNames} from '../model/labels.ts';
import type {Suppression} from './accepted-by.ts';
import {isDay} from './day.ts';
import {fits} from './pattern.ts';
import {unusedCode} from './standing.ts';

/** What an entry holds, and what it looks like. src/accept/suppressions.schema.json says the same to editors. */
const expected = {
  code: 'a code as kdiag explain lists them, or a pattern of codes such as kube-proxy-*',
  subject: 'KIND/NAMESPACE/NAME or KIND/NAME, perhaps with *, such as Deployment/kube-system/coredns or Node/edge-*; "**" for any',
  reason: 'why this is accepted, in a sentence',
  expires: 'the last day on which it is accepted, such as 2027-01-31',
} as const;
const fields = Object.keys(expected) as (keyof typeof expected)[];
const acceptable = codes.filter(code => code !== unusedCode);

/** Reads `.kdiag.yaml`. Throws KdiagError(2) that names the line, and what is expected there. `file` names it in messages. */
export function readSuppressions(text: string, file: string): Suppression[] {
  const {refuse, lineOf, resolved, mapOf} = documentOf(text, file);
  const all = mapOf(null, 'the file', ['apiVersion', 'suppress'], 'apiVersion: kdiag/v1, and below it suppress: with a list');
  const version = all.get('apiVersion');
  if (version === undefined) refuse(1, 'apiVersion is missing', 'Expected: apiVersion: kdiag/v1');
  else if (!isScalar(version.value) || version.value.value !== 'kdiag/v1') refuse(version.line, 'this apiVersion is not known', 'Expected: apiVersion: kdiag/v1');
  const list = all.get('suppress');
  if (list === undefined) return [];
  if (!isSeq(list.value)) return refuse(list.line, 'suppress is no list', 'Expected: suppress: and below it entries that begin with “- code:”; [] for none');
  const entries = list.value.items.map((item): Suppression => {
    const node = resolved(item);
    const line = lineOf(node) ?? list.line;
    const entry = mapOf({node, line}, 'the entry', fields, `Expected: ${fields.join(', ')}`);
    const textOf = (field: keyof typeof expected): {readonly text: string; readonly line: number} => {
      const found = entry.get(field);
      if (found === undefined) return refuse(line, `the entry has no ${field}`, `Expected: ${expected[field]}`);
      if (!isScalar(found.value) || typeof found.value.value !== 'string') return refuse(found.line, `${field} is no text`, `Expected: ${expected[field]}; in quotes, if it looks like something else`);
      const plain = found.value.value.trim().replace(/\s+/g, ' ');
      if (plain === '') refuse(found.line, `${field} is empty`, `Expected: ${expected[field]}`);
      return {text: plain, line: found.line};
    };
    const [code, subject, reason, expires] = [textOf('code'), textOf('subject'), textOf('reason'), textOf('expires')];
    if (!/^[a-z*][a-z0-9*-]*$/.test(code.text)) refuse(code.line, `“${code.text}” is no code`, `Expected: ${expected.code}`);
    if (!acceptable.some(known => fits(code.text, known))) refuse(code.line, `there is no finding “${code.text}”`, nearest(code.text));
    if (!/^(?:[A-Z*][A-Za-z*]*(?:\/[^/]+){1,2}|[^/]*\*\*[^/]*)$/.test(subject.text)) refuse(subject.line, `“${subject.text}” is no subject of a finding`, `Expected: ${expected.subject}`);
    if (!isDay(expires.text)) refuse(expires.line, `“${expires.text}” is no day of the calendar`, `Expected: ${expected.expires}`);
    return {file, line, code: code.text, subject: subject.text, reason: reason.text, expires: expires.text};
  });
  for (const [i, {code, subject, line}] of entries.entries()) {
    const first = entries.findIndex(other => other.code === code && other.subject === subject);
    if (first < i) refuse(line, `the same code and subject as in line ${entries[first]?.line}`, 'Expected: one entry for both');
  }
  return entries;
}

function nearest(code: string): string {
  const near = nearestNames(code.replaceAll('*', '').replace(/^-+|-+$/g, ''), acceptable);
  return near.length === 0 ? 'kdiag explain lists them' : `Did you mean ${near.join(' or ')}?`;
}

interface Field {
  readonly value: Node | null;
  readonly line: number;
}

interface Document {
  readonly refuse: (line: number, what: string, hint: string) => never;
  readonly lineOf: (node: Node | null) => number | null;
  /** What an alias stands for. */
  readonly resolved: (node: unknown) => Node | null;
  /** The fields of a map; of the document itself, if no node is given. Refuses what is none, and fields that are not known. */
  readonly mapOf: (of: {readonly node: Node | null; readonly line: number} | null, what: string, known: readonly string[], hint: string) => ReadonlyMap<string, Field>;
}

function documentOf(text: string, file: string): Document {
  const lineCounter = new LineCounter();
  const refuse = (line: number, what: string, hint: string): never => {
    throw new KdiagError(2, `${file}, line ${line}: ${what}`, hint);
  };
  const document = parsed(text, file, lineCounter);
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) refuse(lineCounter.linePos(broken.pos[0]).line || 1, `broken YAML: ${broken.message}`, 'Expected: YAML as docs/accepting.md shows it; what begins with * stands in quotes');
  const lineOf = (node: Node | null): number | null => (node?.range ? lineCounter.linePos(node.range[0]).line : null);
  const resolved = (node: unknown): Node | null => (isAlias(node) ? node.resolve(document) ?? null : node as Node | null);
  const mapOf: Document['mapOf'] = (of, what, known, hint) => {
    const {node, line} = of ?? {node: document.contents, line: lineOf(document.contents) ?? 1};
    if (!isMap(node)) return refuse(line, `${what} ${node === null || (isScalar(node) && node.value === null) ? 'is empty' : 'is no map'}`, hint.startsWith('Expected') ? hint : `Expected: ${hint}`);
    return new Map((node as YAMLMap<unknown, unknown>).items.map(({key, value}): [string, Field] => {
      const [name, at] = [isScalar(key) ? String(key.value) : '', lineOf(key as Node) ?? line];
      if (!known.includes(name)) refuse(at, `there is no field “${name}” here`, `${nearestNames(name, known).map(each => `Did you mean ${each}?`)[0] ?? `Expected: ${known.join(', ')}`}`);
      return [name, {value: resolved(value), line: at}];
    }));
  };
  return {refuse, lineOf, resolved, mapOf};
}

/** YAML 1.2, whatever the file says: a day stays a text. */
function parsed(text: string, file: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> {
  try {
    return parseDocument(text, {schema: 'core', lineCounter, prettyErrors: false, logLevel: 'error'});
  } catch (error) {
    throw new KdiagError(2, `${file}: broken YAML (${(error as Error).message})`); // nested too deeply for the parser
  }
}
