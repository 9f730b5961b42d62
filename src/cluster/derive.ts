import type {ListQuery} from './cluster.ts';
import type {KubeObject} from './objects.ts';
import type {Resource} from './resources.ts';
import {areKnownFields, fieldsOf, hasFields, hasLabels, isBroader, labelsOf, type Requirements} from './selector.ts';

/** A list that was answered, what it was asked for, and its objects by what they are usually looked for by. */
interface Answered {
  readonly namespace: string | undefined;
  readonly labels: Requirements;
  readonly fields: Requirements;
  readonly objects: readonly KubeObject[];
  /** Made when first asked for: most lists are never searched. */
  index: Index | null;
}

interface Index {
  readonly byName: ReadonlyMap<string, KubeObject>;
  /** By namespace, by a label in a namespace, by node. */
  readonly bySort: ReadonlyMap<string, readonly KubeObject[]>;
}

/** Answers what was not asked word by word from lists that were: narrower lists, and single objects. */
export class Derivation {
  readonly #lists = new Map<Resource, Answered[]>();

  /** A query whose selectors are not understood is not kept: nothing could be derived from it. */
  add({resource, namespace, labelSelector, fieldSelector}: ListQuery, objects: readonly KubeObject[]): void {
    const labels = labelsOf(labelSelector);
    const fields = fieldsOf(fieldSelector);
    if (typeof labels === 'string' || typeof fields === 'string') return;
    // The narrowest list first: closest to the question, and the same choice whatever else there is.
    this.#lists.set(resource, [...this.#of(resource), {namespace, labels, fields, objects, index: null}].sort((a, b) => width(a) - width(b)));
  }

  /** Null: no list covers this. */
  list(query: ListQuery): readonly KubeObject[] | null {
    const labels = labelsOf(query.labelSelector);
    const fields = fieldsOf(query.fieldSelector);
    if (typeof labels === 'string' || typeof fields === 'string' || !areKnownFields(fields)) return null;
    const source = this.#of(query.resource).find(list => covers(list, query.namespace, labels, fields));
    if (!source) return null;
    return likely(source, query.namespace, labels, fields).filter(object => isIn(object, query.namespace) && hasLabels(object, labels) && hasFields(object, fields));
  }

  /** `{object: null}` says that a list which would have held it does not; null, that no list can tell. */
  get(resource: Resource, namespace: string | null, name: string): {readonly object: KubeObject | null} | null {
    const lists = this.#of(resource);
    for (const list of lists) {
      const object = indexOf(list).byName.get(`${namespace ?? ''}/${name}`);
      if (object) return {object};
    }
    const fields = new Map([['metadata.name', name], ...(namespace === null ? [] : [['metadata.namespace', namespace] as const])]);
    return lists.some(list => covers(list, namespace ?? undefined, new Map(), fields)) ? {object: null} : null;
  }

  #of(resource: Resource): readonly Answered[] {
    return this.#lists.get(resource) ?? [];
  }
}

/** Of thousands of objects, the few among which those that are looked for are. */
function likely(list: Answered, namespace: string | undefined, labels: Requirements, fields: Requirements): readonly KubeObject[] {
  const node = fields.get('spec.nodeName');
  const sorts = [...(node === undefined ? [] : [`node ${node}`]), ...(namespace === undefined ? [] : [`namespace ${namespace}`, ...[...labels].map(([key, value]) => `label ${namespace} ${key}=${value}`)])];
  if (sorts.length === 0) return list.objects;
  const {bySort} = indexOf(list);
  return sorts.map(sort => bySort.get(sort) ?? []).reduce((a, b) => (b.length < a.length ? b : a));
}

function indexOf(list: Answered): Index {
  list.index ??= indexed(list.objects);
  return list.index;
}

function indexed(objects: readonly KubeObject[]): Index {
  const bySort = new Map<string, KubeObject[]>();
  const put = (sort: string, object: KubeObject): void => {
    const own = bySort.get(sort);
    if (own === undefined) bySort.set(sort, [object]);
    else own.push(object);
  };
  for (const object of objects) {
    const {namespace = '', labels = {}} = object.metadata;
    put(`namespace ${namespace}`, object);
    for (const [key, value] of Object.entries(labels)) put(`label ${namespace} ${key}=${value}`, object);
    put(`node ${(object as {readonly spec?: {readonly nodeName?: string}}).spec?.nodeName ?? ''}`, object);
  }
  return {bySort, byName: new Map(objects.map(object => [`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object]).toReversed() as [string, KubeObject][])};
}

function covers(list: Answered, namespace: string | undefined, labels: Requirements, fields: Requirements): boolean {
  return (list.namespace === undefined || list.namespace === namespace) && isBroader(list.labels, labels) && isBroader(list.fields, fields);
}

function isIn(object: KubeObject, namespace: string | undefined): boolean {
  return namespace === undefined || object.metadata.namespace === namespace;
}

function width(list: Answered): number {
  return (list.namespace === undefined ? 1000 : 0) - list.labels.size - list.fields.size;
}
