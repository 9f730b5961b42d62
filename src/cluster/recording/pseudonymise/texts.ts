import type {Addresses} from './addresses.ts';
import {replaceAddresses} from './address-texts.ts';
import type {Hosts} from './hosts.ts';
import type {Images} from './images.ts';
import type {NameKind, Names} from './names.ts';
import type {SecretKey} from './secret-key.ts';

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const longHex = /\b[0-9a-f]{64}\b/g;
const url = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/"'`\\?#,]+)([^\s"'`\\?#,;]*)(\?[^\s"'`\\,]*)?/gi;
/** Paths that every program has. */
const commonSegment = /^(|\/|healthz?|health-check|livez|readyz|ready|live|liveness|readiness|ping|status|metrics|actuator|api|v\d+|version|-|index\.html)$/i;
/** klog's `key="namespace/name"`, and what such a key speaks of. */
const pair = /\b(\w+)="([a-z0-9][a-z0-9-]*)\/([a-z0-9][a-z0-9.-]*)((?::[\w-]+)?)"/g;
const pairKinds: readonly (readonly [RegExp, NameKind])[] = [[/slice/i, 'slice'], [/pod/i, 'pod'], [/port|svc|service/i, 'svc']];
const user = /\bUser "([^"]+)"/g;
const imageName = /((?:image|pull(?:ing)?(?: and unpack)?(?: image)?) \\?")([^"\\\s]+)(\\?")/gi;
/** The names that a resolver was asked for, in CoreDNS's log and in errors of lookups. */
const lookups: readonly RegExp[] = [
  /(\blookup )([A-Za-z0-9_*-][\w.*-]*[\w.])(?=[ :])/g,
  /(plugin\/errors: \d+ )([A-Za-z0-9_*-][\w.*-]*)(?= )/g,
  /("(?:A|AAAA|SRV|PTR|CNAME|MX|TXT|NS|SOA|HTTPS|ANY|TYPE\d+) IN )([A-Za-z0-9_*-][\w.*-]*)(?= )/g,
];
const token = /[A-Za-z0-9][A-Za-z0-9._-]*/g;

/** Pseudonyms in free text: messages of events, errors and logs. */
export class Texts {
  readonly #key: SecretKey;
  readonly #names: Names;
  readonly #addresses: Addresses;
  readonly #hosts: Hosts;
  readonly #images: Images;

  constructor(key: SecretKey, names: Names, addresses: Addresses, hosts: Hosts, images: Images) {
    this.#key = key;
    this.#names = names;
    this.#addresses = addresses;
    this.#hosts = hosts;
    this.#images = images;
  }

  /** A name is found where it stands as a whole, and only when it was learned from an object or a rule before. */
  of(text: string): string {
    const marked = text
      .replace(uuid, found => this.#key.uuid(found.toLowerCase()))
      .replace(longHex, found => this.#key.hex(found))
      .replace(user, (_whole, name: string) => `User "${/^system:(?!serviceaccount|node:)/.test(name) ? name : this.#names.of('user', name)}"`);
    return this.#outsideUrls(marked, part => {
      const asked = lookups.reduce((done, lookup) => done.replace(lookup, (_whole, head: string, host: string) => head + this.#hosts.of(host)), part);
      const named = asked
        .replace(pair, (_whole, key: string, namespace: string, name: string, port: string) => `${key}="${this.#names.of('ns', namespace)}/${this.#names.of(kindOf(key), name)}${port}"`)
        .replace(imageName, (_whole, head: string, image: string, tail: string) => head + this.#images.of(image, false) + tail);
      return this.words(replaceAddresses(named, this.#addresses));
    });
  }

  /** The known names in a text, and nothing else. Dotted and underscored ones too: `cart.shop`, `cart-1_shop`. */
  words(text: string): string {
    return text.replace(token, found => {
      const end = /[._-]*$/.exec(found)?.[0] ?? '';
      const name = found.slice(0, found.length - end.length);
      return this.#word(name) + end;
    });
  }

  /** A path of a URL: the parts that only this program has go. */
  path(path: string): string {
    if (/^\/apis?\//.test(path)) return this.words(path);
    const [plain = '', ...rest] = path.split('?');
    const segments = plain.split('/').map(segment => (commonSegment.test(segment) ? segment : `path-${this.#key.short(`path ${segment}`)}`));
    return segments.join('/') + (rest.length > 0 ? `?${this.#key.short(`query ${rest.join('?')}`)}` : '');
  }

  #outsideUrls(text: string, replace: (part: string) => string): string {
    let done = '';
    let end = 0;
    for (const found of text.matchAll(url)) {
      const [whole, scheme = '', authority = '', path = '', query = ''] = found;
      const [, tail = ''] = /([.,:)]*)$/.exec(query === '' ? path : '') ?? [];
      const host = authority.replace(/^[^@]*@/, '').replace(/:$/, '');
      const after = authority.endsWith(':') ? ':' : '';
      done += replace(text.slice(end, found.index)) + scheme + this.#hosts.withPort(host) + after + this.path(path.slice(0, path.length - tail.length) + query) + tail;
      end = found.index + whole.length;
    }
    return done + replace(text.slice(end));
  }

  #word(name: string): string {
    const whole = this.#names.inText(name);
    if (whole !== null) return whole;
    if (/\.(svc|pod)(\.|$)/.test(name)) return this.#hosts.of(name);
    const parts = name.split(/([._])/);
    return parts.length > 1 && !/^[\d._]+$/.test(name) ? parts.map(part => this.#names.inText(part) ?? part).join('') : name;
  }
}

function kindOf(key: string): NameKind {
  return pairKinds.find(([pattern]) => pattern.test(key))?.[1] ?? 'obj';
}
