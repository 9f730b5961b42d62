import type {Dispenser} from '../../../parse/corefile/dispenser.ts';
import {duration, integer} from '../go-values.ts';
import {isBelowReverse, zonesNamed} from '../zones.ts';
import {type Around, fallthroughZones, once, PluginRefused, taken, zonesOr} from './setup.ts';

/** Options of the plugin kubernetes: plugin/kubernetes/setup.go. */
export interface KubernetesOptions {
  /** Those that it answers for, the reverse ones among them. */
  readonly zones: readonly string[];
  readonly pods: 'disabled' | 'insecure' | 'verified';
  /** Names of endpoints without a hostname are their pods' names, not their addresses with dashes. */
  readonly endpointPodNames: boolean;
  /** Empty: all. */
  readonly namespaces: readonly string[];
  /** Selectors of Services and of namespaces, as written; null: all. */
  readonly labels: string | null;
  readonly namespaceLabels: string | null;
  /** Zones for which a name that it does not have goes to the next plugin; empty: none. */
  readonly fallthrough: readonly string[];
  /** Seconds. */
  readonly ttl: number;
  /** Endpoints are not watched: headless Services have no answer. */
  readonly noEndpoints: boolean;
  /** Names of Services without ready endpoints do not exist. */
  readonly ignoreEmptyService: boolean;
  /** API servers instead of the cluster's own, and a kubeconfig. */
  readonly endpoint: string | null;
  readonly kubeconfig: string | null;
  readonly multicluster: readonly string[];
}

type Mutable = {-readonly [K in keyof KubernetesOptions]: KubernetesOptions[K]};

export function readKubernetes(words: Dispenser, around: Around): KubernetesOptions {
  const options: Mutable = {
    zones: [], pods: 'disabled', endpointPodNames: false, namespaces: [], labels: null, namespaceLabels: null, fallthrough: [], ttl: 5, noEndpoints: false, ignoreEmptyService: false, endpoint: null, kubeconfig: null, multicluster: [],
  };
  once(words, () => {
    options.zones = zonesOr(words.argumentsLeft(), around);
    if (options.zones.every(isBelowReverse)) throw new PluginRefused('non-reverse zone name must be used');
    while (words.nextInBlock()) readOption(words, options);
    if (options.namespaces.length > 0 && options.namespaceLabels !== null) throw words.refuse('namespaces and namespace_labels cannot both be set');
    for (const zone of options.multicluster) if (!options.zones.includes(zone)) throw words.refuse(`is not authoritative for the multicluster zone ${zone}.`);
  });
  return options;
}

function readOption(words: Dispenser, options: Mutable): void {
  const [name, at] = [words.value(), words.cursor];
  const args = name === 'fallthrough' ? [] : words.argumentsLeft();
  const [first = ''] = args;
  const some = (): void => { if (args.length === 0) throw words.refuseArgument(); };
  const exactly = (...counts: number[]): void => { if (!counts.includes(args.length)) throw words.refuseArgument(); };
  switch (name) {
    case 'endpoint_pod_names': exactly(0); options.endpointPodNames = true; break;
    case 'pods':
      exactly(1);
      if (first !== 'disabled' && first !== 'insecure' && first !== 'verified') throw new PluginRefused(`wrong value for pods: ${first},  must be one of: disabled, verified, insecure`);
      options.pods = first;
      break;
    case 'namespaces': some(); options.namespaces = [...options.namespaces, ...args]; break;
    case 'endpoint': some(); options.endpoint = first; break;
    case 'tls': exactly(3); break;
    case 'labels': some(); options.labels = args.join(' '); break;
    case 'namespace_labels': some(); options.namespaceLabels = args.join(' '); break;
    case 'fallthrough': options.fallthrough = fallthroughZones(words); break;
    case 'ttl': {
      some();
      const ttl = taken(integer(first));
      if (ttl < 0 || ttl > 3600) throw words.refuse(`ttl must be in range [0, 3600]: ${ttl}`);
      options.ttl = ttl;
      break;
    }
    case 'noendpoints': exactly(0); options.noEndpoints = true; break;
    case 'ignore':
      if (args.length === 0) break;
      if (first !== 'empty_service') throw new PluginRefused(`unable to parse ignore value: '${first}'`);
      options.ignoreEmptyService = true;
      break;
    case 'kubeconfig': exactly(1, 2); options.kubeconfig = args.join(' '); break;
    case 'multicluster': options.multicluster = zonesNamed(args); break;
    case 'startup_timeout': some(); taken(duration(first), `failed to parse startup_timeout: ${first}, `); break;
    case 'apiserver_qps': exactly(1); break;
    case 'apiserver_burst': case 'apiserver_max_inflight': {
      exactly(1);
      const number = integer(first);
      if ('error' in number) throw words.refuse(`invalid ${name} "${first}": ${number.error}`);
      if (number.value < 0) throw words.refuse(`${name} must be >= 0`);
      break;
    }
    default:
      words.cursor = at; // CoreDNS refuses it before it reads what follows, which may end on a later line
      throw words.refuse(`unknown property '${name}'`);
  }
}
