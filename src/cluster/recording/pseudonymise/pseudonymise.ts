import {type Answer, isKnown, known, unknown} from '../../answer.ts';
import type {ListQuery, LogQuery} from '../../cluster.ts';
import type {KubeObject, Service} from '../../objects.ts';
import {Addresses} from './addresses.ts';
import {Configurations} from './configurations.ts';
import {DomainNames} from './domain-names.ts';
import {Hosts} from './hosts.ts';
import {Images} from './images.ts';
import {Labels} from './labels.ts';
import {Names} from './names.ts';
import {Objects} from './objects.ts';
import {Places} from './places.ts';
import {Readings} from './readings.ts';
import {Rules} from './rules.ts';
import {defaultKey, SecretKey} from './secret-key.ts';
import {TcpPorts} from './tcp.ts';
import {Texts} from './texts.ts';
import {type Exchange, inOrder, type Recording} from '../recording.ts';

/**
 * The recording with its names and addresses replaced, and what kdiag does not read left out; docs/recording-format.md says what
 * stays. The same name or address becomes the same pseudonym, in every recording with the same key (any text; by default the
 * cluster's own). The result answers the questions of the pseudonymised names as the recording answers those of the names.
 * A recording that is pseudonymised already comes back as it is.
 */
export function pseudonymise(recording: Recording, key: string = defaultKey(recording)): Recording {
  return recording.pseudonymised ? recording : new Pseudonymiser(new SecretKey(key)).of(recording);
}

class Pseudonymiser {
  readonly #names: Names;
  readonly #labels: Labels;
  readonly #objects: Objects;
  readonly #texts: Texts;
  readonly #rules: Rules;
  readonly #readings: Readings;
  readonly #places: Places;
  readonly #tcpPorts: TcpPorts;

  constructor(key: SecretKey) {
    const names = new Names(key);
    const addresses = new Addresses(key);
    const hosts = new Hosts(key, names, addresses);
    const images = new Images(key);
    const labels = new Labels(key, names, addresses);
    const texts = new Texts(key, names, addresses, hosts, images);
    const configurations = new Configurations(names, addresses, hosts);
    this.#names = names;
    this.#labels = labels;
    this.#texts = texts;
    this.#rules = new Rules(key, names, addresses, texts);
    this.#objects = new Objects({key, names, addresses, hosts, labels, images, texts, configurations});
    const domains = new DomainNames(addresses, hosts);
    this.#places = new Places(names, addresses, domains, texts);
    this.#tcpPorts = new TcpPorts(key, names, addresses, hosts, domains, texts, this.#places);
    this.#readings = new Readings(names, addresses, this.#rules, texts, configurations);
  }

  of(recording: Recording): Recording {
    const {kdiag, recordedAt, context, exchanges} = recording;
    // Names stand in objects, rules and logs, and any text may speak of any of them: the first round only learns them.
    for (const exchange of exchanges) if (exchange.ask === 'place') this.#places.learn(exchange);
    for (const exchange of exchanges) this.#exchange(exchange);
    return {kdiag, recordedAt, context: this.#names.of('context', context), pseudonymised: true, exchanges: inOrder(exchanges.map(exchange => this.#exchange(exchange)))};
  }

  #exchange(exchange: Exchange): Exchange {
    switch (exchange.ask) {
      case 'version':
        return {...exchange, answer: this.#answer(exchange.answer, version => version)};
      case 'get': {
        const {ask, resource, namespace, name, answer} = exchange;
        return {
          ask, resource,
          namespace: namespace === null ? null : this.#names.of('ns', namespace),
          name: this.#names.ofResource(resource, name),
          answer: this.#answer(answer, object => (object === null ? null : this.#object(object))),
        };
      }
      case 'list':
        return {ask: 'list', query: this.#list(exchange.query), answer: this.#answer(exchange.answer, objects => objects.map(object => this.#object(object)).sort(byName))};
      case 'log':
        return {ask: 'log', ...this.#log(exchange.query, exchange.answer)};
      case 'node':
        return {ask: 'node', node: this.#names.of('node', exchange.node), answer: this.#answer(exchange.answer, reading => this.#readings.of(reading))};
      case 'place':
        return this.#places.reading(exchange);
      case 'dns':
        return this.#places.dns(exchange);
      case 'tcp':
        return this.#tcpPorts.of(exchange);
    }
  }

  #answer<T>(answer: Answer<T>, replace: (value: T) => T): Answer<T> {
    return isKnown(answer) ? known(replace(answer.known)) : unknown(answer.unknown.why, this.#texts.of(answer.unknown.detail));
  }

  #object(object: KubeObject): KubeObject {
    const {metadata: {namespace = '', name}} = object;
    if (object.kind === 'Service') for (const port of (object as Service).spec.ports ?? []) this.#rules.learn(namespace, name, port.name ?? '');
    return this.#objects.of(object);
  }

  #list(query: ListQuery): ListQuery {
    const {resource, namespace, labelSelector, fieldSelector} = query;
    return {
      resource,
      ...(namespace === undefined ? {} : {namespace: this.#names.of('ns', namespace)}),
      ...(labelSelector === undefined ? {} : {labelSelector: this.#labels.selector(labelSelector)}),
      ...(fieldSelector === undefined ? {} : {fieldSelector: this.#fields(query, fieldSelector)}),
    };
  }

  #fields({resource}: ListQuery, selector: string): string {
    const kind = /(?:^|,)involvedObject\.kind=([^,]*)/.exec(selector)?.[1];
    return selector.split(',').map(part => {
      const [field = '', value = ''] = part.split('=');
      switch (field) {
        case 'metadata.name':
          return `${field}=${this.#names.ofResource(resource, value)}`;
        case 'metadata.namespace':
          return `${field}=${this.#names.of('ns', value)}`;
        case 'spec.nodeName':
          return `${field}=${this.#names.of('node', value)}`;
        case 'involvedObject.name':
          return `${field}=${kind === undefined ? this.#names.known(value) ?? this.#names.of('pod', value) : this.#names.ofKind(kind, value)}`;
        default:
          return part;
      }
    }).join(',');
  }

  /** Logs of the cluster's own components are kept; any other program's log may say anything, and is left out. */
  #log(query: LogQuery, answer: Answer<string>): {readonly query: LogQuery; readonly answer: Answer<string>} {
    const {namespace, pod, container} = query;
    const isSystem = namespace === 'kube-system';
    const renamed = {...query, namespace: this.#names.of('ns', namespace), pod: this.#names.of('pod', pod), container: isSystem ? container : this.#names.of('cont', container)};
    if (!isSystem && isKnown(answer)) return {query: renamed, answer: unknown('not-recorded', 'logs outside kube-system were left out of the pseudonymised recording')};
    return {query: renamed, answer: this.#answer(answer, text => this.#texts.of(text))};
  }
}

/** The order that the port promises, by namespace and name. */
function byName({metadata: a}: KubeObject, {metadata: b}: KubeObject): number {
  return compare(a.namespace ?? '', b.namespace ?? '') || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
