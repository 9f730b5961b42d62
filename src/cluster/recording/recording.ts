import type {Answer} from '../answer.ts';
import type {ListQuery, LogQuery, NodeReading, PlaceReading} from '../cluster.ts';
import type {DnsAsked} from '../dns.ts';
import type {DnsQuestion, PlaceName} from '../dns-tries.ts';
import type {KubeObject} from '../objects.ts';
import type {Resource} from '../resources.ts';
import type {TcpAsked} from '../tcp.ts';
import type {TcpQuestion} from '../tcp-tries.ts';
import {fieldsOf, labelsOf, selectorText} from '../selector.ts';

/** What one run asked a cluster, and what it was told. In memory; archive.ts and format.ts know the file. */
export interface Recording {
  /** The version of kdiag that recorded. */
  readonly kdiag: string;
  /** RFC 3339, milliseconds: the `now` of the recorded run. */
  readonly recordedAt: string;
  readonly context: string;
  readonly pseudonymised: boolean;
  /** Sorted by `exchangeKey`, one each. */
  readonly exchanges: readonly Exchange[];
}

/** A question and its answer. Only what was asked is here: nothing is gathered for the recording's sake. */
export type Exchange = VersionExchange | GetExchange | ListExchange | LogExchange | NodeExchange | PlaceExchange | DnsExchange | TcpExchange;

export interface VersionExchange {
  readonly ask: 'version';
  readonly answer: Answer<string>;
}
export interface GetExchange {
  readonly ask: 'get';
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly name: string;
  readonly answer: Answer<KubeObject | null>;
}
export interface ListExchange {
  readonly ask: 'list';
  readonly query: ListQuery;
  readonly answer: Answer<readonly KubeObject[]>;
}
export interface LogExchange {
  readonly ask: 'log';
  readonly query: LogQuery;
  readonly answer: Answer<string>;
}
export interface NodeExchange {
  readonly ask: 'node';
  readonly node: string;
  readonly answer: Answer<NodeReading>;
}
export interface PlaceExchange {
  readonly ask: 'place';
  readonly place: PlaceName;
  readonly answer: Answer<PlaceReading>;
}
export interface DnsExchange {
  readonly ask: 'dns';
  readonly place: PlaceName;
  readonly question: DnsQuestion;
  readonly answer: Answer<Pick<DnsAsked, 'via' | 'tries'>>;
}
export interface TcpExchange {
  readonly ask: 'tcp';
  readonly place: PlaceName;
  readonly question: TcpQuestion;
  readonly answer: Answer<Pick<TcpAsked, 'via' | 'tries'>>;
}

/**
 * The same key for the same question, whatever the order of its selectors. A log's number of lines, the tries of a question from a
 * place and the way in to a node or place are no part of it: they say how much of the same thing is wanted, and how it is fetched.
 */
export function exchangeKey(exchange: Exchange): string {
  switch (exchange.ask) {
    case 'version':
      return key('version');
    case 'get':
      return key('get', exchange.resource, exchange.namespace, exchange.name);
    case 'list': {
      const {resource, namespace, labelSelector, fieldSelector} = exchange.query;
      return key('list', resource, namespace ?? null, selectorText(labelsOf(labelSelector)), selectorText(fieldsOf(fieldSelector)));
    }
    case 'log': {
      const {namespace, pod, container, previous} = exchange.query;
      return key('log', namespace, pod, container, previous);
    }
    case 'node':
      return key('node', exchange.node);
    case 'place':
      return key('place', ...placeKey(exchange.place));
    case 'dns': {
      const {server, port, protocol, name, type} = exchange.question;
      return key('dns', ...placeKey(exchange.place), server, port, protocol, name, type);
    }
    case 'tcp': {
      const {address, port, what} = exchange.question;
      const more = what.kind === 'http' ? [what.host, what.path] : what.kind === 'tls' ? [what.serverName] : [what.payload];
      return key('tcp', ...placeKey(exchange.place), address, port, what.kind, ...more);
    }
  }
}

/** One exchange a key (the last one stands), in the order that every recording has. */
export function inOrder(exchanges: Iterable<Exchange>): readonly Exchange[] {
  const byKey = new Map<string, Exchange>();
  for (const exchange of exchanges) byKey.set(exchangeKey(exchange), exchange);
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, exchange]) => exchange);
}

function placeKey({node, pod}: PlaceName): readonly (string | null)[] {
  return [node, pod?.namespace ?? null, pod?.name ?? null];
}

function key(...parts: readonly (string | number | boolean | null)[]): string {
  return JSON.stringify(parts);
}
