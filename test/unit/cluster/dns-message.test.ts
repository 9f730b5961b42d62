import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import packet from 'dns-packet';
import {decodeAnswer, encodeQuery, type Question, rewriteMessage} from '../../../src/cluster/dns-message.ts';
import type {DnsMessage} from '../../../src/cluster/dns.ts';

/** What CoreDNS 1.14.2 answered to encodeQuery's own questions, from a zone file with one of each; the last one was asked without EDNS. */
const captured: readonly {readonly name: string; readonly type: string; readonly query: string; readonly answer: string}[]
  = JSON.parse(readFileSync(new URL('../../fixtures/dns/coredns.json', import.meta.url), 'utf8'));

const u16 = (...each: readonly number[]): Buffer => Buffer.from(each.flatMap(n => [n >> 8, n & 255]));
const wire = (name: string): Buffer => Buffer.concat([...name.split('.').flatMap(label => [Buffer.from([label.length]), Buffer.from(label)]), Buffer.from([0])]);
const asked: Question = {id: 0x1234, name: 'a.b', type: 'A'};
const question = Buffer.concat([wire('a.b'), u16(1, 1)]);
const head = (flags = 0x8180, counts: readonly number[] = [1, 0, 0, 0], id = 0x1234): Buffer => u16(id, flags, ...counts);
/** A record of the question's name, by a pointer. */
const record = (type: number, data: Buffer, {length = data.length, kind = 1, ttl = 30} = {}): Buffer => Buffer.concat([u16(0xc00c, type, kind, 0, ttl, length), data]);
const opt = (options: Buffer, ttl = [0, 0]): Buffer => Buffer.concat([Buffer.from([0]), u16(41, 1232, ...ttl, options.length), options]);
const answered = (...records: readonly Buffer[]): Buffer => Buffer.concat([head(0x8180, [1, records.length, 0, 0]), question, ...records]);
const extra = (flags: number, ...records: readonly Buffer[]): Buffer => Buffer.concat([head(flags, [1, 0, 0, records.length]), question, ...records]);

function message(bytes: Buffer, question = asked): DnsMessage {
  const decoded = decodeAnswer(bytes, question);
  assert.ok('message' in decoded, JSON.stringify(decoded));
  return decoded.message;
}
const malformed = (bytes: Buffer, question = asked): string => {
  const decoded = decodeAnswer(bytes, question);
  return 'malformed' in decoded ? decoded.malformed : `a message: ${JSON.stringify(decoded)}`;
};
const answersTo = (type: string, name: RegExp): readonly string[] => captured.filter(sample => sample.type === type && name.test(sample.name))
  .flatMap(sample => message(Buffer.from(sample.answer, 'hex'), {...sample, id: Number.parseInt(sample.answer.slice(0, 4), 16)}).answers.map(({type, data}) => `${type} ${data}`));

test('CoreDNS’s own answers are read', () => {
  assert.deepEqual(answersTo('AAAA', /^web/), ['AAAA fd00:10:96::7']);
  assert.deepEqual(answersTo('SRV', /^_http/), ['SRV 0 100 80 web.shop.svc.cluster.local']);
  assert.deepEqual(answersTo('CNAME', /^alias/), ['CNAME api.rig.example']);
  assert.deepEqual(answersTo('TXT', /^odd/), [String.raw`TXT "a \"b\"" "second"`]);
  assert.deepEqual(answersTo('MX', /^mail/), ['MX 10 web.shop.svc.cluster.local']);
  assert.deepEqual(answersTo('SOA', /^svc/), ['SOA ns.dns.cluster.local hostmaster.cluster.local 7 7200 1800 86400 30']);
  assert.deepEqual(answersTo('HTTPS', /^h/), [String.raw`HTTPS \# 10 00010000010003026832`]);
  const [whole = [], cut = []] = captured.filter(({name}) => name.startsWith('many')).map(({name, type, answer}) => {
    const {truncated, answers} = message(Buffer.from(answer, 'hex'), {id: Number.parseInt(answer.slice(0, 4), 16), name, type});
    return [truncated, answers.length] as const;
  });
  assert.deepEqual(whole, [false, 60]);
  assert.equal(cut[0], true);
  const nothing = captured.find(({name}) => name.startsWith('nope'))!;
  const {rcode, authoritative, authorities} = message(Buffer.from(nothing.answer, 'hex'), {id: 0x1208, name: nothing.name, type: 'A'});
  assert.deepEqual([rcode, authoritative, authorities.map(({name, type}) => `${name} ${type}`)], ['NXDOMAIN', true, ['svc.cluster.local SOA']]);
});

