import {isKnown} from '../../src/cluster/answer.ts';
import type {NodeReading} from '../../src/cluster/cluster.ts';
import type {EndpointSlice, Service} from '../../src/cluster/objects.ts';
import {type Fraction, plus, toNumber, zero} from '../../src/model/fraction.ts';
import {formatAddress, hostPort} from '../../src/model/ip.ts';
import {walk} from '../../src/model/netfilter/walk.ts';
import {nodeRules, type NodeRules} from '../../src/model/node-rules.ts';
import type {Packet} from '../../src/model/packet.ts';
import {packetsFor, type Sent} from './packets.ts';

/** What becomes of every packet that may be sent to a Service at one node: by the walk alone, whatever compare() makes of it. */
export interface Behaviour {
  readonly of: ReadonlyMap<string, {readonly sent: Sent; readonly becomes: string}>;
}

/** One packet to which something else happens now. */
export interface Difference {
  /** `refusal`: no endpoint was reached before, and none is now; it fails in another way. */
  readonly use: Sent['use'] | 'refusal';
  readonly what: string;
}

export function rulesOf(reading: NodeReading): NodeRules {
  const answer = nodeRules(reading);
  if (!isKnown(answer)) throw new Error(answer.unknown.detail);
  return answer.known;
}

export function behaviour(rules: NodeRules, service: Service, slices: readonly EndpointSlice[], node: string, elsewhere: string): Behaviour {
  return {of: new Map(packetsFor(service, slices, node, elsewhere).map(sent => [packetText(sent.packet), {sent, becomes: becomes(rules, sent.packet)}]))};
}

export function differences(before: Behaviour, after: Behaviour): Difference[] {
  return [...before.of].flatMap(([key, {sent, becomes: was}]) => {
    const is = after.of.get(key)?.becomes ?? 'nothing';
    const use = sent.use === 'service' && !reaches(was) && !reaches(is) ? 'refusal' : sent.use;
    return is === was ? [] : [{use, what: `${key}: ${was}  →  ${is}`}];
  });
}

/** Every other end is a word, and each endpoint has a port. */
function reaches(becomes: string): boolean {
  return /:\d+ /.test(becomes.replaceAll(/ if it passes .*$/g, ''));
}

function packetText({protocol, from, source, destination, port}: Packet): string {
  return `${protocol} ${from} ${source === null ? '?' : formatAddress(source)} to ${hostPort(formatAddress(destination), port)}`;
}

/** Where to, with which share, and under whose address: equal texts, equal to whoever sends and receives. */
function becomes(rules: NodeRules, packet: Packet): string {
  return walk(rules, packet).orders.map(outcomes => {
    const shares = new Map<string, Fraction>();
    for (const {end, source, share, unfollowed} of outcomes) {
      const as = source.kind === 'kept' ? '' : source.kind === 'rewritten' ? ` as ${source.to ?? 'this node'}` : ' as ?';
      const what = end.kind === 'dnat' ? `${end.to}${as}` : end.kind === 'pass' ? `untranslated${as}` : end.kind;
      const key = unfollowed === null ? what : `${what} if it passes ${unfollowed.raw}`;
      shares.set(key, plus(shares.get(key) ?? zero, share));
    }
    return [...shares].map(([key, share]) => `${key} ${toNumber(share)}`).sort().join(', ');
  }).join(' | ');
}
