import {readFileSync} from 'node:fs';
import type {Cluster, NodeReading} from '../../src/cluster/cluster.ts';
import type {KubeObject} from '../../src/cluster/objects.ts';
import {type Resource, resources} from '../../src/cluster/resources.ts';
import {isKnown, known} from '../../src/cluster/answer.ts';
import {loadRecording} from '../../src/cluster/recording/file.ts';
import {RecordedCluster} from '../../src/cluster/recording/recorded-cluster.ts';
import {type Exchange, inOrder, type Recording} from '../../src/cluster/recording/recording.ts';
import {changedAnswer, changedPlace, type DnsChange, type PlaceChange} from './dns-changes.ts';
import {changedTcpAnswers, type TcpChange} from './tcp-changes.ts';

/** One change that a case makes to the healthy world. Exactly one of the verbs. */
export type Change =
  | {readonly set: Which; readonly to: object} // a JSON merge patch (RFC 7386) of every object that matches
  | {readonly set: Which; readonly replace: string; readonly with: string} // text, every occurrence in every string of the objects
  | {readonly remove: Which}
  | {readonly add: KubeObject}
  | {readonly deny: Resource; readonly namespace?: string; readonly detail: string}
  | {readonly node: string; readonly unread: {readonly why: 'timeout' | 'refused' | 'forbidden' | 'not-asked' | 'lost'; readonly detail: string}}
  | {readonly node: string; readonly section?: string; readonly replace: string; readonly with: string} // text, every occurrence
  | {readonly node: string; readonly section?: string; readonly delete: string} // every line that holds this text
  | {readonly node: string; readonly section?: string; readonly insert: string; readonly before: string} // a line, before the first that holds this text
  | {readonly node: string; readonly section?: string; readonly stdout: string; readonly exit?: number; readonly stderr?: string} // a whole section
  | {readonly log: string | {readonly forbidden: string}; readonly pod: string; readonly container: string; readonly previous?: boolean}
  | PlaceChange
  | DnsChange
  | TcpChange;

interface Which {
  readonly kind: string;
  readonly namespace?: string;
  /** `*` matches anything. */
  readonly name: string;
}

/** Healthy clusters that were recorded: in mode iptables, in mode ipvs, with all that `kdiag dns`, or `kdiag apiserver-vip`, asks, and with what endpoints and the pod network answer to `kdiag svc`. */
export type WorldName = 'healthy' | 'healthy-ipvs' | 'healthy-dns' | 'healthy-apiserver' | 'healthy-network';
const load = (name: WorldName): Promise<Recording> => loadRecording(readFileSync(new URL(`${name}.kdiag`, import.meta.url)));
const worlds: Readonly<Record<WorldName, Recording>> = {healthy: await load('healthy'), 'healthy-ipvs': await load('healthy-ipvs'), 'healthy-dns': await load('healthy-dns'), 'healthy-apiserver': await load('healthy-apiserver'), 'healthy-network': await load('healthy-network')};

