import type {Asked, RecordObjects} from './asked.ts';
import {nearestOf} from './directives.ts';

/** Why a name has no record of the type asked. Lists are sorted. */
export type NoRecord =
  /** Not in the plugin's zones: another plugin, mostly forward, answers. `meant`: what may be meant. */
  | {readonly why: 'outside'; readonly meant: string | null}
  | {readonly why: 'no-svc-or-pod' | 'too-long'; readonly meant: string | null}
  | {readonly why: 'no-namespace'; readonly namespace: string; readonly nearest: string | null; readonly wildcard: boolean}
  | {readonly why: 'namespace-not-exposed'; readonly namespace: string}
  /** `elsewhere`: namespaces that have a Service of this name; `pod`: a pod of the namespace is called so; `swapped`: a Service NAMESPACE is in a namespace SERVICE. */
  | {readonly why: 'no-service'; readonly namespace: string; readonly service: string; readonly nearest: string | null; readonly elsewhere: readonly string[]; readonly wildcard: boolean; readonly pod: boolean; readonly swapped: boolean}
  | {readonly why: 'no-ready-endpoints'; readonly headless: boolean; readonly notReady: number}
  /** `has`: the labels of the endpoints that are ready. */
  | {readonly why: 'no-such-endpoint'; readonly endpoint: string; readonly has: readonly string[]}
  /** `has`: `_http._tcp`, … */
  | {readonly why: 'no-such-port'; readonly port: string; readonly protocol: string; readonly has: readonly string[]}
  | {readonly why: 'endpoints-not-watched'}
  | {readonly why: 'no-endpoints-of-external-name'}
  | {readonly why: 'external-name-is-address'; readonly target: string}
  | {readonly why: 'external-name-loop'; readonly target: string}
  | {readonly why: 'external-name-target'; readonly target: string; readonly because: NoRecord | null}
  | {readonly why: 'pod-records-disabled'}
  /** `name.namespace.pod`: a pod's record begins with its address, `10-244-1-3`. */
  | {readonly why: 'not-an-address'; readonly label: string}
  | {readonly why: 'no-pod'; readonly namespace: string; readonly address: string}
  | {readonly why: 'no-such-address'; readonly address: string}
  /** The name exists; these are the types that it has. */
  | {readonly why: 'only-type'; readonly types: readonly string[]}
  | {readonly why: 'no-ports'}
  | {readonly why: 'no-address-here'}
  | {readonly why: 'own-service'}
  /** What could not be read, or an option that is not worked out. */
  | {readonly why: 'unread'; readonly what: 'namespaces' | 'services' | 'endpointslices' | 'pods' | 'labels' | 'namespace_labels'};

/** Wildcards were answered until CoreDNS 1.9. */
const isWildcard = (label: string): boolean => label === '*' || label === 'any';

export function whyNoNamespace(namespace: string, namespaces: NonNullable<RecordObjects['namespaces']>): NoRecord {
  return {why: 'no-namespace', namespace, nearest: nearestOf(namespace, namespaces.map(({name}) => name)), wildcard: isWildcard(namespace)};
}

export function whyNoService({namespace, service}: Asked & {kind: 'service'}, {services, pods}: RecordObjects): NoRecord {
  const all = services ?? [];
  const own = all.filter(({metadata}) => metadata.namespace === namespace).map(({metadata}) => metadata.name);
  return {
    why: 'no-service', namespace, service, nearest: nearestOf(service, own), wildcard: isWildcard(service),
    elsewhere: [...new Set(all.filter(({metadata}) => metadata.name === service).map(({metadata}) => metadata.namespace ?? ''))].sort(),
    pod: pods?.some(({metadata}) => metadata.namespace === namespace && metadata.name === service) ?? false,
    swapped: all.some(({metadata}) => metadata.name === namespace && metadata.namespace === service),
  };
}
