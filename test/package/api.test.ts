import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {promisify} from 'node:util';
import {complaintsAbout} from '../unit/report/schema.ts';

const root = new URL('../../', import.meta.url).pathname;
const run = promisify(execFile);

const consumer = `import {type Report, type Status, KdiagError, diagnose, exitCode, openRecording, version} from 'kdiag';

const cluster = await openRecording(process.argv[2] ?? '');
try {
  const reports: Report[] = [
    await diagnose(cluster, {command: 'svc', service: 'hostnames', namespace: 'default'}),
    await diagnose(cluster, {command: 'nodes'}),
    await diagnose(cluster, {command: 'node', node: 'node1'}),
  ];
  const status: Status = reports[0]!.status;
  const wrong = await diagnose(cluster, {command: 'svc', service: 'no_name'}).catch((error: unknown) => error);
  // @ts-expect-error: there is no such question
  const none = await diagnose(cluster, {command: 'nonsense'}).catch((error: unknown) => error);
  process.stdout.write(JSON.stringify({version, status, reports, exits: reports.map(report => exitCode(report, 'error')), wrong: wrong instanceof KdiagError ? wrong.message : null, none: String(none)}));
} finally {
  await cluster.close();
}
`;

test('the packed package is installed elsewhere: a program that imports it type-checks, runs, and gets the reports of the commands', {timeout: 600_000}, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-package-'));
  t.after(() => rm(folder, {recursive: true, force: true}));
  // packing builds: in a copy, so that nobody's dist is pulled away
  const copy = join(folder, 'sources');
  await cp(root, copy, {recursive: true, filter: source => !/\/(node_modules|\.git|dist|test)$/.test(source)});
  await run('ln', ['-s', join(root, 'node_modules'), join(copy, 'node_modules')]);
  const {stdout: packed} = await run('npm', ['pack', '--json', '--pack-destination', folder], {cwd: copy, maxBuffer: 1e8});
  const [{filename, files}] = JSON.parse(packed.slice(packed.indexOf('['))) as [{filename: string; files: {path: string}[]}];
  const paths = files.map(({path}) => path);
  for (const path of ['dist/index.js', 'dist/index.d.ts', 'dist/report/report.schema.json', 'oclif.manifest.json', 'docs/api.md']) assert.ok(paths.includes(path), `${path} is not in the package`);
  assert.deepEqual(paths.filter(path => path.startsWith('test/') || /^src\/(?!demo\/)/.test(path)), []);

  const home = join(folder, 'consumer');
  await cp(join(root, 'test/package/consumer'), home, {recursive: true});
  await writeFile(join(home, 'main.ts'), consumer);
  await writeFile(join(home, 'sample.ts'), /```ts\n([^]*?)```/.exec(await readFile(join(root, 'docs/api.md'), 'utf8'))?.[1] ?? assert.fail('no sample in docs/api.md'));
  await run('npm', ['install', '--no-save', '--ignore-scripts', '--omit=dev', '--prefer-offline', join(folder, filename)], {cwd: home, maxBuffer: 1e8});
  // the compiler and Node's types are the consumer's own affair
  await run('sh', ['-ec', `mkdir -p node_modules/@types; for each in @types/node undici-types typescript; do [ -e "node_modules/$each" ] || ln -s '${root}node_modules/'"$each" "node_modules/$each"; done`], {cwd: home});
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], {cwd: home}).catch((error: {stdout: string}) => assert.fail(error.stdout));

  const recording = join(root, 'src/demo/recordings/one-node-lost-its-rules.kdiag');
  const {stdout} = await run(process.execPath, ['main.js', recording], {cwd: home, maxBuffer: 1e8});
  const told = JSON.parse(stdout) as {version: string; status: string; reports: {ms: number; checks: {ms: number}[]; verdict: {rootCauses: {code: string}[]}}[]; exits: number[]; wrong: string; none: string};
  assert.deepEqual([told.status, told.exits[0], told.reports[0]?.verdict.rootCauses.map(({code}) => code)], ['broken', 1, ['rules-missing-endpoint']]);
  assert.equal(told.version, (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {version: string}).version);
  assert.match(told.wrong, /no name of a Service/);
  for (const report of told.reports) assert.deepEqual(complaintsAbout(report), []);
  assert.match(told.none, /nonsense/);
  const ended = [];
  for (const [index, words] of [['svc', 'hostnames'], ['nodes'], ['node', 'node1']].entries()) {
    const command = await run(join(home, 'node_modules/.bin/kdiag'), [...words, '--recording', recording, '-o', 'json'], {maxBuffer: 1e8}).then(({stdout}) => ({stdout, code: 0}), (error: {stdout: string; code: number}) => error);
    ended.push(command.code);
    assert.deepEqual(timeless(told.reports[index]!), timeless(JSON.parse(command.stdout) as typeof told.reports[number]), words.join(' '));
  }
  assert.deepEqual(told.exits, ended);
});

const timeless = <T extends {ms: number; checks: {ms: number}[]}>(report: T): T => ({...report, ms: 0, checks: report.checks.map(check => ({...check, ms: 0}))});
