import {type Answer, known, unknown, type Why} from '../answer.ts';
import type {NodeReading, PlaceReading, Section} from '../cluster.ts';
import type {KubeObject} from '../objects.ts';
import {type Resource, resources} from '../resources.ts';
import {admitted} from './admitted.ts';
import {dnsQuestionOf, dnsTriesOf, placeOf} from './read-dns.ts';
import {type Entries, manifestPath} from './archive.ts';
import {type Fields, Malformed, parseJson} from './fields.ts';
import {readObject} from './read-object.ts';
import {type Exchange, inOrder, type Recording} from './recording.ts';
import {tcpQuestionOf, tcpTriesOf} from './read-tcp.ts';
import {refusal} from './refusal.ts';
import {format} from './write-format.ts';

/** The files of an archive → a recording. Throws KdiagError(2) for what kdiag did not write, or a newer one wrote. */
export function fromEntries(entries: Entries, file: string): Recording {
  const manifest = entries.get(manifestPath);
  if (!manifest) throw refusal(file, `is no kdiag recording (there is no ${manifestPath} in it)`);
  try {
    return read(parseJson(manifest, manifestPath), entries, file);
  } catch (error) {
    if (error instanceof Malformed) throw refusal(file, `damaged: ${error.message}`);
    if (error instanceof RangeError) throw refusal(file, 'damaged: its JSON is nested too deeply');
    throw error;
  }
}

function read(manifest: Fields, entries: Entries, file: string): Recording {
  checkFormat(manifest, file);
  const objects = new Objects(entries);
  const recordedAt = manifest.text('recordedAt');
  if (Number.isNaN(Date.parse(recordedAt))) throw new Malformed(`${manifestPath}: recordedAt is no date`);
  return admitted({
    kdiag: manifest.text('kdiag'),
    recordedAt,
    context: manifest.text('context'),
    pseudonymised: manifest.boolean('pseudonymised'),
    exchanges: inOrder(manifest.items('questions').map(question => exchange(question, objects, entries))),
  });
}

function checkFormat(manifest: Fields, file: string): void {
  const found = manifest.value('format');
  if (found === format) return;
  if (typeof found === 'string' && /^kdiag\.recording\/v\d+$/.test(found)) {
    throw refusal(file, `written by a newer kdiag (format ${found}; this one reads ${format})`, 'Update kdiag');
  }
  throw refusal(file, `is no kdiag recording (its format is ${JSON.stringify(found) ?? 'not said'})`);
}

function exchange(question: Fields, objects: Objects, entries: Entries): Exchange {
  const ask = question.text('ask');
  switch (ask) {
    case 'version':
      return {ask, answer: told(question, () => question.text('known'))};
    case 'get': {
      const resource = resourceOf(question);
      const read = (): KubeObject | null => (question.value('known') === null ? null : objects.at(question.text('known'), resource));
      return {ask, resource, namespace: question.value('namespace') === null ? null : question.text('namespace'), name: question.text('name'), answer: told(question, read)};
    }
    case 'list': {
      const resource = resourceOf(question);
      const query = {resource, ...question.optional('namespace'), ...question.optional('labelSelector'), ...question.optional('fieldSelector')};
      return {ask, query, answer: told(question, () => question.texts('known').map(path => objects.at(path, resource)))};
    }
    case 'log': {
      const query = {namespace: question.text('namespace'), pod: question.text('pod'), container: question.text('container'), previous: question.boolean('previous'), lines: question.integer('lines')};
      return {ask, query, answer: told(question, () => textAt(entries, question.text('known')))};
    }
    case 'node':
      return {ask, node: question.text('node'), answer: told(question, () => reading(question.text('known'), entries))};
    case 'place':
      return {ask, place: placeOf(question), answer: told(question, () => placeReading(question.text('known'), entries))};
    case 'dns': {
      const asked = dnsQuestionOf(question);
      return {ask, place: placeOf(question), question: asked, answer: told(question, () => dnsTriesOf(question.fields('known'), asked))};
    }
    case 'tcp':
      return {ask, place: placeOf(question), question: tcpQuestionOf(question), answer: told(question, () => tcpTriesOf(question.fields('known')))};
    default:
      throw new Malformed(`${manifestPath}: a question of an unknown kind, ${JSON.stringify(ask)}`);
  }
}

function told<T>(question: Fields, read: () => T): Answer<T> {
  if (!question.has('unknown')) return known(read());
  const {why, detail} = {why: question.fields('unknown').text('why'), detail: question.fields('unknown').text('detail')};
  return unknown(why as Why, detail);
}

function resourceOf(question: Fields): Resource {
  const name = question.text('resource');
  if (!Object.hasOwn(resources, name)) throw new Malformed(`${manifestPath}: it holds ${JSON.stringify(name)}, which kdiag never records`);
  return name as Resource;
}

function reading(path: string, entries: Entries): NodeReading {
  const fields = parseJson(bytesAt(entries, path), path);
  const via = fields.text('via');
  if (via !== 'debug-pod' && via !== 'kube-proxy') throw new Malformed(`${path}: via is ${JSON.stringify(via)}`);
  return {node: fields.text('node'), via, sections: sectionsOf(fields, entries)};
}

function placeReading(path: string, entries: Entries): PlaceReading {
  return {sections: sectionsOf(parseJson(bytesAt(entries, path), path), entries)};
}

function sectionsOf(reading: Fields, entries: Entries): Readonly<Record<string, Section>> {
  const sections = reading.fields('sections');
  const rows = sections.names().map((name): [string, Section] => {
    const section = sections.fields(name);
    return [name, {command: section.text('command'), stdout: textAt(entries, section.text('stdout')), stderr: section.text('stderr'), exit: section.integer('exit')}];
  });
  return Object.fromEntries(rows);
}

/** Every object of the archive, each read once; also those that no answer refers to, as one of them may be what must not be there. */
class Objects {
  readonly #byPath = new Map<string, KubeObject>();

  constructor(entries: Entries) {
    for (const [path, bytes] of entries) {
      if (path.startsWith('objects/')) this.#byPath.set(path, readObject(bytes, path));
    }
  }

  at(path: string, resource: Resource): KubeObject {
    const object = this.#byPath.get(path);
    if (!object) throw missing(path);
    if (object.kind !== resources[resource].kind) throw new Malformed(`${path}: a ${object.kind} stands where a ${resources[resource].kind} should`);
    return object;
  }
}

function textAt(entries: Entries, path: string): string {
  return bytesAt(entries, path).toString();
}

function bytesAt(entries: Entries, path: string): Buffer {
  const bytes = entries.get(path);
  if (!bytes) throw missing(path);
  return bytes;
}

function missing(path: string): Malformed {
  return new Malformed(`${manifestPath} refers to ${JSON.stringify(path)}, which is not in it`);
}
