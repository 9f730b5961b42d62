import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readFile, rm, symlink} from 'node:fs/promises';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {promisify} from 'node:util';
import {Ajv} from 'ajv';
import {parse} from 'yaml';

const root = new URL('../../', import.meta.url).pathname;
const run = promisify(execFile);

/** What krew itself asks of a manifest: its types in pkg/index/types.go, and internal/index/validation. Nothing else may be in it. */
const text = {type: 'string', minLength: 1};
const selectorKey = {enum: ['os', 'arch']};
const schema = {
  type: 'object', additionalProperties: false, required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: {const: 'krew.googlecontainertools.github.com/v1alpha2'}, kind: {const: 'Plugin'},
    metadata: {type: 'object', additionalProperties: false, required: ['name'], properties: {name: {const: 'kdiag'}}},
    spec: {
      type: 'object', additionalProperties: false, required: ['version', 'shortDescription', 'platforms', 'homepage'],
      properties: {
        version: {type: 'string', pattern: String.raw`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`}, homepage: text, description: text, caveats: text,
        shortDescription: {type: 'string', pattern: String.raw`^[^\r\n]+$`, maxLength: 50},
        platforms: {type: 'array', minItems: 1, items: {
          type: 'object', additionalProperties: false, required: ['uri', 'sha256', 'bin', 'selector'],
          properties: {
            uri: {type: 'string', pattern: '^https://'}, sha256: {type: 'string', pattern: '^[a-f0-9]{64}$'}, bin: text, license: text,
            files: {type: 'array', minItems: 1, items: {type: 'object', required: ['from', 'to'], properties: {from: text, to: text}}},
            selector: {type: 'object', additionalProperties: false, minProperties: 1, properties: {
              matchLabels: {type: 'object', minProperties: 1, propertyNames: selectorKey},
              matchExpressions: {type: 'array', minItems: 1, items: {type: 'object', additionalProperties: false, required: ['key', 'operator', 'values'], properties: {key: selectorKey, operator: {enum: ['In', 'NotIn']}, values: {type: 'array', minItems: 1, items: text}}}},
            }},
          },
        }},
      },
    },
  },
};
interface Manifest {readonly spec: {readonly version: string; readonly homepage: string; readonly platforms: readonly {readonly uri: string; readonly sha256: string; readonly bin: string}[]}}
const validate = new Ajv({allErrors: true}).compile<Manifest>(schema);
const complaints = (manifest: unknown): string[] => (validate(manifest) ? [] : validate.errors ?? []).map(({instancePath, message}) => `${instancePath} ${message}`);
const version = async (): Promise<string> => `v${(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {version: string}).version}`;

test('the template is a manifest of krew, of the version that the package has', async () => {
  const template = parse(await readFile(join(root, 'krew.yaml'), 'utf8')) as Manifest;
  assert.deepEqual(complaints(template), []);
  assert.equal(template.spec.version, await version());
  assert.notDeepEqual(complaints({...template, spec: {...template.spec, platforms: [{...template.spec.platforms[0], selector: {matchLabels: {libc: 'musl'}}}]}}), []);
});

/** kubectl as it is in PATH, or as the cluster of the live tests built it. */
function kubectl(): string {
  const home = process.env['KDIAG_CLUSTER_HOME'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kdiag-cluster');
  return [...(process.env['PATH'] ?? '').split(':'), join(home, 'bin')].map(folder => join(folder, 'kubectl')).find(file => existsSync(file)) ?? assert.fail('kubectl is neither in PATH nor built by test/cluster/cluster build');
}

test('the archive is what the filled manifest says, and installed as krew does it kubectl finds, runs and completes it', {timeout: 600_000}, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-krew-test-'));
  t.after(() => rm(folder, {recursive: true, force: true}));
  await run(process.execPath, ['bin/release-krew.js', folder, 'https://downloads.example/kdiag/v9/kdiag.tar.gz'], {cwd: root, maxBuffer: 1e8});
  const manifest = parse(await readFile(join(folder, 'krew.yaml'), 'utf8')) as Manifest;
  assert.deepEqual(complaints(manifest), []);
  const [platform] = manifest.spec.platforms;
  assert.deepEqual([manifest.spec.version, manifest.spec.homepage, platform?.uri], [await version(), 'https://downloads.example/kdiag', 'https://downloads.example/kdiag/v9/kdiag.tar.gz']);
  assert.equal(platform?.sha256, createHash('sha256').update(await readFile(join(folder, 'kdiag.tar.gz'))).digest('hex'));

  // krew: unpack into its store, then link `bin` into its folder of programs as kubectl-NAME
  const [store, bin] = [join(folder, 'store'), join(folder, 'bin')];
  await Promise.all([mkdir(store), mkdir(bin)]);
  await run('tar', ['-xzf', join(folder, 'kdiag.tar.gz'), '-C', store]);
  await symlink(join(store, platform?.bin ?? ''), join(bin, 'kubectl-kdiag'));
  await symlink(join(store, 'bin/kubectl_complete-kdiag.js'), join(bin, 'kubectl_complete-kdiag'));
  const env = {PATH: `${bin}:${join(root, 'node_modules/.bin')}:/usr/bin:/bin`, HOME: folder};
  const ask = (...args: string[]) => run(kubectl(), args, {env, maxBuffer: 1e8});
  assert.match((await ask('plugin', 'list')).stdout, new RegExp(`^${join(bin, 'kubectl-kdiag')}$`, 'm'));
  const demo = await ask('kdiag', 'demo');
  assert.match(demo.stdout, /Root cause: rules-missing-endpoint/);
  assert.match(demo.stderr, /^\$ kubectl kdiag svc hostnames/m);
  assert.match((await ask('kdiag', 'svc', '-h')).stdout, /^ {2}\$ kubectl kdiag svc SERVICE/m);
  assert.match((await ask('kdiag', 'svc').catch((error: {stderr: string}) => error)).stderr, /Try: kubectl kdiag svc --help/);
  assert.match((await ask('__complete', 'kdiag', 'explain', 'rules-stale-e')).stdout, /^rules-stale-endpoint\n:4$/m);
});
