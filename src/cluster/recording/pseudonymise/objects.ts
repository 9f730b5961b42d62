import type {KubeObject, Labels as LabelMap} from '../../objects.ts';
import type {Addresses} from './addresses.ts';
import {replaceAddresses} from './address-texts.ts';
import type {Configurations} from './configurations.ts';
import type {Hosts} from './hosts.ts';
import type {Images} from './images.ts';
import type {Labels} from './labels.ts';
import type {Names} from './names.ts';
import {type Holds, objectFields} from './object-fields.ts';
import type {SecretKey} from './secret-key.ts';
import type {Texts} from './texts.ts';

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
type JsonObject = {readonly [key: string]: Json};

/** What stands around a field. */
interface Place {
  /** The field that the object around it is in; null at the top. */
  readonly within: string | null;
  readonly around: JsonObject;
  /** Of the whole object. */
  readonly kind: string;
  readonly isSystem: boolean;
}

/** The pseudonymisers of the parts of an object. */
export interface Parts {
  readonly key: SecretKey;
  readonly names: Names;
  readonly addresses: Addresses;
  readonly hosts: Hosts;
  readonly labels: Labels;
  readonly images: Images;
  readonly texts: Texts;
  readonly configurations: Configurations;
}

/** Pseudonyms in an API object, field by field (object-fields.ts). What is no string is kept where the field is known. */
export class Objects {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  of<T extends KubeObject>(object: T): T {
    const isSystem = object.metadata.namespace === 'kube-system';
    return this.#inside(object as unknown as JsonObject, {within: null, kind: object.kind ?? '', isSystem}) as unknown as T;
  }

  #inside(object: JsonObject, place: Omit<Place, 'around'>): JsonObject {
    const out: Record<string, Json> = {};
    for (const [field, value] of Object.entries(object)) {
      const holds = Object.hasOwn(objectFields, field) ? objectFields[field] : undefined;
      if (holds !== undefined) out[field] = this.#value(field, holds, value, {...place, around: object});
    }
    return out;
  }

  #value(field: string, holds: Holds, value: Json, place: Place): Json {
    if (Array.isArray(value)) return value.map((item: Json) => this.#value(field, holds, item, place));
    if (typeof value === 'string') return this.#text(field, holds, value, place);
    if (value === null || typeof value !== 'object') return value;
    const object = value as JsonObject;
    // A workload's `selector` holds matchLabels, a Service's the labels themselves.
    const isMap = holds === 'labels' && !(field === 'selector' && ('matchLabels' in object || 'matchExpressions' in object));
    if (isMap) return this.#parts.labels.of(object as LabelMap);
    if (holds === 'annotations') return this.#parts.labels.annotations(object as LabelMap);
    if (holds === 'data') return Object.fromEntries(Object.entries(object).map(([key, text]) => [key, this.#parts.configurations.of(String(text))]));
    return this.#inside(object, {...place, within: field});
  }

  #text(field: string, holds: Holds, value: string, place: Place): string {
    const {key, names, addresses, hosts, labels, images, texts, configurations} = this.#parts;
    switch (holds) {
      case 'inside':
      case 'plain':
        return value;
      case 'qualified':
        return labels.qualified(value);
      case 'text':
        return texts.of(value);
      case 'configuration':
        return configurations.of(value);
      case 'address':
        return replaceAddresses(value, addresses);
      case 'host':
        return hosts.of(value);
      case 'uid':
        return key.uuid(value.toLowerCase());
      case 'node':
        return names.of('node', value);
      case 'namespace':
        return names.of('ns', value);
      case 'image':
        return images.of(value, place.isSystem);
      case 'path':
        return texts.path(value);
      case 'provider':
        return value.replace(/^(\w+:\/\/).*$/, (_whole, scheme: string) => `${scheme}id-${key.short(`provider ${value}`)}`);
      case 'service':
        return names.of('svc', value);
      case 'labels':
        return this.#label(field, value, place);
      case 'annotations':
      case 'data':
        return '';
      case 'name':
        return this.#name(value, place);
    }
  }

  /** `key`, `value` and `values` of taints, tolerations and node selectors. */
  #label(field: string, value: string, {around, within}: Place): string {
    const key = typeof around['key'] === 'string' ? around['key'] : '';
    if (within === 'options') return value; // of a dnsConfig: `ndots` and `5`
    if (within === 'matchFields') return field === 'key' ? value : this.#parts.names.of('node', value);
    return field === 'key' ? this.#parts.labels.key(value) : this.#parts.labels.value(key, value);
  }

  #name(value: string, {within, around, kind, isSystem}: Place): string {
    const {names} = this.#parts;
    const refersTo = typeof around['kind'] === 'string' ? around['kind'] : undefined;
    switch (within) {
      case 'metadata':
        return names.ofKind(kind, value);
      case 'ownerReferences':
      case 'targetRef':
      case 'involvedObject':
        return names.ofKind(refersTo, value);
      case 'containers':
      case 'initContainers':
      case 'containerStatuses':
      case 'initContainerStatuses':
        return isSystem ? value : names.of('cont', value);
      case 'forNodes':
        return names.of('node', value);
      default: // names of ports and zones
        return value;
    }
  }
}
