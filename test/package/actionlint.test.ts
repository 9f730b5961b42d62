import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const linter = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';

/** What actionlint says of the workflow in a repository where `uses: ./` is this action. */
async function lint(folder: string, workflow: string): Promise<string> {
  await mkdir(join(folder, '.github/workflows'), {recursive: true});
  await mkdir(join(folder, '.git'), {recursive: true}); // by which it knows a repository
  await copyFile(join(root, 'action.yml'), join(folder, 'action.yml'));
  await writeFile(join(folder, '.github/workflows/cluster.yml'), workflow);
  return new Promise((resolve, reject) => {
    execFile('go', ['run', linter, '-shellcheck=', '-pyflakes='], {cwd: folder, env: {...process.env, GOFLAGS: '-mod=mod'}}, (error, stdout, stderr) => {
      if (error !== null && stdout === '') reject(new Error(`go run ${linter}: ${error.message}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

test('actionlint finds nothing in the example, nor in its use of the action', {timeout: 300_000}, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-actionlint-'));
  t.after(() => rm(folder, {recursive: true, force: true}));
  const example = await readFile(join(root, 'docs/examples/github-workflow.yml'), 'utf8');
  assert.equal(await lint(folder, example), '');
  const own = example.replace(/uses: OWNER\S+/, 'uses: ./');
  assert.equal(await lint(folder, own), '');
  assert.match(await lint(folder, own.replace('fail-on:', 'fails-on:')), /input "fails-on" is not defined in action "kdiag"/);
  assert.match(await lint(folder, own.replaceAll('outputs.sarif', 'outputs.serif')), /property "serif" is not defined/);
});
