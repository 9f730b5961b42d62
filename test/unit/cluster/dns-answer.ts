import {encodeQuery} from '../../../src/cluster/dns-message.ts';
import {messageId, type DnsQuestion, type RawTry, readTry} from '../../../src/cluster/dns-tries.ts';
import type {DnsTry} from '../../../src/cluster/dns.ts';

/** An authoritative answer to a question for an A record, as it comes over the wire. */
export function answerTo(question: DnsQuestion, address: string): Buffer {
  const query = encodeQuery({id: messageId(question), name: question.name, type: question.type});
  const asked = query.subarray(12, query.length - 11); // EDNS0's record is the last
  const head = Buffer.from([query[0]!, query[1]!, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  return Buffer.concat([head, asked, Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, ...address.split('.').map(Number)])]);
}

export function tryOf(question: DnsQuestion, raw: Partial<RawTry>): DnsTry {
  return readTry(question, {outcome: 'answered', detail: null, micros: 700, from: null, hex: '', ...raw});
}
