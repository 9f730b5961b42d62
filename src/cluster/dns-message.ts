import packet from 'dns-packet';
import type {DnsMessage, DnsRecord} from './dns.ts';
import {formatAddress, parseAddress} from './dns-address.ts';
import {type Edns, extendedErrors, OPT, rcodeName, readOpt, withoutTexts} from './dns-edns.ts';
import {type Labels, labelsOf, presentation, sameName} from './dns-names.ts';
import {hasLayout, Malformed, type Part, readWire, type WireMessage, type WireRecord, writeName, writeWire} from './dns-wire.ts';

/**
 * DNS messages made and read. dns-packet writes the query and knows the registry of types; the walk over an answer is dns-wire.ts's,
 * as dns-packet takes RDLENGTH on trust, reads addresses past the end, and loses dots inside labels and what is not UTF-8.
 */

export interface Question {
  readonly id: number;
  /** As DnsAsk has it. */
  readonly name: string;
  /** `A`, `HTTPS`, `TYPE65`, … */
  readonly type: string;
}

/** What fits into one packet on any path (DNS Flag Day 2020). */
const payloadSize = 1232;
const IN = 1;
/** Flags of the header's second 16 bits (RFC 1035 §4.1.1). */
const [QR, AA, TC, RA] = [0x8000, 0x0400, 0x0200, 0x0080];

/** One question, recursion desired, EDNS0. Throws a RangeError that says what cannot be asked. */
export function encodeQuery({id, name, type}: Question): Buffer {
  if (!Number.isInteger(id) || id < 0 || id > 65_535) throw new RangeError(`${id} is no ID of a DNS message`);
  const labels = writeName(labelsOf(name));
  const number = typeNumber(type);
  const root = packet.encode({
    id, type: 'query', flags: packet.RECURSION_DESIRED, questions: [{name: '.', type: `UNKNOWN_${number}` as 'A'}], // its types end where its registry does
    additionals: [{type: 'OPT', name: '.', udpPayloadSize: payloadSize, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: []}],
  });
  return Buffer.concat([root.subarray(0, 12), labels, root.subarray(13)]); // its names have no escapes: the root's octet makes way
}

/** Newer than dns-packet (RFC 9460, RFC 7553). */
const newer: Readonly<Record<number, string>> = {64: 'SVCB', 65: 'HTTPS', 256: 'URI'};

const typeNames = new Map<number, string>();

function typeName(type: number): string {
  const known = typeNames.get(type);
  if (known !== undefined) return known;
  const name: string = packet.decode(Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, type >> 8, type & 255, 0, 1])).questions?.[0]?.type ?? '';
  const written = newer[type] ?? (/^[A-Z\d]+$/.test(name) ? name : `TYPE${type}`); // RFC 3597 §5
  typeNames.set(type, written);
  return written;
}

function typeNumber(type: string): number {
  const known = Object.entries(newer).find(([, name]) => name === type.toUpperCase())?.[0];
  const number = Number(known ?? /^TYPE(\d{1,5})$/i.exec(type)?.[1]
    ?? (/^[A-Z\d]+$/i.test(type) ? packet.encode({questions: [{name: '.', type: type as 'A'}]}).readUInt16BE(13) : 0)); // 0 for what it does not know
  if (number === 0 || number > 65_535 || number === OPT) throw new RangeError(`DNS has no question of type ${type}`);
  return number;
}

/**
 * Reads an answer to `asked`, and says in a sentence why it is none. TTLs are as they came (RFC 2181 §8 would have one of more than
 * 31 bits be 0). Octets after the last record make a message malformed, though some resolvers pass over them.
 */
export function decodeAnswer(bytes: Buffer, asked: Question): {readonly message: DnsMessage} | {readonly malformed: string} {
  try {
    return {message: checked(bytes, asked)};
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const truncated = bytes.length >= 4 && (bytes.readUInt16BE(2) & TC) !== 0 ? '; its TC flag is set' : '';
    return {malformed: `${error.message}${truncated}`};
  }
}

function checked(bytes: Buffer, {id, name, type}: Question): DnsMessage {
  if (bytes.length >= 2 && bytes.readUInt16BE() !== id) throw new Malformed(`its ID is ${hex16(bytes.readUInt16BE())}, asked was ${hex16(id)}`);
  if (bytes.length >= 4 && (bytes.readUInt16BE(2) & QR) === 0) throw new Malformed('it is a question, not an answer');
  const wire = readWire(bytes);
  const opcode = (wire.flags >> 11) & 15;
  if (opcode !== 0) throw new Malformed(`its opcode is ${opcode}, asked was 0 (QUERY)`);
  const edns = ednsOf(wire);
  const rcode = rcodeName((edns === null ? 0 : edns.rcode << 4) | (wire.flags & 15));
  checkQuestion(wire, rcode, labelsOf(name), typeNumber(type));
  return {
    rcode,
    authoritative: (wire.flags & AA) !== 0,
    truncated: (wire.flags & TC) !== 0,
    recursionAvailable: (wire.flags & RA) !== 0,
    answers: wire.answers.map(record => toRecord(record, 'answer')),
    authorities: wire.authorities.map(record => toRecord(record, 'authority')),
    extendedErrors: edns === null ? [] : extendedErrors(edns),
  };
}

