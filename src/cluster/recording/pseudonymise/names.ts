import type {Resource} from '../../resources.ts';
import type {SecretKey} from './secret-key.ts';
import {isWellKnown, isWord} from './well-known.ts';

/** The kinds of names, and what their pseudonyms start with. In a text, a name that is of several kinds is taken for the first. */
const kinds = ['node', 'pod', 'ns', 'svc', 'app', 'slice', 'host', 'cont', 'event', 'cm', 'netpol', 'context', 'user', 'obj'] as const;
export type NameKind = (typeof kinds)[number];

const kindOfResource: Readonly<Record<Resource, NameKind>> = {
  clusterroles: 'obj', configmaps: 'cm', daemonsets: 'app', deployments: 'app', endpointslices: 'slice', events: 'event', namespaces: 'ns', networkpolicies: 'netpol', nodes: 'node', pods: 'pod', servicecidrs: 'obj', services: 'svc', statefulsets: 'app',
};
const kindOfKind: Readonly<Record<string, NameKind>> = {
  ConfigMap: 'cm', CronJob: 'app', DaemonSet: 'app', Deployment: 'app', Endpoints: 'svc', EndpointSlice: 'slice', Event: 'event', Job: 'app', Namespace: 'ns', NetworkPolicy: 'netpol', Node: 'node', Pod: 'pod', ReplicaSet: 'app',
  ReplicationController: 'app', Service: 'svc', StatefulSet: 'app',
};

/** What controllers put behind a name: a template's hash, or five random characters. Neither says anything. */
const generated = /^(.+?)((?:-[bcdfghjklmnpqrstvwxz2456789]{8,10})?(?:-[bcdfghjklmnpqrstvwxz2456789]{5})?)$/;

/** Gives names their pseudonyms, and remembers which names there are, for the texts. */
export class Names {
  readonly #key: SecretKey;
  readonly #known = new Map<string, Set<NameKind>>();
  readonly #short = new Map<string, string>();

  constructor(key: SecretKey) {
    this.#key = key;
  }

  /** `shop` → `ns-k3v9x2ab`; the characters behind the kind are the same for the same name, whatever its kind. */
  of(kind: NameKind, name: string): string {
    if (name === '' || isWellKnown(name)) return name;
    this.#learn(kind, name);
    const [, base = name, tail = ''] = generated.exec(name) ?? [];
    // A ReplicaSet's name stays its Deployment's and a hash; a pod of the cluster's own components stays one.
    if (tail !== '' && (kind === 'app' || isWellKnown(base))) return `${isWellKnown(base) ? base : this.#pseudonym(kind, base)}${tail}`;
    return (kind === 'pod' ? this.#staticPod(name) : null) ?? this.#pseudonym(kind, name);
  }

  ofResource(resource: Resource, name: string): string {
    return this.of(kindOfResource[resource], name);
  }

  /** By an object's `kind`, also of kinds that kdiag does not read. */
  ofKind(kind: string | undefined, name: string): string {
    return this.of((kind === undefined ? undefined : kindOfKind[kind]) ?? 'obj', name);
  }

  /** The pseudonym of a name met in a text, or null when it is none that was learned, or an everyday word. */
  inText(name: string): string | null {
    return isWord(name) ? null : this.known(name);
  }

  /** The pseudonym of a name that was learned, by the first of its kinds. */
  known(name: string): string | null {
    const found = this.#known.get(name);
    const kind = kinds.find(each => found?.has(each));
    return kind === undefined ? null : this.of(kind, name);
  }

  isKnown(kind: NameKind, name: string): boolean {
    return isWellKnown(name) || this.#known.get(name)?.has(kind) === true;
  }

  /** `kube-apiserver-<node>`: the component's name stays, the node gets its own pseudonym. */
  #staticPod(name: string): string | null {
    const [, component = '', node = ''] = /^(kube-apiserver|kube-controller-manager|kube-scheduler|etcd|kube-proxy)-(.+)$/.exec(name) ?? [];
    return component !== '' && this.isKnown('node', node) ? `${component}-${this.of('node', node)}` : null;
  }

  #learn(kind: NameKind, name: string): void {
    const there = this.#known.get(name);
    if (there) there.add(kind);
    else this.#known.set(name, new Set([kind]));
  }

  #pseudonym(kind: NameKind, name: string): string {
    let short = this.#short.get(name);
    if (short === undefined) this.#short.set(name, (short = this.#key.short(`name ${name}`)));
    return `${kind}-${short}`;
  }
}
