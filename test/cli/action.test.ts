import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {validateAction, validateWorkflow} from '@action-validator/core';
import {parse} from 'yaml';

const root = new URL('../../', import.meta.url).pathname;
const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');
interface Step {readonly name?: string; readonly id?: string; readonly run?: string; readonly env?: Readonly<Record<string, string>>}
interface Action {readonly inputs: Readonly<Record<string, {readonly default: string}>>; readonly outputs: Readonly<Record<string, {readonly value: string}>>; readonly runs: {readonly steps: readonly Step[]}}

test('action.yml and the workflow of docs/examples are as the schemas of GitHub say', async () => {
  const [action, workflow] = await Promise.all([read('action.yml'), read('docs/examples/github-workflow.yml')]);
  assert.deepEqual(validateAction(action).errors, []);
  assert.deepEqual(validateWorkflow(workflow).errors, []);
  assert.notDeepEqual(validateAction(action.replace('using: composite', 'using: bash')).errors, [], 'the schema sees what is wrong');
  const {inputs, runs} = parse(action) as Action;
  const used = (parse(workflow) as {jobs: {kdiag: {steps: {uses?: string; with?: object}[]}}}).jobs.kdiag.steps.find(({uses}) => uses?.includes('kdiag@'));
  assert.deepEqual(Object.keys(used?.with ?? {}).filter(name => !(name in inputs)), []);
  for (const {run = ''} of runs.steps) assert.doesNotMatch(run, /\$\{\{/, 'an input written into a script is run');
  assert.equal(inputs['package']?.default, `kdiag@${(JSON.parse(await read('package.json')) as {version: string}).version}`);
});

interface Ended {readonly code: number; readonly stdout: string; readonly told: readonly string[]; readonly outputs: Readonly<Record<string, string>>; readonly summary: string}

/** Runs the script that examines as the runner does, with a kdiag that notes its arguments, writes what `-o` asks for, and ends with `code`. */
async function examined(t: TestContext, given: Readonly<Record<string, string>>, code = 0): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-action-'));
  t.after(() => rm(folder, {recursive: true, force: true}));
  const kdiag = join(folder, 'kdiag/node_modules/.bin/kdiag');
  await mkdir(dirname(kdiag), {recursive: true});
  await writeFile(kdiag, `#!/bin/bash
printf '%s\\n' "$@" > '${folder}/told'
[ ${code} = 2 ] && exit 2
for each; do case $each in json=*) echo '{"status": "broken"}' > "\${each#*=}";; markdown=*) echo '# broken' > "\${each#*=}";; sarif=*) echo '{}' > "\${each#*=}";; esac; done
echo '::error::a root cause'
exit ${code}
`);
  await chmod(kdiag, 0o755);
  const {inputs, runs} = parse(await read('action.yml')) as Action;
  const step = runs.steps.find(({id}) => id === 'kdiag') ?? assert.fail('no step kdiag');
  const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => {
    const [, input = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value) ?? assert.fail(value);
    return [name, given[input] ?? inputs[input]?.default ?? assert.fail(input)];
  }));
  const paths = {RUNNER_TEMP: folder, GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary')};
  const ended = await new Promise<{code: number; stdout: string}>(resolve => { // GitHub's own way of starting bash
    execFile('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run ?? ''], {cwd: folder, env: {PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`, ...env, ...paths}}, (error, stdout) => resolve({code: error === null ? 0 : Number(error.code), stdout}));
  });
  assert.ok(!existsSync(join(folder, 'evil')));
  const lines = (await readFile(paths.GITHUB_OUTPUT, 'utf8')).trimEnd().split('\n');
  return {
    ...ended, told: (await readFile(join(folder, 'told'), 'utf8')).trimEnd().split('\n').map(line => line.replaceAll(folder, '~').replace(/kdiag-report\.\w+/, 'REPORT')),
    outputs: Object.fromEntries(lines.map(line => line.split('=') as [string, string])), summary: await readFile(paths.GITHUB_STEP_SUMMARY, 'utf8').catch(() => ''),
  };
}

const forms = ['-o', 'github', '-o', 'json=~/REPORT/report.json', '-o', 'sarif=~/REPORT/report.sarif', '-o', 'markdown=~/REPORT/report.md'];

test('it tells kdiag what the inputs say, and passes on how kdiag ended, the status and the report', async t => {
  const plain = await examined(t, {}, 1);
  assert.deepEqual([plain.code, plain.told, plain.outputs['status'], plain.outputs['exit-code'], plain.summary], [1, ['check', '--fail-on=error', ...forms], 'broken', '1', '# broken\n']);
  assert.equal(plain.stdout, '::error::a root cause\n');
  assert.match(plain.outputs['report'] ?? '', /report\.json$/);
  const other = await examined(t, {arguments: 'svc\nweb app:80\n\n-n\nshop', kubeconfig: '/k', context: 'a b', 'fail-on': 'warning', fail: 'false', summary: 'false'}, 1);
  assert.deepEqual([other.code, other.told, other.summary], [0, ['svc', 'web app:80', '-n', 'shop', '--kubeconfig=/k', '--context=a b', '--fail-on=warning', ...forms], '']);
});

test('what could not be examined is no success, and without a report there is no status', async t => {
  const wrong = await examined(t, {}, 2);
  assert.deepEqual([wrong.code, wrong.outputs, wrong.summary], [2, {status: '', 'exit-code': '2'}, '']);
  assert.equal((await examined(t, {}, 3)).code, 3);
});

test('no input is run', async t => {
  const hostile = '$(touch evil)`touch evil`"; touch evil #';
  assert.deepEqual((await examined(t, {arguments: hostile, context: hostile, 'fail-on': hostile, kubeconfig: hostile})).told, [hostile, `--kubeconfig=${hostile}`, `--context=${hostile}`, `--fail-on=${hostile}`, ...forms]);
});
