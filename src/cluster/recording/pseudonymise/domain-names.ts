import {isIP} from 'node:net';
import {formatAddress, parseAddress} from '../../dns-address.ts';
import type {Addresses} from './addresses.ts';
import {replaceAddresses} from './address-texts.ts';
import type {Hosts} from './hosts.ts';

/**
 * Pseudonyms of the names that resolvers ask for. A name behind which a search domain stands becomes the pseudonym of what is before
 * it and the domain's: so the questions that a resolver makes of a pseudonym are those that were recorded.
 */
export class DomainNames {
  readonly #addresses: Addresses;
  readonly #hosts: Hosts;
  readonly #domains = new Set<string>();

  constructor(addresses: Addresses, hosts: Hosts) {
    this.#addresses = addresses;
    this.#hosts = hosts;
  }

  /** A search domain of some resolver. */
  learn(domain: string): void {
    if (domain.includes('.')) this.#domains.add(domain.toLowerCase().replace(/\.$/, ''));
  }

  /** Of a name with or without its final dot; the root stays, and so do `_port._protocol` at its head. */
  of(name: string): string {
    const reverse = this.#reverse(name);
    if (name === '' || reverse !== null) return reverse ?? name;
    const [, service = '', plain = '', dot = ''] = /^((?:_[^.]+\.)*)(.*?)(\.?)$/s.exec(name) ?? [];
    const domain = [...this.#domains].filter(each => plain.toLowerCase().endsWith(`.${each}`)).sort((a, b) => b.length - a.length)[0];
    if (domain === undefined) return service + this.#hosts.of(plain) + dot;
    return `${service}${this.of(plain.slice(0, plain.length - domain.length - 1))}.${this.#hosts.of(plain.slice(plain.length - domain.length))}${dot}`;
  }

  /** An address or a name. */
  ofHost(text: string): string {
    return isIP(text) === 0 ? this.of(text) : this.#addresses.of(text);
  }

  /** Names made of an address (RFC 1035 §3.5, RFC 3596 §2.5): all octets or nibbles of one. */
  #reverse(name: string): string | null {
    if (/^(?:\d{1,3}\.){4}in-addr\.arpa\.?$/i.test(name)) return replaceAddresses(name.toLowerCase(), this.#addresses);
    const nibbles = /^((?:[0-9a-f]\.){32})ip6\.arpa(\.?)$/i.exec(name);
    if (nibbles === null) return null;
    const turned = (text: string): string => text.split('').reverse().join('');
    const after = parseAddress(this.#addresses.of(formatAddress(Buffer.from(turned((nibbles[1] ?? '').replaceAll('.', '').toLowerCase()), 'hex'))));
    return after === null ? null : `${turned(after.toString('hex')).split('').join('.')}.ip6.arpa${nibbles[2]}`;
  }
}
