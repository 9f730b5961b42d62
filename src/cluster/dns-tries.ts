import {createHash} from 'node:crypto';
import {decodeAnswer} from './dns-message.ts';
import type {DnsAsk, DnsTry, Place} from './dns.ts';

/** What makes a question: a recording has one answer for each. */
export type DnsQuestion = Pick<DnsAsk, 'server' | 'port' | 'protocol' | 'name' | 'type'>;

/** Which place it is, whatever it takes to get there. */
export interface PlaceName {
  readonly node: string;
  readonly pod: {readonly namespace: string; readonly name: string} | null;
}

export function placeName({node, pod}: Place): PlaceName {
  return {node, pod: pod === null ? null : {namespace: pod.namespace, name: pod.name}};
}

/** For messages: `node n1`, `pod shop/cart`. */
export function placeText({node, pod}: PlaceName): string {
  return pod === null ? `node ${node}` : `pod ${pod.namespace}/${pod.name}`;
}

/** How kdiag's probe asks from a place (DnsAsked.via). */
export function viaProbe(place: PlaceName): string {
  return place.pod === null ? `kdiag's probe in a debug pod on ${place.node}` : `kdiag's probe in the network of ${placeText(place)} on ${place.node}`;
}

/** A try before its message was read. */
export type RawTry = Omit<DnsTry, 'message'>;

/**
 * The ID that a question is asked with. It follows from the question, so that a recorded answer can be checked against it. Nobody can
 * profit from guessing it: what is answered is shown, not used.
 */
export function messageId({server, port, protocol, name, type}: DnsQuestion): number {
  return createHash('sha256').update(JSON.stringify([server, port, protocol, name, type])).digest().readUInt16BE(0);
}

/**
 * The try with its message, when something came and it is an answer to the question; else it is malformed and says why. One that was
 * malformed before and has no bytes any more (pseudonymised) stays as it is.
 */
export function readTry(question: DnsQuestion, raw: RawTry): DnsTry {
  if (raw.outcome !== 'answered' && (raw.outcome !== 'malformed' || raw.hex === '')) return {...raw, message: null};
  const decoded = decodeAnswer(Buffer.from(raw.hex, 'hex'), {id: messageId(question), name: question.name, type: question.type});
  return 'message' in decoded ? {...raw, outcome: 'answered', detail: null, message: decoded.message} : {...raw, outcome: 'malformed', detail: decoded.malformed, message: null};
}
