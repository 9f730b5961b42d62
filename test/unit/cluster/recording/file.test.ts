import assert from 'node:assert/strict';
import {chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test, type TestContext} from 'node:test';
import {gunzipSync} from 'node:zlib';
import {known} from '../../../../src/cluster/answer.ts';
import {encodeRecording, loadRecording, openRecording, saveRecording} from '../../../../src/cluster/recording/file.ts';
import type {Exchange} from '../../../../src/cluster/recording/recording.ts';

import {KdiagError} from '../../../../src/kdiag-error.ts';
import {toEntries} from '../../../../src/cluster/recording/write-format.ts';
import {pod} from '../world.ts';
import {cart1, exchanges, recording, recordingOf, shuffled} from './recordings.ts';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kdiag-recording-'));
  t.after(() => rm(path, {recursive: true, force: true}));
  return path;
}

test('what is saved is loaded', async t => {
  const file = join(await folder(t), 'x.kdiag');
  await saveRecording(file, recording);
  assert.deepEqual(await loadRecording(file), recording);
  assert.deepEqual(await (await openRecording(file)).get('services', 'shop', 'gone'), known(null));
  assert.deepEqual(await loadRecording(await readFile(file)), recording);
});

test('the same contents give the same bytes, in whatever order the questions came', async () => {
  const bytes = await encodeRecording(recording);
  for (let seed = 1; seed <= 20; seed += 1) {
    assert.ok(Buffer.from(bytes).equals(await encodeRecording(recordingOf(shuffled(exchanges, seed)))));
  }
  assert.ok(Buffer.from(bytes).equals(await encodeRecording(await loadRecording(bytes))), 'saved again');
});

test('nothing in the bytes tells when, by whom or on which system they were written', async () => {
  const bytes = Buffer.from(await encodeRecording(recording));
  assert.equal(bytes.subarray(0, 10).toString('hex'), '1f8b08000000000000ff');
  const tar = gunzipSync(bytes);
  assert.equal(tar.subarray(0, 14).toString(), 'recording.json');
  assert.equal(tar.subarray(108, 116).toString(), '000000 \0');
  assert.equal(tar.subarray(136, 147).toString(), '00000000000');
});

test('a person finds things where they look for them, each object once', () => {
  const paths = [...toEntries(recording).keys()].filter(path => !/^nodes\/n1\/.*\.txt$/.test(path));
  assert.deepEqual(paths.sort(), [
    'logs/kube-system/kube-proxy-x/kube-proxy.previous.txt', 'nodes/n1/reading.json',
    'objects/events/shop/cart-1.17f.json', 'objects/pods/bank/till.json', 'objects/pods/shop/cart-1.json', 'objects/pods/shop/cart-2.json', 'objects/services/shop/cart.json', 'recording.json',
  ]);
  const entries = toEntries(recording);
  assert.equal(entries.get('nodes/n1/ip_vs.txt')?.toString(), 'no newline at the end');
  assert.deepEqual(JSON.parse(String(entries.get('objects/pods/shop/cart-1.json'))), cart1);
});

test('an object that changed between two questions is there twice', async () => {
  const changed = pod('shop', 'cart-1', {app: 'cart', changed: 'yes'});
  const list = (namespace: string, object: ReturnType<typeof pod>): Exchange => ({ask: 'list', query: {resource: 'pods', namespace, labelSelector: 'app=cart'}, answer: known([object])});
  const both = recordingOf([list('shop', cart1), list('other', changed), {ask: 'get', resource: 'pods', namespace: 'shop', name: 'cart-1', answer: known(changed)}]);
  assert.deepEqual([...toEntries(both).keys()].sort(), ['objects/pods/shop/cart-1.json', 'objects/pods/shop/cart-1~2.json', 'recording.json']);
  assert.deepEqual(await loadRecording(await encodeRecording(both)), both);
});

test('no name leads out of the archive, hides a file, or meets another', async () => {
  const names = ['..', '.', '', '.hidden', 'a:b', 'a%3Ab', 'a/b', '../../etc/passwd', 'C:\\x', 'ü', 'x'.repeat(253), 'x'.repeat(254), '~2', 'nul\0', 'a b\n'];
  const all = recordingOf(names.map((node): Exchange => ({ask: 'node', node, answer: known({node, via: 'debug-pod', sections: {'../s': {command: 'c', stdout: node, stderr: '', exit: 0}}})})));
  const paths = [...toEntries(all).keys()];
  assert.equal(paths.length, new Set(paths).size);
  for (const path of paths) assert.ok(/^(recording\.json|nodes\/[A-Za-z0-9_%~-][A-Za-z0-9._%~-]*\/(reading\.json|%2E\.%2Fs\.txt))$/.test(path) && path.split('/').every(part => part.length < 255), path);
  assert.deepEqual(await loadRecording(await encodeRecording(all)), all);
});

test('what is there already is not overwritten, unless it is empty or one insists', async t => {
  const file = join(await folder(t), 'x.kdiag');
  await writeFile(file, '');
  await saveRecording(file, recording);
  const bytes = await readFile(file);
  const other = {...recording, context: 'other'};
  await assert.rejects(saveRecording(file, other), new KdiagError(2, `${file}: exists already`, 'Give another name, or remove it first'));
  assert.ok((await readFile(file)).equals(bytes));
  await saveRecording(file, other, {force: true});
  assert.equal((await loadRecording(file)).context, 'other');
});

test('only its owner may read it, and nothing else is left behind', async t => {
  const path = await folder(t);
  await saveRecording(join(path, 'x.kdiag'), recording);
  assert.equal((await stat(join(path, 'x.kdiag'))).mode & 0o777, 0o600);
  await chmod(path, 0o700);
  assert.deepEqual(await readdir(path), ['x.kdiag']);
});

test('where it cannot be written is said, and nothing is left behind', async t => {
  const path = await folder(t);
  await mkdir(join(path, 'directory'));
  await symlink('/dev/null', join(path, 'device'));
  for (const file of [join(path, 'missing', 'x.kdiag'), join(path, 'directory'), join(path, 'device'), join(path, 'x'.repeat(300))]) {
    await assert.rejects(saveRecording(file, recording, {force: true}), (error: unknown) => error instanceof KdiagError && error.exit === 2 && error.message.startsWith(`${file}: cannot be written`), file);
  }
  assert.deepEqual((await readdir(path)).sort(), ['device', 'directory']);
});

