import {createHmac} from 'node:crypto';
import {isKnown} from '../../answer.ts';
import type {KubeObject} from '../../objects.ts';
import type {Recording} from '../recording.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** A keyed one-way function: what it gives cannot be traced back, or tried out, without the key. */
export class SecretKey {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  digest(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }

  /** 8 letters and digits (40 bits: a thousand names collide once in two million recordings). */
  short(text: string): string {
    return [...this.digest(text).subarray(0, 8)].map(byte => alphabet[byte & 31]).join('');
  }

  /** 64 hexadecimal digits, for container ids and image digests. */
  hex(text: string): string {
    return this.digest(text).toString('hex');
  }

  uuid(text: string): string {
    const hex = this.hex(`uuid ${text}`);
    return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
  }

  /** 16 letters and digits as kube-proxy has them in its chains' names. */
  chain(text: string): string {
    return [...this.digest(`chain ${text}`).subarray(0, 16)].map(byte => alphabet[byte & 31]).join('').toUpperCase();
  }
}

/**
 * The key when none is given: the UID of namespace kube-system, which is random, the same in every recording of a cluster, and
 * not in the result. Where it was not recorded, the context's name: weaker, as who guesses the name can try names out.
 */
export function defaultKey(recording: Recording): string {
  const uid = objectsOf(recording).find(object => object.kind === 'Namespace' && object.metadata.name === 'kube-system')?.metadata.uid;
  return uid === undefined ? `kdiag pseudonyms of context ${recording.context}` : `kdiag pseudonyms of cluster ${uid}`;
}

function objectsOf(recording: Recording): readonly KubeObject[] {
  return recording.exchanges.flatMap(exchange => {
    if (exchange.ask === 'get') return isKnown(exchange.answer) && exchange.answer.known ? [exchange.answer.known] : [];
    return exchange.ask === 'list' && isKnown(exchange.answer) ? exchange.answer.known : [];
  });
}
