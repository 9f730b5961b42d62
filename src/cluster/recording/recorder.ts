import {type Answer, isKnown, known} from '../answer.ts';
import type {Cluster, ListQuery, LogQuery, NodeQuery, NodeReading, PlaceReading, Source} from '../cluster.ts';
import type {DnsAnswers, DnsAsk, Place} from '../dns.ts';
import {placeName} from '../dns-tries.ts';
import type {KubeObject} from '../objects.ts';
import type {Resource} from '../resources.ts';
import {resources} from '../resources.ts';
import type {TcpAnswers, TcpAsk} from '../tcp.ts';
import {tcpQuestion} from '../tcp-tries.ts';
import {type Exchange, exchangeKey, inOrder, type Recording} from './recording.ts';

/**
 * A cluster that remembers: passes every call through and keeps the answer, known or not. Asked the same thing twice, it keeps
 * the newest answer (of a log the longer one, of a question from a place the one of more tries). `kdiag` is the version of this program, for the recording's own record.
 */
export class Recorder implements Cluster {
  readonly #cluster: Cluster;
  readonly #kdiag: string;
  readonly #exchanges = new Map<string, Exchange>();

  constructor(cluster: Cluster, kdiag: string) {
    this.#cluster = cluster;
    this.#kdiag = kdiag;
  }

  get now(): Date {
    return this.#cluster.now;
  }

  get source(): Source {
    return this.#cluster.source;
  }

  /** What was learned up to now. */
  contents(): Recording {
    return {
      kdiag: this.#kdiag,
      recordedAt: this.now.toISOString(),
      context: this.source.context,
      pseudonymised: false,
      exchanges: inOrder(this.#exchanges.values()),
    };
  }

  async version(): Promise<Answer<string>> {
    const answer = await this.#cluster.version();
    this.#keep({ask: 'version', answer});
    return answer;
  }

  async get<T extends KubeObject>(resource: Resource, namespace: string | null, name: string): Promise<Answer<T | null>> {
    const given = await this.#cluster.get<T>(resource, namespace, name);
    const answer = isKnown(given) && given.known !== null ? known(typed(resource, given.known)) : given;
    this.#keep({ask: 'get', resource, namespace, name, answer});
    return answer;
  }

  async list<T extends KubeObject>(query: ListQuery): Promise<Answer<readonly T[]>> {
    const given = await this.#cluster.list<T>(query);
    const answer = isKnown(given) ? known(given.known.map(object => typed(query.resource, object))) : given;
    this.#keep({ask: 'list', query, answer});
    return answer;
  }

  async log(query: LogQuery): Promise<Answer<string>> {
    const answer = await this.#cluster.log(query);
    const exchange: Exchange = {ask: 'log', query, answer};
    const before = this.#exchanges.get(exchangeKey(exchange));
    const isShorter = before?.ask === 'log' && isKnown(before.answer) && (query.lines < before.query.lines || !isKnown(answer));
    if (!isShorter) this.#keep(exchange);
    return answer;
  }

  async readNode(query: NodeQuery): Promise<Answer<NodeReading>> {
    const answer = await this.#cluster.readNode(query);
    this.#keep({ask: 'node', node: query.node, answer});
    return answer;
  }

  async readPlace(place: Place): Promise<Answer<PlaceReading>> {
    const answer = await this.#cluster.readPlace(place);
    this.#keep({ask: 'place', place: placeName(place), answer});
    return answer;
  }

  async askDns(place: Place, asks: readonly DnsAsk[]): Promise<DnsAnswers> {
    const answers = await this.#cluster.askDns(place, asks);
    asks.forEach(({server, port, protocol, name, type}, index) => {
      const answer = answers[index]!;
      const exchange: Exchange = {ask: 'dns', place: placeName(place), question: {server, port, protocol, name, type}, answer: isKnown(answer) ? known({via: answer.known.via, tries: answer.known.tries}) : answer};
      const before = this.#exchanges.get(exchangeKey(exchange));
      const isLess = before?.ask === 'dns' && isKnown(before.answer) && (!isKnown(answer) || answer.known.tries.length < before.answer.known.tries.length);
      if (!isLess) this.#keep(exchange);
    });
    return answers;
  }

  async askTcp(place: Place, asks: readonly TcpAsk[]): Promise<TcpAnswers> {
    const answers = await this.#cluster.askTcp(place, asks);
    asks.forEach((ask, index) => {
      const answer = answers[index]!;
      const exchange: Exchange = {ask: 'tcp', place: placeName(place), question: tcpQuestion(ask), answer: isKnown(answer) ? known({via: answer.known.via, tries: answer.known.tries}) : answer};
      const before = this.#exchanges.get(exchangeKey(exchange));
      const isLess = before?.ask === 'tcp' && isKnown(before.answer) && (!isKnown(answer) || answer.known.tries.length < before.answer.known.tries.length);
      if (!isLess) this.#keep(exchange);
    });
    return answers;
  }

  /** Closes the cluster; what was learned stays. */
  close(): Promise<void> {
    return this.#cluster.close();
  }

  #keep(exchange: Exchange): void {
    this.#exchanges.set(exchangeKey(exchange), exchange);
  }
}

/** The API server leaves apiVersion and kind out of a list's items; a recorded object says what it is, however it came. */
function typed<T extends KubeObject>(resource: Resource, object: T): T {
  if (object.apiVersion !== undefined && object.kind !== undefined) return object;
  const {group, version, kind} = resources[resource];
  return {apiVersion: group === '' ? version : `${group}/${version}`, kind, ...object};
}
