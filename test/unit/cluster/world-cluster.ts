import {type Answer, known, unknown} from '../../../src/cluster/answer.ts';
import type {Cluster, ListQuery, LogQuery, NodeQuery, NodeReading, PlaceReading} from '../../../src/cluster/cluster.ts';
import type {DnsAnswers, DnsAsk, Place} from '../../../src/cluster/dns.ts';
import type {Event, KubeObject, Pod} from '../../../src/cluster/objects.ts';
import type {Resource} from '../../../src/cluster/resources.ts';
import type {TcpAnswers, TcpAsk} from '../../../src/cluster/tcp.ts';
import type {World} from './world.ts';

/** The world as a cluster in memory: the plainest adapter there can be, and what the others are measured by. */
export class WorldCluster implements Cluster {
  readonly now = new Date('2026-11-21T12:00:00.250Z');
  readonly source = {kind: 'live', context: 'the-world'} as const;
  readonly #world: World;
  /** How often close() was called. */
  closed = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async version(): Promise<Answer<string>> {
    return known(this.#world.version);
  }

  async get<T extends KubeObject>(resource: Resource, namespace: string | null, name: string): Promise<Answer<T | null>> {
    if (namespace !== null && this.#world.forbidden.includes(namespace)) return unknown('forbidden', `${resource} "${name}" is forbidden`);
    const found = this.#world.objects[resource]?.find(({metadata}) => metadata.name === name && (metadata.namespace ?? null) === namespace);
    return known((found ?? null) as T | null);
  }

  async list<T extends KubeObject>({resource, namespace, labelSelector, fieldSelector}: ListQuery): Promise<Answer<readonly T[]>> {
    if (namespace !== undefined && this.#world.forbidden.includes(namespace)) return unknown('forbidden', `${resource} is forbidden`);
    const found = (this.#world.objects[resource] ?? []).filter(object => namespace === undefined || object.metadata.namespace === namespace);
    const selected = found.filter(object => agrees(labelSelector, key => object.metadata.labels?.[key]) && agrees(fieldSelector, field => fieldOf(object, field)));
    return known(selected.toSorted((a, b) => compare(a.metadata.namespace, b.metadata.namespace) || compare(a.metadata.name, b.metadata.name)) as unknown as T[]);
  }

  async log({namespace, pod, container, previous, lines}: LogQuery): Promise<Answer<string>> {
    const found = this.#world.logs.find(log => log.namespace === namespace && log.pod === pod && log.container === container && log.previous === previous);
    return found ? known(lastLines(found.text, lines)) : unknown('absent', 'no such log');
  }

  async readNode({node}: NodeQuery): Promise<Answer<NodeReading>> {
    const found = this.#world.readings.find(reading => reading.node === node);
    return found ? known(found) : unknown('absent', `no node ${node}`);
  }

  async readPlace({node}: Place): Promise<Answer<PlaceReading>> {
    return unknown('absent', `no place on ${node}`);
  }

  async askDns({node}: Place, asks: readonly DnsAsk[]): Promise<DnsAnswers> {
    return asks.map(() => unknown('absent', `no place on ${node}`));
  }

  async askTcp({node}: Place, asks: readonly TcpAsk[]): Promise<TcpAnswers> {
    return asks.map(() => unknown('absent', `no place on ${node}`));
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

export function agrees(selector: string | undefined, valueOf: (key: string) => string | undefined): boolean {
  return (selector ?? '').split(',').filter(part => part !== '').every(part => valueOf(part.split('=')[0] ?? '') === part.split('=')[1]);
}

export function fieldOf(object: KubeObject, field: string): string | undefined {
  switch (field) {
    case 'metadata.name':
      return object.metadata.name;
    case 'spec.nodeName':
      return (object as Pod).spec.nodeName;
    case 'involvedObject.kind':
      return (object as Event).involvedObject.kind;
    case 'involvedObject.name':
      return (object as Event).involvedObject.name;
    default:
      throw new Error(`no such field selector: ${field}`);
  }
}

export function lastLines(text: string, lines: number): string {
  return text.split('\n').slice(-lines - 1).join('\n');
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
