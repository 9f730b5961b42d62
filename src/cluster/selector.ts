import type {KubeObject} from './objects.ts';

/** Equality requirements, key → value. Null: a selector of a kind that is not understood here (sets, `!=`). */
export type Requirements = ReadonlyMap<string, string>;

/** `a=b,c=d` → requirements; `a==b` is the same. */
export const labelsOf = parse;
/** `spec.nodeName=n1,…` → requirements. */
export const fieldsOf = parse;

/** The one spelling of a selector: keys sorted. Text that is not equality-based stands as it came. */
export function selectorText(requirements: Requirements | string): string {
  if (typeof requirements === 'string') return requirements;
  return [...requirements].map(([key, value]) => `${key}=${value}`).sort().join(',');
}

function parse(selector: string | undefined): Requirements | string {
  const requirements = new Map<string, string>();
  for (const part of (selector ?? '').split(',').map(text => text.trim()).filter(text => text !== '')) {
    const found = /^([^=!()\s]+)\s*==?\s*([^=!()\s]*)$/.exec(part);
    if (!found) return selector ?? '';
    requirements.set(found[1] ?? '', found[2] ?? '');
  }
  return requirements;
}

/** Whether everything that `broad` asks for is asked by `narrow` too: then the answer to `broad` holds the answer to `narrow`. */
export function isBroader(broad: Requirements, narrow: Requirements): boolean {
  return [...broad].every(([key, value]) => narrow.get(key) === value);
}

export function hasLabels(object: KubeObject, requirements: Requirements): boolean {
  const labels = object.metadata.labels ?? {};
  return [...requirements].every(([key, value]) => labels[key] === value);
}

/** The field selectors of the port, in the order of objects.ts. */
const fields: Readonly<Record<string, (object: Fielded) => string | undefined>> = {
  'metadata.name': object => object.metadata.name,
  'metadata.namespace': object => object.metadata.namespace,
  'spec.nodeName': object => object.spec?.nodeName,
  'involvedObject.kind': object => object.involvedObject?.kind,
  'involvedObject.name': object => object.involvedObject?.name,
};

interface Fielded extends KubeObject {
  readonly spec?: {readonly nodeName?: string};
  readonly involvedObject?: {readonly kind?: string; readonly name?: string};
}

export function areKnownFields(requirements: Requirements): boolean {
  return [...requirements.keys()].every(key => Object.hasOwn(fields, key));
}

/** A field that an object lacks counts as empty, as the API server has it (`spec.nodeName=` finds unscheduled pods). */
export function hasFields(object: KubeObject, requirements: Requirements): boolean {
  return [...requirements].every(([key, value]) => (fields[key]?.(object) ?? '') === value);
}
