import type {Node, Pod, Protocol} from '../../cluster/objects.ts';
import type {DnsPlace} from '../dns/place.ts';
import {familyOf} from '../ip.ts';
import {type End, type Flow, type Judgement, judge, type World} from '../network-policy.ts';

/** From a place to one endpoint; a pod sends from its address of the same family. */
export function flowTo(from: DnsPlace, pod: Pod, {address, port, protocol}: {readonly address: string; readonly port: number; readonly protocol: Protocol}, nodes: readonly Node[]): Flow {
  const node = nodes.find(({metadata}) => metadata.name === from.place.node);
  const client: End = from.pod === null ? {kind: 'node', node: from.place.node, addresses: (node?.status?.addresses ?? []).map(each => each.address)} : {kind: 'pod', pod: from.pod, address: addressOf(from.pod, familyOf(address))};
  return {from: client, to: {kind: 'pod', pod, address}, protocol, port};
}

function addressOf({status}: Pod, family: 4 | 6): string {
  return status?.podIPs?.find(({ip}) => familyOf(ip) === family)?.ip ?? status?.podIP ?? '';
}

/** What forbids a flow, in either direction; none: it passes, or the policies' meaning depends on who enforces them. */
export function denialsOf(flow: Flow, world: World): Judgement[] {
  return world.policies.length === 0 ? [] : judge(flow, world).filter(({verdict}) => verdict === 'denied');
}

/** It lets nobody in at all, whoever asks: no rule of it is for this port. */
export function isForAll({direction, misses}: Judgement): boolean {
  return direction === 'ingress' && misses.every(({lacks}) => lacks !== 'peer');
}
