import {rulesOnce} from '../parse/rules-once.ts';

/**
 * What was made of texts that several nodes have in common, made once: nodes of one cluster mostly have the same rules. Whoever is
 * given the same thing twice may count on it being the same object.
 */
export class ReadOnce {
  /** Of rules of iptables, by their lines. */
  readonly parseRule = rulesOnce();
  readonly #numbers = new Map<unknown, number>();
  readonly #made = new Map<string, unknown>();

  /** `what` says which thing is made. The parts, texts or things that were made here, are all that it is made of. */
  of<T>(what: string, parts: readonly unknown[], make: () => T): T {
    const key = `${what} ${parts.map(part => this.#numberOf(part)).join(' ')}`;
    if (!this.#made.has(key)) this.#made.set(key, make());
    return this.#made.get(key) as T;
  }

  /** Keys are made of numbers, so that long texts are held once. */
  #numberOf(part: unknown): number {
    const number = this.#numbers.get(part) ?? this.#numbers.size;
    this.#numbers.set(part, number);
    return number;
  }
}
