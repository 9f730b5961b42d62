import {isIP} from 'node:net';
import type {Addresses} from './addresses.ts';
import type {Names} from './names.ts';
import type {SecretKey} from './secret-key.ts';
import {isPublicDomain, isWellKnown} from './well-known.ts';

/** Last labels that many share, and what is said by them alone. */
const common = new Set(['com', 'net', 'org', 'io', 'dev', 'cloud', 'app', 'local', 'internal', 'lan', 'intern', 'corp', 'home', 'test', 'example', 'invalid', 'localhost', 'localdomain', 'arpa', 'svc', 'pod', 'cluster', 'ip6', 'in-addr']);
const clusterName = /^(.*?)\.(svc|pod)(?:\.(.*))?$/;

/** Pseudonyms of DNS names, label by label: a subdomain stays one, and so does a name in the cluster's own domain. */
export class Hosts {
  readonly #key: SecretKey;
  readonly #names: Names;
  readonly #addresses: Addresses;

  constructor(key: SecretKey, names: Names, addresses: Addresses) {
    this.#key = key;
    this.#names = names;
    this.#addresses = addresses;
  }

  /** `db.corp.example.com` → `dns-….dns-….dns-….com`; `cart.shop.svc.cluster.local` → `svc-….ns-….svc.cluster.local`. */
  of(host: string): string {
    if (isIP(host)) return this.#addresses.of(host);
    const end = host.endsWith('.') ? '.' : '';
    const name = host.slice(0, host.length - end.length);
    if (isWellKnown(name)) return host;
    const known = this.#names.known(name) ?? this.#short(name);
    if (known !== null) return known + end;
    const [whole, left = '', type = '', domain] = clusterName.exec(name) ?? [];
    if (whole !== undefined) return `${this.#inCluster(left)}.${type}${domain === undefined ? '' : `.${this.#labels(domain)}`}${end}`;
    return this.#labels(name) + end;
  }

  /** `host`, `host:port` and `[address]:port`. */
  withPort(text: string): string {
    const [, host = text, port = ''] = /^(.*?)(:\d+)?$/.exec(text) ?? [];
    return this.of(host.replace(/^\[|\]$/g, '')).replace(/^(.*:.*)$/, '[$1]') + port;
  }

  #inCluster(text: string): string {
    const labels = text.split('.');
    const namespace = labels.pop() ?? '';
    const service = labels.pop();
    const before = labels.map(label => (label.startsWith('_') ? label : this.#address(label) ?? this.#names.known(label) ?? this.#names.of('host', label)));
    return [...before, ...(service === undefined ? [] : [this.#address(service) ?? this.#names.of('svc', service)]), this.#names.of('ns', namespace)].join('.');
  }

  /** `cart.shop`: a Service as pods call it. */
  #short(name: string): string | null {
    const [service = '', namespace = '', ...more] = name.split('.');
    const isOne = more.length === 0 && namespace !== '' && this.#names.isKnown('svc', service) && this.#names.isKnown('ns', namespace);
    return isOne ? `${this.#names.of('svc', service)}.${this.#names.of('ns', namespace)}` : null;
  }

  #address(label: string): string | null {
    const address = label.replaceAll('-', '.');
    return isIP(address) === 4 ? this.#addresses.of(address).replaceAll('.', '-') : null;
  }

  #labels(name: string): string {
    const labels = name.split('.');
    if (isPublicDomain(name) || labels.every(label => common.has(label) || label === '*' || label === '')) return name;
    return labels.map((label, index) => (label === '*' || (index === labels.length - 1 && common.has(label)) ? label : `dns-${this.#key.short(`name ${label.toLowerCase()}`)}`)).join('.');
  }
}