function ednsOf({answers, authorities, additionals}: WireMessage): Edns | null {
  if ([...answers, ...authorities].some(({type}) => type === OPT)) throw new Malformed('it has an OPT record outside of its additional section');
  const opts = additionals.filter(({type}) => type === OPT);
  if (opts.length > 1) throw new Malformed(`it has ${opts.length} OPT records`);
  return opts[0] === undefined ? null : readOpt(opts[0]);
}

/** Servers that could not, or would not, read the question may leave it out; resolvers take such an answer (dnspython's Message.is_response). */
const mayLackQuestion = ['FORMERR', 'SERVFAIL', 'NOTIMP', 'REFUSED'];

function checkQuestion({questions, answers}: WireMessage, rcode: string, name: Labels, type: number): void {
  const [question, ...more] = questions;
  if (question === undefined) {
    if (!mayLackQuestion.includes(rcode) || answers.length > 0) throw new Malformed('it does not repeat the question');
    return;
  }
  if (more.length > 0) throw new Malformed(`it repeats ${questions.length} questions, asked was 1`);
  if (!sameName(question.name, name)) throw new Malformed(`it answers for the name “${presentation(question.name)}”, asked was “${presentation(name)}”`);
  if (question.type !== type) throw new Malformed(`it answers for the type ${typeName(question.type)}, asked was ${typeName(type)}`);
  if (question.class !== IN) throw new Malformed(`it answers for class ${question.class}, asked was ${IN} (IN)`);
}

function hex16(number: number): string {
  return `0x${number.toString(16).padStart(4, '0')}`;
}

function toRecord(record: WireRecord, section: string): DnsRecord {
  if (record.class !== IN) throw new Malformed(`a record in its ${section} section is of class ${record.class}, not ${IN} (IN)`);
  const type = typeName(record.type);
  return {name: presentation(record.name), type, ttl: record.ttl, data: dataText(type, record)};
}

/** As a zone file has it (RFC 1035 §5.1); of types without a layout RFC 3597's form. */
function dataText(type: string, record: WireRecord): string {
  const [first = Buffer.alloc(0), ...texts] = record.data.map(part => ('name' in part ? presentation(part.name) || '.' : part.octets)); // the root is written, else nothing would stand there
  if (!hasLayout(record.type)) {
    const octets = first as Buffer; // one part, never a name
    return `\\# ${octets.length}${octets.length === 0 ? '' : ` ${octets.toString('hex')}`}`;
  }
  return [first, ...texts].map(part => {
    if (typeof part === 'string') return part;
    if (type === 'A' || type === 'AAAA') return formatAddress(part);
    if (type === 'TXT' || type === 'HINFO') return quoted(part.subarray(1));
    return Array.from({length: part.length / (type === 'SOA' ? 4 : 2)}, (_, i) => (type === 'SOA' ? part.readUInt32BE(i * 4) : part.readUInt16BE(i * 2))).join(' ');
  }).join(' ');
}

/** A character-string: `"` and `\` escaped, what is no printable ASCII as `\DDD`. */
function quoted(octets: Buffer): string {
  return `"${[...octets].map(octet => {
    if (octet === 0x22 || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
    return octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\${String(octet).padStart(3, '0')}`;
  }).join('')}"`;
}

/**
 * The same message with other names and addresses: ID, flags, types, TTLs and the order of records stay. Both functions get and
 * give what a DnsRecord shows; the root stays. What may hide names or addresses in other forms is emptied: texts, data of types without a layout,
 * EDNS options but an extended error's code. Null: the bytes are no message, or what was given is no name or address of its kind.
 */
export function rewriteMessage(bytes: Buffer, to: {readonly name: (name: string) => string; readonly address: (address: string) => string}): Buffer | null {
  const name = (labels: Labels): Labels => (labels.length === 0 ? labels : labelsOf(to.name(presentation(labels))));
  const part = (type: number, part: Part): Part => {
    if ('name' in part) return {name: name(part.name)};
    if (type !== 1 && type !== 28) return {octets: type === 13 || type === 16 ? Buffer.from([0]) : hasLayout(type) ? part.octets : Buffer.alloc(0)};
    const octets = parseAddress(to.address(formatAddress(part.octets)));
    if (octets?.length !== part.octets.length) throw new RangeError('an address of another family');
    return {octets};
  };
  const record = (record: WireRecord): WireRecord => (record.type === OPT ? {...record, data: [{octets: withoutTexts(readOpt(record))}]}
    : {...record, name: name(record.name), data: record.data.map(each => part(record.type, each))});
  try {
    const {questions, answers, authorities, additionals, ...header} = readWire(bytes);
    const rewritten = {...header, questions: questions.map(each => ({...each, name: name(each.name)})), answers: answers.map(record), authorities: authorities.map(record), additionals: additionals.map(record)};
    return writeWire(rewritten);
  } catch (error) {
    if (error instanceof Malformed || error instanceof RangeError) return null;
    throw error;
  }
}
