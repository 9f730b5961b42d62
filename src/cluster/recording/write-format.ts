import type {Answer} from '../answer.ts';
import {isKnown} from '../answer.ts';
import type {Section} from '../cluster.ts';
import type {PlaceName} from '../dns-tries.ts';
import type {KubeObject} from '../objects.ts';
import type {Resource} from '../resources.ts';
import {admitted} from './admitted.ts';
import {type Entries, manifestPath} from './archive.ts';
import {segment} from './entry-path.ts';
import type {Exchange, Recording} from './recording.ts';

/** The `format` of the files that this kdiag writes, docs/recording-format.md. */
export const format = 'kdiag.recording/v1';

/** A recording → the files of its archive. The same recording gives the same files, in whatever order its questions came. */
export function toEntries(recording: Recording): Entries {
  const {kdiag, recordedAt, context, pseudonymised, exchanges} = admitted(recording);
  const files = new Files();
  const questions = exchanges.map(exchange => question(exchange, files));
  files.put(manifestPath, '', json({format, kdiag, recordedAt, context, pseudonymised, questions}));
  return files.entries;
}

function question(exchange: Exchange, files: Files): object {
  switch (exchange.ask) {
    case 'version':
      return {ask: 'version', ...told(exchange.answer, version => version)};
    case 'get': {
      const {ask, resource, namespace, name, answer} = exchange;
      return {ask, resource, namespace, name, ...told(answer, object => (object === null ? null : putObject(files, resource, object)))};
    }
    case 'list': {
      const {resource, namespace, labelSelector, fieldSelector} = exchange.query;
      return {ask: 'list', resource, namespace, labelSelector, fieldSelector, ...told(exchange.answer, objects => objects.map(object => putObject(files, resource, object)))};
    }
    case 'log': {
      const {namespace, pod, container, previous, lines} = exchange.query;
      const stem = `logs/${segment(namespace)}/${segment(pod)}/${segment(container)}`;
      return {ask: 'log', namespace, pod, container, previous, lines, ...told(exchange.answer, text => files.put(stem, previous ? '.previous.txt' : '.txt', text))};
    }
    case 'node':
      return {ask: 'node', node: exchange.node, ...told(exchange.answer, ({node, via, sections}) => putReading(files, `nodes/${segment(node)}`, {node, via}, sections))};
    case 'place':
      return {ask: 'place', ...exchange.place, ...told(exchange.answer, ({sections}) => putReading(files, folderOf(exchange.place), {}, sections))};
    case 'dns':
      // a message is read from its bytes again: what this kdiag understands of it is not part of the file
      return {ask: 'dns', ...exchange.place, ...exchange.question, ...told(exchange.answer, ({via, tries}) => ({via, tries: tries.map(({outcome, detail, micros, from, hex}) => ({outcome, detail, micros, from, hex}))}))};
    case 'tcp':
      return {ask: 'tcp', ...exchange.place, ...exchange.question, ...told(exchange.answer, ({via, tries}) => ({via, tries}))};
  }
}

function told<T>(answer: Answer<T>, write: (value: T) => unknown): object {
  return isKnown(answer) ? {known: write(answer.known)} : answer;
}

function putObject(files: Files, resource: Resource, object: KubeObject): string {
  const {namespace, name} = object.metadata;
  return files.put(`objects/${resource}/${namespace === undefined ? '_' : segment(namespace)}/${segment(name)}`, '.json', json(object));
}

function folderOf({node, pod}: PlaceName): string {
  return pod === null ? `places/${segment(node)}/_` : `places/${segment(node)}/${segment(pod.namespace)}/${segment(pod.name)}`;
}

function putReading(files: Files, folder: string, head: object, sections: Readonly<Record<string, Section>>): string {
  const rows = Object.entries(sections).map(([name, {command, exit, stderr, stdout}]) => {
    return [name, {command, exit, stderr, stdout: files.put(`${folder}/${segment(name)}`, '.txt', stdout)}];
  });
  return files.put(`${folder}/reading`, '.json', json({...head, sections: Object.fromEntries(rows)}));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The same content under the same name is stored once; another content (an object that changed meanwhile) becomes `name~2`. */
class Files {
  readonly entries = new Map<string, Buffer>();

  /** The path that the text is under. */
  put(stem: string, extension: string, text: string): string {
    const bytes = Buffer.from(text);
    for (let version = 1; ; version += 1) {
      const path = `${stem}${version === 1 ? '' : `~${version}`}${extension}`;
      const there = this.entries.get(path);
      if (there === undefined) this.entries.set(path, bytes);
      if (there === undefined || there.equals(bytes)) return path;
    }
  }
}
