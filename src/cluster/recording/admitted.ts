import {isKnown, known, unknown} from '../answer.ts';
import type {KubeObject} from '../objects.ts';
import {sanitise} from '../sanitise.ts';
import {recordedConfigMaps, withoutCredentials} from './recorded-config-maps.ts';
import type {Resource} from '../resources.ts';
import {type Exchange, inOrder, type Recording} from './recording.ts';

/**
 * The recording with only what one may hold; applied when it is written and again when it is read, as whoever made the file
 * may not have. A list that held other ConfigMaps is no longer that list: it becomes `not-recorded`, and each ConfigMap of it
 * that may stay becomes an answer of its own.
 */
export function admitted(recording: Recording): Recording {
  const parted = recording.exchanges.flatMap(part);
  return {...recording, exchanges: inOrder([...parted, ...recording.exchanges.filter(mayStay).map(admit)])};
}

/** The answers of their own that a list which may not stay leaves behind. What was asked for by name stands over them. */
function part(exchange: Exchange): readonly Exchange[] {
  if (exchange.ask !== 'list' || !isKnown(exchange.answer)) return [];
  const {resource} = exchange.query;
  const kept = exchange.answer.known.filter(object => mayHold(resource, object));
  if (kept.length === exchange.answer.known.length) return [];
  return kept.map(object => ({ask: 'get', resource, namespace: object.metadata.namespace ?? null, name: object.metadata.name, answer: known(clean(resource, object))}));
}

function mayStay(exchange: Exchange): boolean {
  return exchange.ask !== 'get' || !isKnown(exchange.answer) || exchange.answer.known === null || mayHold(exchange.resource, exchange.answer.known);
}

function admit(exchange: Exchange): Exchange {
  if (exchange.ask === 'get' && isKnown(exchange.answer) && exchange.answer.known !== null) {
    return {...exchange, answer: known(clean(exchange.resource, exchange.answer.known))};
  }
  if (exchange.ask === 'list' && isKnown(exchange.answer)) {
    const {resource} = exchange.query;
    const isWhole = exchange.answer.known.every(object => mayHold(resource, object));
    const answer = isWhole ? known(exchange.answer.known.map(object => clean(resource, object))) : unknown('not-recorded', 'the recording holds only ConfigMaps of the cluster\'s own network');
    return {...exchange, answer};
  }
  return exchange;
}

function mayHold(resource: Resource, {metadata}: KubeObject): boolean {
  return resource !== 'configmaps' || recordedConfigMaps.has(`${metadata.namespace ?? ''}/${metadata.name}`);
}

const cleaned = new WeakMap<KubeObject, KubeObject>();

/** An object that several lists hold is cleaned once. */
function clean(resource: Resource, object: KubeObject): KubeObject {
  const sanitised = cleaned.get(object) ?? sanitise(object);
  cleaned.set(object, sanitised);
  return resource === 'configmaps' ? withoutCredentials(sanitised) : sanitised;
}
