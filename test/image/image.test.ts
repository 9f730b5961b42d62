import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {promisify} from 'node:util';

const root = new URL('../../', import.meta.url).pathname;
const run = promisify(execFile);

interface Descriptor {readonly digest: string; readonly annotations?: Readonly<Record<string, string>>}
interface Config {readonly config: {readonly User: string; readonly Entrypoint: readonly string[]; readonly Cmd: readonly string[]; readonly Env: readonly string[]; readonly Volumes?: object}}

/** KDIAG_IMAGE names an archive that is there already, as the live tests have it. */
test('the image of the Containerfile: nobody in particular runs kdiag in it, in a file system that cannot be written', {timeout: 1_200_000}, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-image-'));
  t.after(() => rm(folder, {recursive: true, force: true}));
  const archive = process.env['KDIAG_IMAGE'] ?? join(folder, 'kdiag.tar');
  if (process.env['KDIAG_IMAGE'] === undefined) await run(join(root, 'test/image/build'), [archive], {maxBuffer: 1e8});

  const [layout, files] = [join(folder, 'layout'), join(folder, 'files')];
  await Promise.all([mkdir(layout), mkdir(files)]);
  await run('tar', ['-xf', archive, '-C', layout]);
  const blob = async (digest: string): Promise<Buffer> => {
    const bytes = await readFile(join(layout, 'blobs', digest.replace(':', '/')));
    assert.equal(`sha256:${createHash('sha256').update(bytes).digest('hex')}`, digest);
    return bytes;
  };
  const read = async <T>(digest: string): Promise<T> => JSON.parse((await blob(digest)).toString('utf8')) as T;
  const [entry] = (JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as {manifests: Descriptor[]}).manifests;
  const {version} = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {version: string};
  assert.equal(entry?.annotations?.['org.opencontainers.image.ref.name'], `docker.io/library/kdiag:${version}`, 'the name that kdiag manifest job asks for');
  const manifest = await read<{config: Descriptor; layers: Descriptor[]}>(entry!.digest);
  const {config} = await read<Config>(manifest.config.digest);
  assert.deepEqual([config.User, config.Entrypoint, config.Cmd, config.Volumes ?? {}], ['65532:65532', ['node', '/opt/kdiag/bin/run.js'], ['--help'], {}]);
  for (const {digest} of manifest.layers) {
    await blob(digest);
    await run('tar', ['-xf', join(layout, 'blobs', digest.replace(':', '/')), '-C', files]);
  }
  // what is built with stays behind
  const listed = (await run('find', [join(files, 'opt/kdiag'), '-maxdepth', '2', '-printf', '%P\\n'])).stdout.split('\n');
  assert.ok(listed.includes('dist/index.js') && listed.includes('node_modules/yaml'));
  assert.deepEqual(listed.filter(path => /^(src\/(?!demo)|test|node_modules\/(typescript|oxlint))/.test(path)), []);

  // its own root, nobody's rights, nothing writable: as the Job of `kdiag manifest job` starts it
  const started = (...args: string[]) => run('unshare', ['--mount', 'sh', '-ec', 'files=$1; shift; mount --bind "$files" "$files"; mount -o remount,bind,ro "$files"; exec chroot --userspec=65532:65532 "$files" env -i "$@"', 'sh', files, ...config.Env, ...config.Entrypoint, ...args], {maxBuffer: 1e8});
  assert.match((await started('demo')).stdout, /Root cause: rules-missing-endpoint/);
  assert.equal((await started('--version')).stdout.split(' ')[0], `kdiag/${version}`);
  const lost = await started('nodes').catch((error: {code: number; stderr: string}) => error);
  assert.deepEqual([(lost as {code?: number}).code, /does not run in a pod/.test(lost.stderr)], [3, true]);
});
