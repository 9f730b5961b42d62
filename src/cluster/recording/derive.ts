import type {ListQuery} from '../cluster.ts';
import {isKnown} from '../answer.ts';
import type {KubeObject} from '../objects.ts';
import type {Resource} from '../resources.ts';
import type {ListExchange, Recording} from './recording.ts';
import {areKnownFields, fieldsOf, hasFields, hasLabels, isBroader, labelsOf, type Requirements} from './selector.ts';

/** A recorded list that was answered, and what it was asked for. */
interface Recorded {
  readonly namespace: string | undefined;
  readonly labels: Requirements;
  readonly fields: Requirements;
  readonly objects: readonly KubeObject[];
}

/** Answers what was not asked word by word from lists that were: narrower lists, and single objects. */
export class Derivation {
  readonly #lists = new Map<Resource, Recorded[]>();

  constructor(recording: Recording) {
    for (const exchange of recording.exchanges) {
      const recorded = exchange.ask === 'list' ? understood(exchange) : null;
      if (recorded === null || exchange.ask !== 'list') continue;
      const lists = this.#lists.get(exchange.query.resource) ?? [];
      this.#lists.set(exchange.query.resource, [...lists, recorded]);
    }
    // The narrowest list first: closest to the question, and the same choice whatever else the recording holds.
    for (const lists of this.#lists.values()) lists.sort((a, b) => width(a) - width(b));
  }

  /** Null: nothing recorded covers this. */
  list(query: ListQuery): readonly KubeObject[] | null {
    const labels = labelsOf(query.labelSelector);
    const fields = fieldsOf(query.fieldSelector);
    if (typeof labels === 'string' || typeof fields === 'string' || !areKnownFields(fields)) return null;
    const source = this.#of(query.resource).find(list => covers(list, query.namespace, labels, fields));
    if (!source) return null;
    return source.objects.filter(object => isIn(object, query.namespace) && hasLabels(object, labels) && hasFields(object, fields));
  }

  /** `{object: null}` says that a list which would have held it does not; null, that no list can tell. */
  get(resource: Resource, namespace: string | null, name: string): {readonly object: KubeObject | null} | null {
    const lists = this.#of(resource);
    for (const list of lists) {
      const object = list.objects.find(({metadata}) => metadata.name === name && (metadata.namespace ?? null) === namespace);
      if (object) return {object};
    }
    const fields = new Map([['metadata.name', name], ...(namespace === null ? [] : [['metadata.namespace', namespace] as const])]);
    return lists.some(list => covers(list, namespace ?? undefined, new Map(), fields)) ? {object: null} : null;
  }

  #of(resource: Resource): readonly Recorded[] {
    return this.#lists.get(resource) ?? [];
  }
}

function understood({query, answer}: ListExchange): Recorded | null {
  const labels = labelsOf(query.labelSelector);
  const fields = fieldsOf(query.fieldSelector);
  if (!isKnown(answer) || typeof labels === 'string' || typeof fields === 'string') return null;
  return {namespace: query.namespace, labels, fields, objects: answer.known};
}

function covers(list: Recorded, namespace: string | undefined, labels: Requirements, fields: Requirements): boolean {
  return (list.namespace === undefined || list.namespace === namespace) && isBroader(list.labels, labels) && isBroader(list.fields, fields);
}

function isIn(object: KubeObject, namespace: string | undefined): boolean {
  return namespace === undefined || object.metadata.namespace === namespace;
}

function width(list: Recorded): number {
  return (list.namespace === undefined ? 1000 : 0) - list.labels.size - list.fields.size;
}
