import {type Labels, presentation} from './dns-names.ts';

/** A message as it lies on the wire (RFC 1035 §4.1), names already followed through their compression. Nothing is judged but its form. */
export interface WireMessage {
  readonly id: number;
  /** The second 16 bits: QR, opcode, AA, TC, RD, RA, Z, AD, CD, rcode. */
  readonly flags: number;
  readonly questions: readonly {readonly name: Labels; readonly type: number; readonly class: number}[];
  readonly answers: readonly WireRecord[];
  readonly authorities: readonly WireRecord[];
  readonly additionals: readonly WireRecord[];
}

export interface WireRecord {
  readonly name: Labels;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** RDATA in the parts that its type has; one part for a type that is not known here. */
  readonly data: readonly Part[];
}

export type Part = {readonly name: Labels} | {readonly octets: Buffer};

/** A message that contradicts itself; what it says is for people. */
export class Malformed extends Error {}

/** What RDATA of a type is made of, in order: so many octets, a name, one character-string, or character-strings to the end (at least one). */
type Layout = readonly (number | 'name' | 'string' | 'strings')[];

/**
 * The types that are read (RFC 1035 §3.3 and §3.4.1, RFC 2782, 3596, 6672). All others are kept as octets (RFC 3597 §5): names in them
 * are not compressed, or their type is so old that nobody sends it (RFC 3597 §4).
 */
const layouts = new Map<number, Layout>([
  [1, [4]], [2, ['name']], [5, ['name']], [6, ['name', 'name', 20]], [12, ['name']], [13, ['string', 'string']], [15, [2, 'name']],
  [16, ['strings']], [28, [16]], [33, [6, 'name']], [39, ['name']],
]);

export function hasLayout(type: number): boolean {
  return layouts.has(type);
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
  /** Where that ends which is read, and what: the message, a record's RDATA, or the earlier name that a pointer led to. */
  end: number;
  of: 'message' | 'data' | 'name';
  /** For sentences: `the header`, `answer 2 of 3`. */
  where: string;
}

/** Throws Malformed. */
export function readWire(bytes: Buffer): WireMessage {
  if (bytes.length < 12) throw new Malformed(`it has ${bytes.length} octets, fewer than the 12 of a header`);
  const cursor: Cursor = {bytes, at: 12, end: bytes.length, of: 'message', where: ''};
  const count = (at: number): number => bytes.readUInt16BE(at);
  const each = <T>(count: number, what: string, read: () => T): T[] => Array.from({length: count}, (_, i) => {
    cursor.where = count === 1 ? `its only ${what}` : `${what} ${i + 1} of ${count}`;
    return read();
  });
  const record = (): WireRecord => readRecord(cursor);
  const message = {
    id: count(0),
    flags: count(2),
    questions: each(count(4), 'question', () => ({name: readName(cursor), type: octets(cursor, 2).readUInt16BE(), class: octets(cursor, 2).readUInt16BE()})),
    answers: each(count(6), 'answer', record),
    authorities: each(count(8), 'authority', record),
    additionals: each(count(10), 'additional record', record),
  };
  if (cursor.at < bytes.length) throw new Malformed(`${bytes.length - cursor.at} octets follow its last record`);
  return message;
}

const short: Readonly<Record<Cursor['of'], (where: string) => string>> = {
  message: where => `it ends inside ${where}`,
  data: where => `the data of ${where} is shorter than its type needs`,
  name: where => `a name in ${where} points to a name that does not end before the pointer`,
};

function octets(cursor: Cursor, count: number): Buffer {
  if (cursor.at + count > cursor.end) throw new Malformed(short[cursor.of](cursor.where));
  cursor.at += count;
  return cursor.bytes.subarray(cursor.at - count, cursor.at);
}

