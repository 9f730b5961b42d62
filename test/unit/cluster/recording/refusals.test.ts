import assert from 'node:assert/strict';
import {chmod, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {gunzipSync, gzipSync} from 'node:zlib';
import {loadRecording} from '../../../../src/cluster/recording/file.ts';
import {defaultLimits, type Limits} from '../../../../src/cluster/recording/limits.ts';
import {KdiagError} from '../../../../src/kdiag-error.ts';
import {archive, type Entry, files, manifest, tar} from './damage.ts';
import {recording} from './recordings.ts';

async function refused(bytes: Uint8Array, why: RegExp | string, limits: Partial<Limits> = {}): Promise<void> {
  await assert.rejects(loadRecording(bytes, {...defaultLimits, ...limits}), (error: unknown) => {
    assert.ok(error instanceof KdiagError, String((error as Error).stack));
    assert.equal(error.exit, 2);
    if (typeof why === 'string') assert.equal(error.message, `recording: ${why}`);
    else assert.match(error.message, why);
    assert.ok(!error.message.endsWith('.') && !error.message.includes('\n'), error.message);
    return true;
  });
}

const plus = (...entries: readonly Entry[]): Buffer => archive([...files(), ...entries]);
const question = (change: (questions: Record<string, unknown>[]) => void): Buffer => archive(files({'recording.json': manifest(({questions}) => change(questions))}));
const cartPath = 'objects/services/shop/cart.json';

test('what the tests change is good as long as it is not changed', async () => {
  assert.deepEqual(await loadRecording(archive(files())), recording);
  assert.deepEqual(await loadRecording(archive(files().reverse())), recording, 'in another order');
});

test('a file that is not there, cannot be read, or is a directory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-refusals-'));
  try {
    await assert.rejects(loadRecording(join(folder, 'no')), new KdiagError(2, `${join(folder, 'no')}: no such file`));
    await assert.rejects(loadRecording(folder), new KdiagError(2, `${folder}: is a directory, not a recording`));
    const locked = join(folder, 'locked');
    await writeFile(locked, 'x');
    await chmod(locked, 0);
    await assert.rejects(loadRecording(locked), (error: unknown) => error instanceof KdiagError && error.exit === 2);
  } finally {
    await rm(folder, {recursive: true});
  }
});

test('no gzip', async () => {
  for (const text of ['', '\x1f', 'apiVersion: v1\n', tar(files()), '{}']) await refused(Buffer.from(text as string), 'is no kdiag recording (not gzip-compressed)');
});

test('gzip, but no tar', async () => {
  for (const text of ['hello', 'x'.repeat(5000), '{"format":"kdiag.recording/v1"}']) await refused(gzipSync(text), 'is no kdiag recording (no tar archive in it)');
});

test('truncated, wherever it ends', async () => {
  const whole = archive(files());
  for (const part of [0.1, 0.5, 0.9]) await refused(whole.subarray(0, Math.floor(whole.length * part)), 'truncated: the file ends before the recording does');
  await refused(whole.subarray(0, -1), 'truncated: the file ends before the recording does');
  const inside = tar(files(), false);
  await refused(gzipSync(inside.subarray(0, inside.length - 700)), /truncated: the archive in it ends too early|damaged/);
  await refused(gzipSync(inside.subarray(0, 512 * 40)), /truncated|damaged|no kdiag recording/); // what names the rest comes last: cut between two entries, it is no recording yet
});

function unzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    return Buffer.alloc(0);
  }
}

test('damaged: every flipped bit is noticed', async () => {
  const whole = archive(files());
  for (let at = 12; at < whole.length; at += Math.ceil(whole.length / 97)) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ 0x10;
    // A copy of other bytes, or padding, may stand for the same content.
    if (Buffer.compare(unzipped(flipped), gunzipSync(whole)) !== 0) await refused(flipped, /damaged|truncated|no tar archive/);
  }
  const checksum = Buffer.from(whole);
  checksum[whole.length - 6] = (checksum[whole.length - 6] ?? 0) ^ 1;
  await refused(checksum, 'damaged (incorrect data check)');
});