test('a question is written octet for octet', () => {
  for (const {name, type, query} of captured.slice(0, -1)) assert.equal(encodeQuery({id: Number.parseInt(query.slice(0, 4), 16), name, type}).toString('hex'), query);
  assert.equal(encodeQuery({id: 1, name: '', type: 'NS'}).toString('hex'), '000101000001000000000001_00_00020001_00002904d0000000000000'.replaceAll('_', ''));
  assert.equal(encodeQuery({id: 1, name: String.raw`a\.b\\\009\255.c`, type: 'TYPE65'}).subarray(12, -11).toString('hex'), '06_612e625c09ff_0163_00_00410001'.replaceAll('_', ''));
  assert.deepEqual(encodeQuery({id: 1, name: 'a.b.', type: 'HTTPS'}), encodeQuery({id: 1, name: 'a.b', type: 'type65'}));
});

test('what cannot be asked is said, never asked as something else', () => {
  const refusal = (change: Partial<Question>): string => { try { return encodeQuery({...asked, ...change}).toString('hex'); } catch (error) { return error instanceof RangeError ? error.message : String(error); } };
  assert.match(refusal({name: 'a..b'}), /empty label/);
  assert.match(refusal({name: '.a'}), /empty label/);
  assert.match(refusal({name: `${'x'.repeat(64)}.b`}), /has 64 octets, at most 63/);
  assert.doesNotMatch(refusal({name: `${'x'.repeat(63)}.b`}), /octets/);
  assert.match(refusal({name: Array.from({length: 128}, () => 'x').join('.')}), /takes 257 octets, at most 255/);
  assert.doesNotMatch(refusal({name: Array.from({length: 127}, () => 'x').join('.')}), /octets/);
  for (const name of ['bücher.example', 'a\\ü']) assert.match(refusal({name}), /xn--/);
  for (const name of ['a\\', String.raw`a\256`, String.raw`a\25`]) assert.match(refusal({name}), /backslash/, name);
  for (const type of ['', 'NOPE', 'UNKNOWN_65', 'TYPE0', 'TYPE65536', 'OPT', 'TYPE41', 'A A']) assert.match(refusal({type}), /no question of type/, type);
  for (const id of [-1, 65_536, 1.5]) assert.match(refusal({id}), /no ID/);
});

test('rcodes, flags and extended errors', () => {
  assert.deepEqual(message(extra(0x8783)), {rcode: 'NXDOMAIN', authoritative: true, truncated: true, recursionAvailable: true, answers: [], authorities: [], extendedErrors: []});
  assert.equal(message(extra(0x800f)).rcode, 'RCODE15');
  assert.equal(message(extra(0x8000, opt(Buffer.alloc(0), [0x0100, 0]))).rcode, 'BADVERS');
  assert.equal(message(extra(0x800b, opt(Buffer.alloc(0), [0x0100, 0]))).rcode, 'RCODE27');
  const errors = Buffer.concat([u16(15, 11, 15), Buffer.from('by policy'), u16(10, 8, 1, 2, 3, 4), u16(15, 2, 22), u16(15, 4, 4711), Buffer.from('x\0')]);
  assert.deepEqual(message(extra(0x8002, opt(errors))).extendedErrors, ['15: Blocked, by policy', '22: No Reachable Authority', '4711: not known, x']);
});

