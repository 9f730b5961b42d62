import {type Resource, resources} from '../../resources.ts';
import type {Addresses} from './addresses.ts';
import {addressPatches} from './address-texts.ts';
import type {Hosts} from './hosts.ts';
import type {Images} from './images.ts';
import type {NameKind, Names} from './names.ts';
import {type Patch, patch} from './patch.ts';
import type {SecretKey} from './secret-key.ts';
import {isPublicDomain} from './well-known.ts';

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const longHex = /\b[0-9a-f]{64}\b/g;
const user = /(?<=\bUser \\?")[^"\\]+(?=\\?")/g;
const url = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/"'`\\?#,]+)([^\s"'`\\?#,;]*)(\?[^\s"'`\\,]*)?/gi;
/** Paths that every program has. */
const commonSegment = /^(|\/|healthz?|health-check|livez|readyz|ready|live|liveness|readiness|ping|status|metrics|actuator|api|v\d+|version|-|index\.html)$/i;
/** The names that a resolver was asked for, in errors of lookups and in CoreDNS's log; and any name in the cluster's domain. */
const hosts: readonly RegExp[] = [
  /(?<=\blookup )[A-Za-z0-9_*-][\w.*-]*[\w.](?=[ :])/g,
  /(?<=plugin\/errors: \d+ )[A-Za-z0-9_*-][\w.*-]*(?= )/g,
  /(?<="(?:A|AAAA|SRV|PTR|CNAME|MX|TXT|NS|SOA|HTTPS|ANY|TYPE\d+) IN )[A-Za-z0-9_*-][\w.*-]*(?= )/g,
  /(?<![\w.-])(?:[\w-]+\.)+(?:svc|pod)(?:\.[\w-]+)*/g,
];
/** klog's `key="namespace/name"`, and what such a key speaks of. */
const pair = /\b(\w+)="([a-z0-9][a-z0-9-]*)\/([a-z0-9][a-z0-9.-]*)((?::[\w-]+)?)"/g;
const pairKinds: readonly (readonly [RegExp, NameKind])[] = [[/slice/i, 'slice'], [/pod/i, 'pod'], [/port|svc|service/i, 'svc']];
const image = /(?<=(?:image|pull(?:ing)?(?: and unpack)?(?: image)?) \\?")[^"\\\s]+(?=\\?")/gi;
/** Where a name stands for certain, even one that is an everyday word: behind what it is a name of, or behind its namespace. */
const introduced = /(?<=\b(?:[Nn]ode|[Pp]od|[Cc]ontainer|[Ss]ervice|[Nn]amespace|assigned \S+ to):? \\?"?)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?![\w/])/g;
const inNamespace = /(?<![\w./-])([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?![\w/])/g;
const token = /[A-Za-z0-9][A-Za-z0-9._-]*/g;

/** Pseudonyms in free text: messages of events, errors and logs. */
export class Texts {
  readonly #key: SecretKey;
  readonly #names: Names;
  readonly #hosts: Hosts;
  readonly #patches: readonly Patch[];

  constructor(key: SecretKey, names: Names, addresses: Addresses, hostNames: Hosts, images: Images) {
    this.#key = key;
    this.#names = names;
    this.#hosts = hostNames;
    this.#patches = [
      [uuid, ([found]) => key.uuid(found.toLowerCase())],
      [longHex, ([found]) => key.hex(found)],
      [user, ([name]) => (/^system:(?!serviceaccount|node:)/.test(name) ? name : names.of('user', name))],
      [url, found => this.#url(found)],
      ...hosts.map((pattern): Patch => [pattern, ([host]) => hostNames.of(host)]),
      [pair, ([, field = '', namespace = '', name = '', port = '']) => `${field}="${names.of('ns', namespace)}/${names.of(kindOf(field), name)}${port}"`],
      [image, ([found]) => images.of(found, false)],
      ...addressPatches(addresses),
      [introduced, ([name]) => names.known(name)],
      [inNamespace, ([, namespace = '', name = '']) => (names.isKnown('ns', namespace) ? `${names.of('ns', namespace)}/${names.known(name) ?? name}` : null)],
      [token, ([found]) => this.#word(found)],
    ];
  }

  /** A name is found where it stands as a whole, and only when it was learned from an object or a rule before. */
  of(text: string): string {
    return patch(text, this.#patches);
  }

  /** The known names in a text, and nothing else. */
  words(text: string): string {
    return patch(text, this.#patches.slice(-1));
  }

  /** A path of a URL: of the API's, the names in it; of others, the parts that only this program has. */
  path(path: string): string {
    const [plain = '', ...rest] = path.split('?');
    const query = rest.join('?');
    const isTelling = query !== '' && !/^((limit|resourceVersion|timeout|timeoutSeconds|watch|allowWatchBookmarks|follow|tailLines)=[\w.]*&?)*$/.test(query);
    const segments = /^\/apis?\//.test(plain) ? this.#apiPath(plain.split('/')) : plain.split('/').map(segment => (commonSegment.test(segment) ? segment : `path-${this.#key.short(`path ${segment}`)}`));
    return segments.join('/') + (query === '' ? '' : `?${isTelling ? this.#key.short(`query ${query}`) : query}`);
  }

  /** `/api/v1/nodes/NAME`, `/apis/apps/v1/namespaces/NAMESPACE/deployments/NAME`, split at the slashes. */
  #apiPath(parts: readonly string[]): readonly string[] {
    const first = parts[1] === 'api' ? 3 : 4;
    const isIn = parts[first] === 'namespaces';
    const [resource, name] = isIn ? [first + 2, first + 3] : [first, first + 1];
    const kind = parts[resource] ?? '';
    return parts.map((part, index) => {
      if (part === '') return part;
      if (isIn && index === first + 1) return this.#names.of('ns', part);
      if (index !== name) return part;
      return Object.hasOwn(resources, kind) ? this.#names.ofResource(kind as Resource, part) : this.#names.of('obj', part);
    });
  }

  #url([, scheme = '', authority = '', path = '', query = '']: RegExpExecArray): string {
    const [, tail = ''] = /([.,:)]*)$/.exec(query === '' ? path : '') ?? [];
    const [, host = authority, colon = ''] = /^(?:.*@)?(.*?)(:?)$/.exec(authority) ?? [];
    const after = path.slice(0, path.length - tail.length) + query;
    return scheme + this.#hosts.withPort(host) + colon + (isPublicDomain(host) ? after : this.path(after)) + tail;
  }

  /** Dotted and underscored names too: `cart.shop`, `cart-1_shop`. */
  #word(found: string): string {
    const [, name = found, end = ''] = /^(.*?)([._-]*)$/.exec(found) ?? [];
    const whole = this.#names.inText(name);
    if (whole !== null) return whole + end;
    const parts = name.split(/([._])/);
    return (parts.length > 1 ? parts.map(part => this.#names.inText(part) ?? part).join('') : name) + end;
  }
}

function kindOf(key: string): NameKind {
  return pairKinds.find(([pattern]) => pattern.test(key))?.[1] ?? 'obj';
}