test('a tar of something else', async () => {
  await refused(archive([{name: 'README.md', content: '# hello'}]), 'is no kdiag recording (there is no recording.json in it)');
  await refused(archive([]), 'is no kdiag recording (there is no recording.json in it)');
  for (const [format, told] of [['podcast/v1', '"podcast/v1"'], [undefined, 'not said'], [7, '7'], ['kdiag.recording/v1.1', '"kdiag.recording/v1.1"']] as const) {
    await refused(archive(files({'recording.json': manifest(value => void (value['format'] = format))})), `is no kdiag recording (its format is ${told})`);
  }
});

test('written by a newer kdiag', async () => {
  const newer = archive(files({'recording.json': JSON.stringify({format: 'kdiag.recording/v2', somethingElse: true})}));
  await refused(newer, 'written by a newer kdiag (format kdiag.recording/v2; this one reads kdiag.recording/v1)');
});

test('too large: compressed, uncompressed, one entry, too many of them', async () => {
  await refused(archive(files()), 'too large to be read: over 1000 bytes', {compressed: 1000});
  await refused(archive(files()), 'too large to be read: over 20000 bytes when uncompressed', {uncompressed: 20_000});
  await refused(archive(files()), 'too large to be read: over 5 entries', {entries: 5});
  await refused(archive(files()), /too large to be read: "[a-z0-9/]+\.json" in it is over 1000 bytes$/, {entry: 1000});
});

test('a bomb is refused before it goes off', async () => {
  const bomb = gzipSync(Buffer.concat([tar(files(), false), tar([{name: 'zeros', content: Buffer.alloc(200_000_000)}])]));
  assert.ok(bomb.length < 300_000);
  const before = process.memoryUsage().arrayBuffers;
  await refused(bomb, 'too large to be read: over 1000000 bytes when uncompressed', {uncompressed: 1_000_000});
  assert.ok(process.memoryUsage().arrayBuffers - before < 50_000_000);
  await refused(bomb, 'too large to be read: "zeros" in it is over 1000000 bytes', {entry: 1_000_000});
});

test('paths that lead out', async () => {
  for (const name of ['../x', '/etc/passwd', 'a/../../x', 'objects/..', 'C:\\x', 'a\\..\\x', '/', '..']) await refused(plus({name, content: 'x'}), `refused: it holds a path-escaping entry, ${JSON.stringify(name)}`);
  await refused(plus({name: '../d', type: 5}), /path-escaping/);
});

test('links, devices and pipes', async () => {
  for (const [type, told] of [[1, 'link'], [2, 'symlink'], [3, 'character-device'], [4, 'block-device'], [6, 'fifo']] as const) {
    await refused(plus({name: 'objects/x', type, link: '/etc/passwd'}), `refused: "objects/x" in it is a ${told}, not a file`);
  }
});

test('an entry twice, also under another spelling', async () => {
  await refused(plus({name: cartPath, content: '{}'}), `damaged: it holds "${cartPath}" twice`);
  await refused(plus({name: `./${cartPath}`, content: '{}'}), `damaged: it holds "${cartPath}" twice`);
});

test('what tar makes of an unpacked recording is good', async () => {
  const packed = archive([{name: './', type: 5}, {name: './objects/', type: 5}, ...files().map(entry => ({...entry, name: `./${entry.name}`})), {name: './notes.txt', content: 'seen by me'}]);
  assert.deepEqual(await loadRecording(packed), recording);
});

test('JSON that is none, or not an object', async () => {
  for (const path of ['recording.json', cartPath, 'nodes/n1/reading.json']) {
    await refused(archive(files({[path]: '{"a":'})), `damaged: ${path} is no JSON`);
    for (const text of ['[]', 'null', '"x"', '7']) await refused(archive(files({[path]: text})), `damaged: ${path} is no JSON object`);
  }
});