test('names keep what is inside their labels; compression and case are followed', () => {
  const {answers} = message(answered(record(5, Buffer.from('03612e62025cff00', 'hex')), record(5, Buffer.from('0141c00e', 'hex')), record(5, Buffer.from([0])), record(46, Buffer.from('c00c', 'hex')), record(65_280, Buffer.alloc(0))));
  assert.deepEqual(answers.map(({name, type, data}) => `${name} ${type} ${data}`), [String.raw`a.b CNAME a\.b.\\\255`, 'a.b CNAME a.b', 'a.b CNAME .', String.raw`a.b RRSIG \# 2 c00c`, String.raw`a.b TYPE65280 \# 0`]);
  assert.equal(message(answered(record(28, Buffer.from('00000000000000000000ffff01020304', 'hex')))).answers[0]?.data, '::ffff:102:304');
  assert.equal(message(answered(record(28, Buffer.alloc(16)))).answers[0]?.data, '::');
  assert.equal(message(answered(record(28, Buffer.from('20010db8000000010000000000000001', 'hex')))).answers[0]?.data, '2001:db8:0:1::1');
  assert.equal(message(Buffer.concat([head(), wire('A.B'), u16(1, 1)])).rcode, 'NOERROR');
});

test('what is malformed is said in a sentence', () => {
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [Buffer.alloc(0), /^it has 0 octets, fewer than the 12 of a header$/],
    [head().subarray(0, 11), /^it has 11 octets/],
    [Buffer.concat([head(0x8180, [1, 0, 0, 0], 0x5678), question]), /^its ID is 0x5678, asked was 0x1234$/],
    [Buffer.concat([head(0x0100), question]), /^it is a question, not an answer$/],
    [Buffer.concat([head(0xa180), question]), /^its opcode is 4/],
    [head(), /^it ends inside its only question$/],
    [head(0x8180, [0, 0, 0, 0]), /^it does not repeat the question$/],
    [Buffer.concat([head(0x8180, [2, 0, 0, 0]), question, question]), /^it repeats 2 questions/],
    [Buffer.concat([head(), wire('a.c'), u16(1, 1)]), /^it answers for the name “a.c”, asked was “a.b”$/],
    [Buffer.concat([head(), Buffer.from('03612e6200', 'hex'), u16(1, 1)]), /^it answers for the name “a\\.b”, asked was “a.b”$/],
    [Buffer.concat([head(), wire('a.b'), u16(28, 1)]), /^it answers for the type AAAA, asked was A$/],
    [Buffer.concat([head(), wire('a.b'), u16(1, 3)]), /^it answers for class 3/],
    [Buffer.concat([answered(), Buffer.from([0])]), /^1 octets follow its last record$/],
    [answered(record(1, Buffer.alloc(4)), record(1, Buffer.alloc(4)).subarray(0, 5)), /^it ends inside answer 2 of 2$/],
    [answered(record(1, Buffer.alloc(3), {length: 4})), /^it ends inside its only answer, whose data should have 4 octets and has 3$/],
    [answered(record(1, Buffer.alloc(3))), /^the data of its only answer is shorter than its type needs$/],
    [answered(record(1, Buffer.alloc(5))), /^the data of its only answer has 5 octets, 1 more than its type needs$/],
    [answered(record(16, Buffer.from([2, 65]))), /^the data of its only answer is shorter/],
    [answered(record(16, Buffer.alloc(0))), /^the data of its only answer is shorter/],
    [answered(record(5, Buffer.from('c021', 'hex'))), /^a name in its only answer points to octet 33, not to an earlier name$/],
    [answered(record(5, Buffer.from('0161c021', 'hex'))), /points to octet 33, not to an earlier name$/],
    [answered(record(5, Buffer.from('c000', 'hex'))), /points to octet 0, into the header$/],
    [answered(record(5, Buffer.from('c00b', 'hex'))), /into the header$/],
    [answered(record(5, Buffer.from([0x41, 0x61]))), /begins with octet 0x41, which is neither/],
    [answered(record(5, Buffer.concat([...Array.from({length: 127}, () => Buffer.from('0178', 'hex')), Buffer.from('c00c', 'hex')]))), /^a name in its only answer has more than 255 octets$/],
    [answered(record(1, Buffer.alloc(4), {kind: 3})), /^a record in its answer section is of class 3/],
    [answered(opt(Buffer.alloc(0))), /OPT record outside/],
    [extra(0x8180, opt(Buffer.alloc(0)), opt(Buffer.alloc(0))), /^it has 2 OPT records$/],
    [extra(0x8180, record(41, Buffer.alloc(0))), /^its OPT record does not belong to the root$/],
    [extra(0x8180, opt(u16(15, 3, 0))), /^it ends inside an option/],
    [extra(0x8180, opt(Buffer.from([0]))), /^it ends inside an option/],
    [extra(0x8180, opt(Buffer.concat([u16(15, 1), Buffer.from([0])]))), /^an extended error in it has 1 octets/],
    [Buffer.concat([head(0x8380, [1, 1, 0, 0]), question]), /^it ends inside its only answer; its TC flag is set$/],
  ];
  for (const [bytes, sentence] of cases) assert.match(malformed(bytes), sentence);
  assert.equal(message(head(0x8181, [0, 0, 0, 0])).rcode, 'FORMERR', 'an error may come without the question');
});

