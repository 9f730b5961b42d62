/** Says what is wrong with a value, beginning with where: `findings[3].level is …`; null: nothing. */
export type Shape = (value: unknown, at: string) => string | null;

export const text: Shape = (value, at) => (typeof value === 'string' && value !== '' ? null : `${at} is no text`);
export const matching = (pattern: RegExp, what: string): Shape => (value, at) => (typeof value === 'string' && pattern.test(value) ? null : `${at} is no ${what}`);
export const oneOf = (...known: readonly unknown[]): Shape => (value, at) => (known.includes(value) ? null : `${at} is none of ${known.map(each => each ?? 'null').join(', ')}`);
export const orNull = (shape: Shape): Shape => (value, at) => (value === null ? null : shape(value, at));
export const list = (shape: Shape): Shape => (value, at) => (Array.isArray(value) ? first(value.map((item, i) => () => shape(item, `${at}[${i}]`))) : `${at} is no list`);

/** Other fields may be there: later versions add some. */
export const fields = (needed: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape => (value, at) => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return `${at || 'it'} is no object`;
  const own = (name: string): unknown => (Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined);
  const path = (name: string): string => (at === '' ? name : `${at}.${name}`);
  return first([
    ...Object.entries(needed).map(([name, shape]) => () => (own(name) === undefined ? `${path(name)} is missing` : shape(own(name), path(name)))),
    ...Object.entries(optional).map(([name, shape]) => () => (own(name) === undefined ? null : shape(own(name), path(name)))),
  ]);
};

function first(complaints: readonly (() => string | null)[]): string | null {
  for (const complain of complaints) {
    const complaint = complain();
    if (complaint !== null) return complaint;
  }
  return null;
}
