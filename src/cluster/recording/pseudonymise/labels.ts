import type {Labels as LabelMap} from '../../objects.ts';
import type {Addresses} from './addresses.ts';
import {replaceAddresses} from './address-texts.ts';
import type {NameKind, Names} from './names.ts';
import type {SecretKey} from './secret-key.ts';
import {isPublicDomain, isWellKnown} from './well-known.ts';

/** Keys without a domain that everybody uses. */
const commonKeys = new Set(['app', 'application', 'apps', 'chart', 'component', 'controller-revision-hash', 'controller-uid', 'env', 'environment', 'heritage', 'instance', 'job-name', 'k8s-app', 'name', 'part-of', 'pod-template-generation', 'pod-template-hash', 'release', 'role', 'run', 'service', 'stage', 'task', 'tier', 'track', 'version']);

/** Keys whose value is the name of something. */
const named: Readonly<Record<string, NameKind>> = {
  'kubernetes.io/hostname': 'node',
  'kubernetes.io/metadata.name': 'ns',
  'kubernetes.io/service-name': 'svc',
  'statefulset.kubernetes.io/pod-name': 'pod',
  'controller-revision-hash': 'app',
  'job-name': 'app',
  'batch.kubernetes.io/job-name': 'app',
  'batch.kubernetes.io/cronjob-name': 'app',
};

/** Annotations of Kubernetes whose value is one of a few words, or a number. */
const plainAnnotation = /^(true|false|\d+|auto|disabled|enabled|internal|internet-facing|nlb|external|ip|instance|PreferClose|Auto|Disabled)$/i;

/** Pseudonyms of labels, of what selects by them, and of annotations. */
export class Labels {
  readonly #key: SecretKey;
  readonly #names: Names;
  readonly #addresses: Addresses;

  constructor(key: SecretKey, names: Names, addresses: Addresses) {
    this.#key = key;
    this.#names = names;
    this.#addresses = addresses;
  }

  of(labels: LabelMap): LabelMap {
    return Object.fromEntries(Object.entries(labels).map(([key, value]) => [this.key(key), this.value(key, value)]));
  }

  /** `a=b,c=d`; of a selector that is not equality-based nothing is left. */
  selector(selector: string): string {
    const parts = selector.split(',').filter(part => part !== '').map(part => {
      const [, key = '', value = ''] = /^([^=!]+)==?([^=]*)$/.exec(part) ?? [];
      return `${this.key(key)}=${this.value(key, value)}`;
    });
    return parts.sort().join(',');
  }

  /** Also of other qualified names: a condition's type, a class. Those without a domain stay when `isKey` is not asked for. */
  key(key: string): string {
    const slash = key.indexOf('/');
    if (slash < 0) return commonKeys.has(key) || key === '' ? key : `key-${this.#key.short(`key ${key}`)}`;
    return this.qualified(key);
  }

  /** `domain/name`: what belongs to Kubernetes, or to software that many run, stays. Load balancers put a Service's name behind theirs. */
  qualified(text: string): string {
    const slash = text.indexOf('/');
    const domain = text.slice(0, slash);
    const hasName = domain.endsWith('k8s.aws');
    if (slash < 0 || (isPublicDomain(domain) && !hasName)) return text;
    return `${hasName ? domain : `${this.#key.short(`domain ${domain}`)}.example`}/key-${this.#key.short(`key ${text}`)}`;
  }

  value(key: string, value: string): string {
    const kind = named[key];
    if (kind !== undefined) return /^[bcdfghjklmnpqrstvwxz2456789]{5,10}$/.test(value) && kind === 'app' ? value : this.#names.of(kind, value);
    const isOwn = /(^|\.)(kubernetes|k8s)\.io\//.test(key) && !key.startsWith('app.kubernetes.io/');
    if (isOwn || key === 'pod-template-hash' || /^\d*$/.test(value) || isWellKnown(value)) return value;
    return `val-${this.#key.short(`name ${value}`)}`;
  }

  /** Annotations of software that many run keep their values where they can say nothing, or are addresses; others go. */
  annotations(annotations: LabelMap): LabelMap {
    const kept = Object.entries(annotations).filter(([key]) => isPublicDomain(key.slice(0, Math.max(0, key.indexOf('/')))));
    return Object.fromEntries(kept.map(([key, value]) => [this.qualified(key), this.#annotation(value)]));
  }

  #annotation(value: string): string {
    if (value === '' || plainAnnotation.test(value)) return value;
    if (/^[0-9A-Fa-f.:/, ]+$/.test(value) && /[.:]/.test(value)) return replaceAddresses(value, this.#addresses);
    return `val-${this.#key.short(`name ${value}`)}`;
  }
}
