import {createHash} from 'node:crypto';
import {decodeAnswer} from './dns-message.ts';
import type {DnsAsk, DnsTry} from './dns.ts';

/** What makes a question: a recording has one answer for each. */
export type DnsQuestion = Pick<DnsAsk, 'server' | 'port' | 'protocol' | 'name' | 'type'>;

/** A try before its message was read. */
export type RawTry = Omit<DnsTry, 'message'>;

/**
 * The ID that a question is asked with. It follows from the question, so that a recorded answer can be checked against it. Nobody can
 * profit from guessing it: what is answered is shown, not used.
 */
export function messageId({server, port, protocol, name, type}: DnsQuestion): number {
  return createHash('sha256').update(JSON.stringify([server, port, protocol, name, type])).digest().readUInt16BE(0);
}

/** The try with its message, when something came and it is an answer to the question; else it is malformed and says why. */
export function readTry(question: DnsQuestion, raw: RawTry): DnsTry {
  if (raw.outcome !== 'answered' && raw.outcome !== 'malformed') return {...raw, message: null};
  const decoded = decodeAnswer(Buffer.from(raw.hex, 'hex'), {id: messageId(question), name: question.name, type: question.type});
  return 'message' in decoded ? {...raw, outcome: 'answered', detail: null, message: decoded.message} : {...raw, outcome: 'malformed', detail: decoded.malformed, message: null};
}
