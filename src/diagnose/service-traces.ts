import {type Answer, isKnown, unknown} from '../cluster/answer.ts';
import type {EndpointSlice, Node, Pod, Service} from '../cluster/objects.ts';
import type {Facts} from '../facts/facts.ts';
import {formatAddress} from '../model/ip.ts';
import type {NodeRules} from '../model/node-rules.ts';
import type {Way} from '../model/ways.ts';
import {legOf} from './legs.ts';
import {endpointPlaces, nodePlaces} from './places.ts';
import type {Trace} from './trace-report.ts';

/** What a Service's traces are made of. */
export interface Traceable {
  readonly comparisons: Facts['comparisons'];
  readonly rules: ReadonlyMap<string, Answer<NodeRules>>;
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  readonly nodes: readonly Node[];
  /** The pod of --from. */
  readonly client: Pod | null;
}

/** The way of new connections to a Service, from each node that was examined; from the node itself only where that differs from its pods. */
export async function serviceTraces({comparisons, rules, service, slices, nodes, client}: Traceable): Promise<Trace[]> {
  const places = new Map([...endpointPlaces(service, slices)].filter(([, {node}]) => node !== null));
  const own = nodePlaces(nodes);
  const ground = {
    rulesOf: async (node: string): Promise<Answer<NodeRules>> => rules.get(node) ?? unknown('not-asked', 'its rules were not asked for'),
    placeOf: async (address: string) => places.get(address) ?? own.get(address) ?? null,
  };
  const one = async (way: Way): Promise<Trace> => {
    const source = way.packet.source === null ? null : formatAddress(way.packet.source);
    const isStandIn = way.client === 'outside' || (way.client === 'pod' && client === null);
    return {
      from: {...fromOf(way, client), address: isStandIn ? null : source},
      to: {address: way.address, port: way.port, protocol: way.protocol, service: way.portName, kind: way.kind},
      leg: await legOf({...ground, standIn: isStandIn ? source : null}, way.node, way.packet),
    };
  };
  const all = await Promise.all([...comparisons].map(async ([node, answer]) => {
    if (!isKnown(answer)) return {node, traces: []};
    return {node, traces: await Promise.all(answer.known.map(({way}) => one(way)))};
  }));
  return all.flatMap(({traces}) => traces.filter(trace => trace.from.kind !== 'Node' || !traces.some(other => other.from.kind !== 'Node' && sameEnds(trace, other))));
}

function fromOf({client: from, node}: Way, client: Pod | null): Omit<Trace['from'], 'address'> {
  if (from === 'host') return {kind: 'Node', namespace: null, name: node};
  if (from === 'outside') return {kind: 'External', namespace: null, name: node};
  return client === null ? {kind: 'PodsOf', namespace: null, name: node} : {kind: 'Pod', namespace: client.metadata.namespace ?? null, name: client.metadata.name};
}

/** To the same address, and to the same ends; who is seen as the sender, and by which rules, does not count. */
function sameEnds(a: Trace, b: Trace): boolean {
  return JSON.stringify(a.to) === JSON.stringify(b.to) && endsOf(a) === endsOf(b);
}

function endsOf({leg}: Trace): string {
  return JSON.stringify(leg.orders.map(outcomes => outcomes.map(({share, end, to, rule, next}) => [share.exact, end, to, rule?.raw, next?.orders.flat().map(after => [after.end, after.rule?.raw])])));
}