test('JSON nested so deeply that it would exhaust the stack', async () => {
  const deep = `{"kind":"Service","metadata":{"name":"cart","namespace":"shop"},"spec":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
  await refused(archive(files({[cartPath]: deep})), /damaged: /);
});

test('missing or wrong fields of recording.json', async () => {
  for (const field of ['kdiag', 'recordedAt', 'context', 'pseudonymised', 'questions']) {
    await refused(archive(files({'recording.json': manifest(value => void delete value[field])})), new RegExp(`damaged: recording\\.json: ${field} is missing`));
    await refused(archive(files({'recording.json': manifest(value => void ((value as Record<string, unknown>)[field] = {}))})), new RegExp(`damaged: recording\\.json: ${field} is not`));
  }
  await refused(archive(files({'recording.json': manifest(value => void (value['recordedAt'] = 'yesterday'))})), 'damaged: recording.json: recordedAt is no date');
});

test('questions that kdiag does not ask', async () => {
  await refused(question(questions => questions.push({ask: 'why', known: null})), /a question of an unknown kind, "why"/);
  await refused(question(questions => questions.push({ask: 'get', resource: 'secrets', namespace: 'shop', name: 'x', known: null})), 'damaged: recording.json: it holds "secrets", which kdiag never records');
  await refused(question(questions => questions.push({ask: 'get', resource: 'toString', namespace: 'shop', name: 'x', known: null})), /which kdiag never records/);
  await refused(question(questions => questions.push({ask: 'log', namespace: 'a', pod: 'b', container: 'c', previous: false, lines: 1.5, known: 'x'})), /lines is not a whole number/);
  await refused(question(questions => questions.push({ask: 'version'})), /known is missing/);
  await refused(question(questions => questions.push({ask: 'version', unknown: 'forbidden'})), /unknown is no JSON object/);
  await refused(question(questions => questions.push({ask: 'list', resource: 'pods', namespace: 7, known: []})), /namespace is not text/);
  await refused(question(questions => questions.push({ask: 'list', resource: 'pods', known: [{}]})), /known is not a list of texts/);
});

test('what is referred to, and not there', async () => {
  for (const path of [cartPath, 'nodes/n1/reading.json', 'nodes/n1/ip_vs.txt', 'logs/kube-system/kube-proxy-x/kube-proxy.previous.txt']) {
    await refused(archive(files({[path]: null})), `damaged: recording.json refers to ${JSON.stringify(path)}, which is not in it`);
  }
});

test('Secrets, whether anything refers to them or not', async () => {
  const secret = JSON.stringify({apiVersion: 'v1', kind: 'Secret', metadata: {name: 's', namespace: 'shop'}, data: {password: 'aHVudGVyMg=='}});
  await refused(plus({name: 'objects/secrets/shop/s.json', content: secret}), 'damaged: objects/secrets/shop/s.json holds a Secret, which kdiag never records');
  await refused(archive(files({[cartPath]: secret})), /holds a Secret, which kdiag never records/);
});

test('objects that are not what they should be', async () => {
  const cart = {apiVersion: 'v1', kind: 'Service', metadata: {name: 'cart', namespace: 'shop'}, spec: {}};
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{...cart, kind: undefined}, /kind is missing/], [{...cart, kind: 'Pod', spec: {containers: []}}, /a Pod stands where a Service should/], [{...cart, metadata: undefined}, /metadata is no JSON object/],
    [{...cart, metadata: {namespace: 'shop'}}, /name is missing/], [{...cart, metadata: {name: 'cart'}}, /namespace is missing/], [{...cart, spec: undefined}, /spec is no JSON object/],
    [{...cart, kind: 'Pod'}, /containers is missing/], [{...cart, kind: 'EndpointSlice'}, /addressType is missing/], [{...cart, kind: 'Deployment'}, /template is no JSON object/],
  ];
  for (const [object, why] of wrong) await refused(archive(files({[cartPath]: JSON.stringify(object)})), why);
});

test('loading writes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-refusals-'));
  const before = process.cwd();
  try {
    process.chdir(folder);
    await loadRecording(archive(files()));
    await refused(plus({name: '../x', content: 'x'}), /path-escaping/);
    assert.deepEqual(await readdir(folder), []);
  } finally {
    process.chdir(before);
    await rm(folder, {recursive: true});
  }
});