test('a message is rewritten: names, addresses, and what could hide them', () => {
  const to = {name: (name: string) => name.replace('b', 'zz'), address: (address: string) => (address.includes(':') ? 'fd00::9' : '192.0.2.9')};
  const original = Buffer.concat([head(0x8583, [1, 4, 1, 1]), question, record(1, Buffer.from([1, 2, 3, 4])), record(28, Buffer.alloc(16)), record(16, Buffer.from('03626262', 'hex')),
    record(33, Buffer.concat([u16(0, 100, 53), wire('x.b')])), record(65_280, Buffer.from('secret')), opt(Buffer.concat([u16(15, 5, 15), Buffer.from('b b'), u16(3, 2, 7)]))]);
  const rewritten = rewriteMessage(original, to);
  assert.ok(rewritten);
  assert.deepEqual(message(rewritten, {...asked, name: 'a.zz'}), {rcode: 'NXDOMAIN', authoritative: true, truncated: false, recursionAvailable: true,
    answers: [['A', '192.0.2.9'], ['AAAA', 'fd00::9'], ['TXT', '""'], ['SRV', '0 100 53 x.zz']].map(([type, data]) => ({name: 'a.zz', type, ttl: 30, data})),
    authorities: [{name: 'a.zz', type: 'TYPE65280', ttl: 30, data: String.raw`\# 0`}], extendedErrors: ['15: Blocked']});
  assert.equal(rewritten.includes('secret'), false);
  assert.equal(rewriteMessage(original, {...to, name: () => 'a..b'}), null);
  assert.equal(rewriteMessage(original, {...to, address: () => '::1'}), null);
  assert.equal(rewriteMessage(original.subarray(0, -1), to), null);
  const query = encodeQuery(asked);
  assert.deepEqual(rewriteMessage(query, {name: name => name, address: address => address}), query, 'a question, too');
});

/** Two readers that were written apart: what this one accepts, dns-packet must read alike, where it reads at all. */
function agrees(bytes: Buffer, {rcode, truncated, authoritative, recursionAvailable, answers}: DnsMessage): 'alike' | 'not read' {
  let other;
  try { other = packet.decode(bytes); } catch { return 'not read'; }
  if (packet.decode.bytes !== bytes.length) return 'not read'; // it counts what a type needs, not what RDLENGTH says
  const low = (other as unknown as {rcode: string}).rcode; // not in its types
  if (rcode === low || !rcode.startsWith('BAD') && !rcode.startsWith('RCODE')) assert.equal(rcode, low.replace('RCODE_11', 'DSOTYPENI'));
  assert.deepEqual([truncated, authoritative, recursionAvailable, answers.length], [other.flag_tc, other.flag_aa, other.flag_ra, other.answers?.length]);
  for (const [i, {name, type, ttl, data}] of answers.entries()) {
    const their = other.answers?.[i] as {name: string; type: string; ttl: number; data: unknown};
    assert.equal(type, their.type.replace(/^UNKNOWN_(64|65|256)$/, (_, type: '64') => ({64: 'SVCB', 65: 'HTTPS', 256: 'URI'})[type]).replace('UNKNOWN_', 'TYPE'));
    assert.equal(ttl, their.ttl);
    if (!name.includes('\\') && name !== '') assert.equal(name, their.name.toLowerCase());
    if (type === 'A' || (type === 'CNAME' && !data.includes('\\'))) assert.equal(data, String(their.data).toLowerCase());
  }
  return 'alike';
}