function readRecord(cursor: Cursor): WireRecord {
  const name = readName(cursor);
  const fixed = octets(cursor, 10);
  const type = fixed.readUInt16BE(0);
  const length = fixed.readUInt16BE(8);
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw new Malformed(`it ends inside ${cursor.where}, whose data should have ${length} octets and has ${cursor.bytes.length - cursor.at}`);
  [cursor.end, cursor.of] = [end, 'data'];
  const data = (layouts.get(type) ?? [length]).flatMap((part): Part[] => {
    if (part === 'name') return [{name: readName(cursor)}];
    if (part === 'string') return [{octets: readString(cursor)}];
    if (part !== 'strings') return [{octets: octets(cursor, part)}];
    const strings = [readString(cursor)];
    while (cursor.at < cursor.end) strings.push(readString(cursor));
    return strings.map(octets => ({octets}));
  });
  if (cursor.at < end) throw new Malformed(`the data of ${cursor.where} has ${length} octets, ${end - cursor.at} more than its type needs`);
  [cursor.end, cursor.of] = [cursor.bytes.length, 'message'];
  return {name, type, class: fixed.readUInt16BE(2), ttl: fixed.readUInt32BE(4), data};
}

/** With its length octet. */
function readString(cursor: Cursor): Buffer {
  const length = octets(cursor, 1).readUInt8();
  cursor.at -= 1;
  return octets(cursor, 1 + length);
}

/**
 * A pointer must lead before the place where the name, or the last pointer's target, began ("a prior occurrence", RFC 1035 §4.1.4):
 * so no loop is possible. That earlier name must end before that place, too.
 */
function readName(cursor: Cursor): Labels {
  const labels: Buffer[] = [];
  let [start, jumped, total] = [cursor.at, false, 1];
  const reading: Cursor = {...cursor};
  for (;;) {
    const length = octets(reading, 1).readUInt8();
    if (length === 0) break;
    if (length >= 0xc0) {
      const target = ((length & 0x3f) << 8) | octets(reading, 1).readUInt8();
      if (target >= start || target < 12) throw new Malformed(`a name in ${cursor.where} points to octet ${target}, ${target < 12 ? 'into the header' : 'not to an earlier name'}`);
      if (!jumped) cursor.at = reading.at;
      [start, jumped, reading.at, reading.end, reading.of] = [target, true, target, start, 'name'];
    } else if (length > 63) throw new Malformed(`a label in ${cursor.where} begins with octet 0x${length.toString(16)}, which is neither a length nor a pointer`);
    else {
      labels.push(octets(reading, length));
      total += 1 + length;
    }
    if (total > 255) throw new Malformed(`a name in ${cursor.where} has more than 255 octets`);
  }
  if (!jumped) cursor.at = reading.at;
  return labels;
}

/** Without compression. Throws a RangeError if something is longer than its length field can say. */
export function writeWire({id, flags, questions, answers, authorities, additionals}: WireMessage): Buffer {
  const numbers = (...each: readonly number[]): Buffer => Buffer.from(each.flatMap(n => [n >> 8, n & 255]));
  const records = (list: readonly WireRecord[]): Buffer[] => list.flatMap(record => {
    const data = Buffer.concat(record.data.map(part => ('name' in part ? writeName(part.name) : part.octets)));
    if (data.length > 65_535) throw new RangeError(`a record of ${presentation(record.name)} has ${data.length} octets of data`);
    return [writeName(record.name), numbers(record.type, record.class, Math.floor(record.ttl / 65_536), record.ttl % 65_536, data.length), data];
  });
  return Buffer.concat([
    numbers(id, flags, questions.length, answers.length, authorities.length, additionals.length),
    ...questions.flatMap(question => [writeName(question.name), numbers(question.type, question.class)]),
    ...records(answers), ...records(authorities), ...records(additionals),
  ]);
}

export function writeName(labels: Labels): Buffer {
  return Buffer.concat([...labels.flatMap(label => [Buffer.from([label.length]), label]), Buffer.from([0])]);
}
