import {createHash} from 'node:crypto';
import type {SecretKey} from './secret-key.ts';

const protocols = ['tcp', 'udp', 'sctp'];
const chain = /\bKUBE-(SVC|SVL|SEP|FW|EXT|XLB)-([A-Z2-7]{16})\b/g;

/**
 * kube-proxy names a Service's chains by a hash of `namespace/name:port` and protocol, and an endpoint's with its address too.
 * Whoever guesses a name can check it by such a hash, so a chain gets the hash of the pseudonyms instead.
 */
export class ChainNames {
  readonly #key: SecretKey;
  readonly #renamed = new Map<string, string>();

  constructor(key: SecretKey) {
    this.#key = key;
  }

  /** Learns what the chains of a Service's port are called before and after; of an endpoint's, with both its addresses. */
  learn(before: string, after: string, endpoint?: {readonly before: string; readonly after: string}): void {
    for (const protocol of protocols) {
      this.#renamed.set(hash(`${before}${protocol}`), hash(`${after}${protocol}`));
      if (endpoint) this.#renamed.set(hash(`${before}${protocol}${endpoint.before}`), hash(`${after}${protocol}${endpoint.after}`));
    }
  }

  /** Renames every chain in a text; one whose Service is not known gets a name that nobody can check. */
  replace(text: string): string {
    return text.replace(chain, (_whole, kind: string, found: string) => `KUBE-${kind}-${this.#renamed.get(found) ?? this.#key.chain(found)}`);
  }
}

function hash(text: string): string {
  return base32(createHash('sha256').update(text).digest()).slice(0, 16);
}

/** RFC 4648, without padding. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('');
  return [...bits.matchAll(/.{5}/g)].map(([five]) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)] ?? '').join('');
}

/** As nftables mode names its chains: 8 characters of a hash of the rest, in front of the rest. */
export function nftChain(rest: string): string {
  return `${hash(rest).slice(0, 8)}-${rest}`;
}