/** A healthy world with some changes, as a recording. Every object is in it; what was denied is unknown. */
export function recordingOf(changes: readonly Change[], world: WorldName = 'healthy'): Recording {
  const base = worlds[world];
  const objects = new Map<Resource, KubeObject[]>();
  const readings = new Map<string, Exchange>();
  const others: Exchange[] = [];
  for (const exchange of structuredClone(base.exchanges) as Exchange[]) {
    if (exchange.ask === 'node') readings.set(exchange.node, exchange);
    else if (exchange.ask === 'version' || exchange.ask === 'log' || exchange.ask === 'place' || exchange.ask === 'dns' || exchange.ask === 'tcp') others.push(exchange);
    else if ('known' in exchange.answer) {
      const resource = exchange.ask === 'get' ? exchange.resource : exchange.query.resource;
      const list = objects.get(resource) ?? [];
      for (const object of [exchange.answer.known].flat()) if (object !== null && !list.some(({metadata}) => key(metadata) === key(object.metadata))) list.push(object as KubeObject);
      objects.set(resource, list);
    }
  }
  const denied: Exchange[] = [];
  for (const change of changes) {
    if ('place' in change || 'dns' in change || 'tcp' in change) continue; // as they are asked: worldOf
    if ('set' in change) each(objects, change.set, object => ('to' in change ? merge(object, change.to) : rewritten(object, change.replace, change.with)) as KubeObject);
    else if ('remove' in change) each(objects, change.remove, () => null);
    else if ('add' in change) list(objects, resourceOf(change.add.kind ?? '')).push(change.add);
    else if ('log' in change) others.push({ask: 'log', query: {namespace: change.pod.split('/')[0] ?? '', pod: change.pod.split('/')[1] ?? '', container: change.container, previous: change.previous ?? false, lines: 1000}, answer: typeof change.log === 'string' ? known(change.log) : {unknown: {why: 'forbidden', detail: change.log.forbidden}}});
    else if ('deny' in change) {
      objects.delete(change.deny);
      denied.push({ask: 'list', query: {resource: change.deny}, answer: {unknown: {why: 'forbidden', detail: change.detail}}});
    } else for (const node of change.node === '*' ? [...readings.keys()] : [change.node]) {
      if ('unread' in change) readings.set(node, {ask: 'node', node, answer: {unknown: change.unread}});
      else edit(readings, node, change);
    }
  }
  const lists = (Object.keys(resources) as Resource[]).filter(resource => !denied.some(each => each.ask === 'list' && each.query.resource === resource))
    .map((resource): Exchange => ({ask: 'list', query: {resource}, answer: known(list(objects, resource).sort((a, b) => (key(a.metadata) < key(b.metadata) ? -1 : 1)))}));
  return {...base, exchanges: inOrder([...others, ...readings.values(), ...lists])};
}

/** As a cluster that answers from it, arranged somehow. A denied resource is denied whatever is asked of it. */
export function worldOf(changes: readonly Change[], world?: WorldName, arrange = (recording: Recording): Recording => recording): Cluster {
  const recording = arrange(recordingOf(changes, world));
  const cluster = new RecordedCluster(recording);
  const places = changes.filter(change => 'place' in change);
  const heard = changes.filter(change => 'dns' in change);
  const connected = changes.filter(change => 'tcp' in change);
  const denials = changes.flatMap(change => ('deny' in change ? [change] : []));
  const denial = (resource: Resource) => denials.find(each => each.deny === resource);
  return {
    now: cluster.now, source: cluster.source,
    version: () => cluster.version(),
    get: async (resource, namespace, name) => { const no = denial(resource); return no === undefined ? cluster.get(resource, namespace, name) : {unknown: {why: 'forbidden', detail: no.detail}}; },
    list: async query => { const no = denial(query.resource); return no === undefined ? cluster.list(query) : {unknown: {why: 'forbidden', detail: no.detail}}; },
    log: query => cluster.log(query),
    readNode: query => cluster.readNode(query),
    readPlace: async place => changedPlace(place, await cluster.readPlace(place), recording.exchanges, places),
    askDns: async (place, asks) => {
      const [answers, services] = await Promise.all([cluster.askDns(place, asks), cluster.list({resource: 'services'})]);
      return asks.map((ask, i) => changedAnswer(place, ask, answers[i]!, isKnown(services) ? services.known : [], heard));
    },
    askTcp: async (place, asks) => changedTcpAnswers(place, asks, await cluster.askTcp(place, asks), recording.exchanges, connected),
    close: () => cluster.close(),
  };
}

type Edit = Exclude<Extract<Change, {node: string}>, {unread: object}>;

