/** What stands in a recording's JSON is not what kdiag writes; the message says where. */
export class Malformed extends Error {}

/** Text → the fields of the JSON object in it. `path` names it in messages. Throws Malformed. */
export function parseJson(bytes: Buffer, path: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    throw new Malformed(`${path} is no JSON`);
  }
  return new Fields(value, path);
}

/** The fields of a JSON object, read with their types checked: each method throws Malformed for a field that is not of its type. */
export class Fields {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Malformed(`${path} is no JSON object`);
    this.#object = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  /** The object itself, its fields unchecked. */
  whole(): unknown {
    return this.#object;
  }

  names(): readonly string[] {
    return Object.keys(this.#object);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  value(name: string): unknown {
    return this.has(name) ? this.#object[name] : undefined;
  }

  text(name: string): string {
    const value = this.value(name);
    return typeof value === 'string' ? value : this.#wrong(name, 'text');
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    return typeof value === 'boolean' ? value : this.#wrong(name, 'true or false');
  }

  integer(name: string): number {
    const value = this.value(name);
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : this.#wrong(name, 'a whole number');
  }

  texts(name: string): readonly string[] {
    const value = this.value(name);
    return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : this.#wrong(name, 'a list of texts');
  }

  fields(name: string): Fields {
    return new Fields(this.value(name), `${this.#path}: ${name}`);
  }

  items(name: string): readonly Fields[] {
    const value = this.value(name);
    return Array.isArray(value) ? value.map((item, index) => new Fields(item, `${this.#path}: ${name}[${index}]`)) : this.#wrong(name, 'a list');
  }

  /** The text field alone in an object, or an empty object when there is no such field. */
  optional<Name extends string>(name: Name): {readonly [key in Name]?: string} {
    return this.has(name) ? ({[name]: this.text(name)} as {readonly [key in Name]: string}) : {};
  }

  #wrong(name: string, expected: string): never {
    throw new Malformed(`${this.#path}: ${name} is ${this.has(name) ? 'not' : 'missing, and should be'} ${expected}`);
  }
}
