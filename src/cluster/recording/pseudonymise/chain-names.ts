import {createHash} from 'node:crypto';
import type {SecretKey} from './secret-key.ts';

const protocols = ['tcp', 'udp', 'sctp'];
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const chain = /\bKUBE-(SVC|SVL|SEP|FW|EXT|XLB)-([A-Z2-7]{16})\b/g;

/**
 * kube-proxy names a Service's chains by a hash of `namespace/name:port` and protocol, and an endpoint's with its address too.
 * Whoever guesses a name can check it by such a hash, so a chain gets the hash of the pseudonyms instead.
 */
export class ChainNames {
  readonly #key: SecretKey;
  readonly #renamed = new Map<string, string>();
  readonly #unknown = new Map<string, string>();
  readonly #learned = new Set<string>();

  constructor(key: SecretKey) {
    this.#key = key;
  }

  /** Learns what the chains of a Service's port are called before and after; of an endpoint's, with both its addresses. */
  learn(before: string, after: string, endpoint?: {readonly before: string; readonly after: string}): void {
    const learned = `${before} ${endpoint?.before ?? ''}`;
    if (this.#learned.has(learned)) return;
    this.#learned.add(learned);
    const ends = endpoint ? [{before: '', after: ''}, endpoint] : [{before: '', after: ''}];
    for (const protocol of protocols) {
      for (const end of ends) this.#renamed.set(hash(`${before}${protocol}${end.before}`), hash(`${after}${protocol}${end.after}`));
    }
  }

  /** Renames every chain in a text; one whose Service is not known gets a name that nobody can check. */
  replace(text: string): string {
    return text.replace(chain, (_whole, kind: string, found: string) => {
      let renamed = this.#renamed.get(found) ?? this.#unknown.get(found);
      if (renamed === undefined) this.#unknown.set(found, (renamed = this.#key.chain(found)));
      return `KUBE-${kind}-${renamed}`;
    });
  }
}

/** kube-proxy's: the first 16 characters of the SHA-256 in base32 (RFC 4648). */
function hash(text: string): string {
  let out = '';
  let rest = 0;
  let bits = 0;
  for (const byte of createHash('sha256').update(text).digest().subarray(0, 10)) {
    rest = (rest << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) out += base32[(rest >> (bits - 5)) & 31];
    rest &= (1 << bits) - 1;
  }
  return out;
}

/** As nftables mode names its chains: 8 characters of a hash of the rest, in front of the rest. */
export function nftChain(rest: string): string {
  return `${hash(rest).slice(0, 8)}-${rest}`;
}