function edit(readings: Map<string, Exchange>, node: string, change: Edit): void {
  const exchange = readings.get(node);
  if (exchange?.ask !== 'node' || !('known' in exchange.answer)) throw new Error(`the healthy world has no node ${node}`);
  const reading: NodeReading = exchange.answer.known;
  const name = change.section ?? 'iptables-nft-save';
  const section = reading.sections[name] ?? ('stdout' in change ? {command: name, stdout: '', stderr: '', exit: 0} : undefined);
  if (section === undefined) throw new Error(`no section ${name}`);
  const after = 'stdout' in change ? {...section, stdout: declared(name, change.stdout), exit: change.exit ?? 0, stderr: change.stderr ?? ''} : {...section, stdout: declared(name, edited(section.stdout, change))};
  readings.set(node, {ask: 'node', node, answer: known({...reading, sections: {...reading.sections, [name]: after}})});
}

/** A save declares all chains of a table before their rules: those that a case has added rules for, too. */
function declared(section: string, text: string): string {
  if (!section.endsWith('-save')) return text;
  return text.split(/^(?=\*)/m).map(table => {
    const missing = new Set([...table.matchAll(/^-A (\S+)/gm)].map(([, chain = '']) => chain));
    for (const [, chain = ''] of table.matchAll(/^:(\S+) /gm)) missing.delete(chain);
    return table.replace(/^(?=-A |COMMIT)/m, [...missing].map(chain => `:${chain} - [0:0]\n`).join(''));
  }).join('');
}

function edited(text: string, change: Edit): string {
  const lines = text.split('\n');
  if ('replace' in change) {
    if (!text.includes(change.replace)) throw new Error(`nothing to replace: ${change.replace}`);
    return text.replaceAll(change.replace, change.with);
  }
  if ('delete' in change) {
    const left = lines.filter(line => !line.includes(change.delete));
    if (left.length === lines.length) throw new Error(`nothing to delete: ${change.delete}`);
    return left.join('\n');
  }
  if ('insert' in change) {
    const at = lines.findIndex(line => line.includes(change.before));
    if (at < 0) throw new Error(`no line holds: ${change.before}`);
    return [...lines.slice(0, at), change.insert, ...lines.slice(at)].join('\n');
  }
  return text;
}

function each(objects: Map<Resource, KubeObject[]>, which: Which, change: (object: KubeObject) => KubeObject | null): void {
  const resource = resourceOf(which.kind);
  const pattern = new RegExp(`^${which.name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  let hit = false;
  objects.set(resource, list(objects, resource).flatMap(object => {
    if (!pattern.test(object.metadata.name) || (which.namespace !== undefined && object.metadata.namespace !== which.namespace)) return [object];
    hit = true;
    const changed = change(object);
    return changed === null ? [] : [changed];
  }));
  if (!hit) throw new Error(`the world has no ${which.kind} ${which.name}`);
}

function list(objects: Map<Resource, KubeObject[]>, resource: Resource): KubeObject[] {
  const found = objects.get(resource) ?? [];
  objects.set(resource, found);
  return found;
}

function resourceOf(kind: string): Resource {
  const found = (Object.keys(resources) as Resource[]).find(resource => resources[resource].kind === kind);
  if (found === undefined) throw new Error(`no resource of kind ${kind}`);
  return found;
}

function rewritten(object: KubeObject, text: string, by: string): unknown {
  const plain = JSON.stringify(object);
  const [from, to] = [text, by].map(each => JSON.stringify(each).slice(1, -1));
  if (!plain.includes(from!)) throw new Error(`nothing to replace in ${object.metadata.name}: ${text}`);
  return JSON.parse(plain.replaceAll(from!, to!));
}

function merge(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const out: Record<string, unknown> = {...(target !== null && typeof target === 'object' && !Array.isArray(target) ? target : {})};
  for (const [key_, value] of Object.entries(patch)) {
    if (value === null) delete out[key_];
    else out[key_] = merge(out[key_], value);
  }
  return out;
}

function key({namespace, name}: KubeObject['metadata']): string {
  return `${namespace ?? ''}/${name}`;
}