/** Numbers from 0 to 1 in a fixed order (mulberry32). */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296 * below);
  };
}

function mutate(bytes: Buffer, other: Buffer, draw: (below: number) => number): Buffer {
  const at = draw(bytes.length);
  const copy = Buffer.from(bytes);
  switch (draw(7)) {
    case 0: copy[at] = (copy[at] ?? 0) ^ (1 << draw(8)); return copy;
    case 1: return copy.subarray(0, at);
    case 2: copy[at] = draw(256); return copy;
    case 3: return Buffer.concat([copy.subarray(0, at), other.subarray(draw(other.length))]);
    case 4: if (at > 3) copy.writeUInt16BE([0, 1, 3, 5, 255, 65_535, 0xc00c, 0xc000 | at][draw(8)] ?? 0, at - 1); return copy;
    case 5: return Buffer.concat([copy.subarray(0, at), Buffer.from([draw(256)]), copy.subarray(at)]);
    default: return Buffer.concat([copy.subarray(0, 4), Buffer.from(Array.from({length: draw(80)}, () => draw(256)))]);
  }
}

test('100,000 damaged answers: never a throw, and what is accepted is what the octets say', () => {
  const samples = [...captured.map(({name, type, answer}) => ({asked: {id: Number.parseInt(answer.slice(0, 4), 16), name, type}, bytes: Buffer.from(answer, 'hex')})),
    {asked, bytes: answered(record(5, wire('x.y')), record(28, Buffer.alloc(16)), record(13, Buffer.from('01410142', 'hex')))},
    {asked, bytes: extra(0x8002, opt(Buffer.concat([u16(15, 11, 15), Buffer.from('by policy')])))}];
  const draw = draws(53);
  const short = samples.filter(({bytes}) => bytes.length < 400);
  const seen = {accepted: 0, compared: 0, kinds: new Map<string, number>()};
  for (const {asked, bytes} of samples) assert.equal(agrees(bytes, message(bytes, asked)), 'alike', 'unharmed');
  for (let i = 0; i < 100_000; i += 1) {
    const sample = draw(20) === 0 ? samples[draw(samples.length)]! : short[draw(short.length)]!; // the long ones seldom: they take their time
    let bytes = mutate(sample.bytes, samples[draw(samples.length)]!.bytes, draw);
    if (draw(3) === 0 && bytes.length > 0) bytes = mutate(bytes, sample.bytes, draw);
    const decoded = decodeAnswer(bytes, sample.asked);
    if ('malformed' in decoded) {
      const kind = decoded.malformed.replaceAll(/“.*?”|0x[\da-f]+|\d+|its only|type [A-Z]+|; its TC flag is set/g, '#');
      seen.kinds.set(kind, (seen.kinds.get(kind) ?? 0) + 1);
      continue;
    }
    seen.accepted += 1;
    if (agrees(bytes, decoded.message) === 'alike') seen.compared += 1;
    const same = rewriteMessage(bytes, {name: name => name, address: address => address});
    assert.ok(same, bytes.toString('hex'));
    const again = message(same, sample.asked);
    const data = (message: DnsMessage): unknown => [message.rcode, message.truncated, [...message.answers, ...message.authorities].map(({name, type, ttl, data}) => [name, type, ttl, /^(TXT|HINFO)$/.test(type) || data.startsWith('\\#') ? '' : data])];
    assert.deepEqual(data(again), data(decoded.message), bytes.toString('hex'));
  }
  assert.ok(seen.accepted > 5000 && seen.compared > 0.9 * seen.accepted && seen.kinds.size > 25, JSON.stringify({...seen, kinds: [...seen.kinds]}));
});
