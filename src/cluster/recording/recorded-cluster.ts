import {type Answer, isKnown, known, unknown} from '../answer.ts';
import type {Cluster, ListQuery, LogQuery, NodeQuery, NodeReading, PlaceReading, Source} from '../cluster.ts';
import {Derivation} from '../derive.ts';
import type {DnsAnswers, DnsAsk, Place} from '../dns.ts';
import {placeName, placeText} from '../dns-tries.ts';
import type {KubeObject} from '../objects.ts';
import {type Resource, resources} from '../resources.ts';
import type {TcpAnswers, TcpAsk} from '../tcp.ts';
import {tcpQuestion, tcpQuestionText, upTo} from '../tcp-tries.ts';
import {type Exchange, exchangeKey, type Recording} from './recording.ts';

/**
 * The recording adapter: a cluster that answers from a recording, at the recorded instant. What was asked word by word gets the
 * recorded answer, the recorded Unknown too; the rest is derived from broader lists (derive.ts), or is `not-recorded`.
 */
export class RecordedCluster implements Cluster {
  readonly now: Date;
  readonly source: Source;
  readonly #exchanges: ReadonlyMap<string, Exchange>;
  readonly #lists = new Derivation();

  constructor(recording: Recording) {
    this.now = new Date(recording.recordedAt);
    this.source = {kind: 'recording', context: recording.context, recordedAt: recording.recordedAt};
    this.#exchanges = new Map(recording.exchanges.map(exchange => [exchangeKey(exchange), exchange]));
    for (const exchange of recording.exchanges) if (exchange.ask === 'list' && isKnown(exchange.answer)) this.#lists.add(exchange.query, exchange.answer.known);
  }

  async version(): Promise<Answer<string>> {
    return this.#recorded({ask: 'version', answer: notRecorded('the version of the API server')}).answer;
  }

  async get<T extends KubeObject>(resource: Resource, namespace: string | null, name: string): Promise<Answer<T | null>> {
    const asked = {ask: 'get', resource, namespace, name, answer: notRecorded(nameOne(resource, namespace, name))} as const;
    const {answer} = this.#recorded<'get'>(asked);
    // T is the caller's word for what the resource gives, here as at the API server.
    if (answer !== asked.answer) return answer as Answer<T | null>;
    const derived = this.#lists.get(resource, namespace, name);
    return derived ? known(derived.object as T | null) : asked.answer;
  }

  async list<T extends KubeObject>(query: ListQuery): Promise<Answer<readonly T[]>> {
    const asked = {ask: 'list', query, answer: notRecorded(nameMany(query))} as const;
    const {answer} = this.#recorded<'list'>(asked);
    if (answer !== asked.answer) return answer as Answer<readonly T[]>;
    const derived = this.#lists.list(query);
    return derived ? known(derived as readonly T[]) : asked.answer;
  }

  /** Of a log that was recorded with fewer lines, what there is. */
  async log(query: LogQuery): Promise<Answer<string>> {
    const {namespace, pod, container, previous, lines} = query;
    const which = `the ${previous ? 'previous ' : ''}log of container ${container} of pod ${namespace}/${pod}`;
    const {answer} = this.#recorded<'log'>({ask: 'log', query, answer: notRecorded(which)});
    return isKnown(answer) ? known(lastLines(answer.known, lines)) : answer;
  }

  async readNode({node}: NodeQuery): Promise<Answer<NodeReading>> {
    return this.#recorded<'node'>({ask: 'node', node, answer: notRecorded(`the network state of node ${node}`)}).answer;
  }

  async readPlace(place: Place): Promise<Answer<PlaceReading>> {
    return this.#recorded<'place'>({ask: 'place', place: placeName(place), answer: notRecorded(`the resolver's files of ${placeText(place)}`)}).answer;
  }

  /** Of a question that was recorded with fewer tries, what there is. */
  async askDns(place: Place, asks: readonly DnsAsk[]): Promise<DnsAnswers> {
    return asks.map(ask => {
      const {server, port, protocol, name, type} = ask;
      const which = `${protocol.toUpperCase()} ${type} ${name === '' ? '.' : name} asked of ${server} from ${placeText(place)}`;
      const {answer} = this.#recorded<'dns'>({ask: 'dns', place: placeName(place), question: {server, port, protocol, name, type}, answer: notRecorded(which)});
      return isKnown(answer) ? known({ask, via: answer.known.via, tries: answer.known.tries.slice(0, ask.tries)}) : answer;
    });
  }

  /** Of a question that was recorded with fewer tries, what there is; of a body no more than is asked for. */
  async askTcp(place: Place, asks: readonly TcpAsk[]): Promise<TcpAnswers> {
    return asks.map(ask => {
      const question = tcpQuestion(ask);
      const which = `${tcpQuestionText(question)} asked of ${ask.address} port ${ask.port} from ${placeText(place)}`;
      const {answer} = this.#recorded<'tcp'>({ask: 'tcp', place: placeName(place), question, answer: notRecorded(which)});
      return isKnown(answer) ? known({ask, via: answer.known.via, tries: answer.known.tries.slice(0, ask.tries).map(each => upTo(each, ask))}) : answer;
    });
  }

  async close(): Promise<void> {}

  /** The recorded exchange with the same question, or the one given. */
  #recorded<Ask extends Exchange['ask']>(asked: Extract<Exchange, {ask: Ask}>): Extract<Exchange, {ask: Ask}> {
    return (this.#exchanges.get(exchangeKey(asked)) as Extract<Exchange, {ask: Ask}> | undefined) ?? asked;
  }
}

function notRecorded(what: string): ReturnType<typeof unknown> {
  return unknown('not-recorded', `the recording does not hold ${what}`);
}

function nameOne(resource: Resource, namespace: string | null, name: string): string {
  return `${resources[resource].kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
}

function nameMany({resource, namespace, labelSelector, fieldSelector}: ListQuery): string {
  const scope = namespace === undefined ? (resources[resource].namespaced ? ' of all namespaces' : '') : ` of namespace ${namespace}`;
  const selectors = [labelSelector, fieldSelector].filter(text => text !== undefined && text !== '');
  return `${resource}${scope}${selectors.length > 0 ? ` with ${selectors.join(' and ')}` : ''}`;
}

function lastLines(text: string, lines: number): string {
  const end = text.endsWith('\n') ? '\n' : '';
  const all = text.slice(0, text.length - end.length).split('\n');
  return all.length <= lines ? text : lines <= 0 ? '' : all.slice(-lines).join('\n') + end;
}
