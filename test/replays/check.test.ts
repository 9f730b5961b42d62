import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test, type TestContext} from 'node:test';
import {complaintsAbout} from '../unit/report/schema.ts';
import {threeFaults} from './check-faults.ts';
import type {Report} from '../../src/diagnose/report.ts';

const root = join(import.meta.dirname, '../..');
const recording = (name: string): string => join(import.meta.dirname, 'check', `${name}.kdiag`);

interface Ended {readonly exit: number | null; readonly stdout: string; readonly stderr: string}

function kdiag(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise(resolve => {
    execFile(process.execPath, [join(root, 'bin/dev.js'), ...args], {cwd, env: {...process.env, ...env}, maxBuffer: 64 * 1024 * 1024}, (error, stdout, stderr) =>
      resolve({exit: error === null ? 0 : typeof error.code === 'number' ? error.code : null, stdout, stderr}));
  });
}

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-check-'));
  t.after(() => rm(folder, {recursive: true}));
  return folder;
}

const json = async (args: readonly string[], cwd: string): Promise<{readonly exit: number | null; readonly report: Report}> => {
  const {exit, stdout, stderr} = await kdiag(['check', ...args, '-o', 'json'], cwd);
  assert.match(stdout, /^\{/, stderr);
  const report = JSON.parse(stdout) as Report;
  assert.deepEqual(complaintsAbout(report), []);
  return {exit, report};
};

test('a healthy cluster: 0, and nothing said', async t => {
  const {exit, report} = await json(['--recording', recording('healthy')], await folderOf(t));
  assert.deepEqual([exit, report.status, report.findings], [0, 'healthy', []]);
  assert.deepEqual(report.services?.map(({namespace, name, state, predicted}) => [`${namespace}/${name}`, state, predicted]), [['default/hostnames', 'works', 1], ['default/kubernetes', 'works', 1], ['kube-system/kube-dns', 'works', 1]]);
  assert.deepEqual([report.nodes?.length, report.pairs?.every(({tries, ok}) => tries > 0 && ok === tries)], [3, true]);
});

test('three unrelated faults are three root causes, each once, with the Services that each breaks', async t => {
  const {exit, report} = await json(['--recording', recording('three-unrelated-faults')], await folderOf(t));
  assert.deepEqual([exit, report.status], [1, 'broken']);
  assert.deepEqual(report.verdict.rootCauses.map(({code, breaks}) => [code, breaks]), threeFaults);
  assert.equal(report.services?.filter(({state}) => state === 'broken').length, 5);
});

test('every form names the three, and the exit status is the same', async t => {
  const folder = await folderOf(t);
  const file = recording('three-unrelated-faults');
  const forms = ['text', 'wide', 'json', 'junit', 'sarif', 'github', 'markdown', 'html', 'prometheus'];
  const summary = join(folder, 'summary.md');
  await writeFile(summary, 'an earlier step\n');
  const together = await kdiag(['check', '--recording', file, ...forms.flatMap(form => ['-o', `${form}=${form}.out`])], folder, {GITHUB_STEP_SUMMARY: summary});
  assert.equal(together.exit, 1, together.stderr);
  for (const form of forms) {
    const written = await readFile(join(folder, `${form}.out`), 'utf8');
    for (const [code] of threeFaults) assert.ok(written.includes(code), `${form} names ${code}`);
  }
  assert.match(together.stdout, /^✘ /, 'beside files people get a text');
  assert.match(await readFile(summary, 'utf8'), /^an earlier step\n[^]*rules-hook-missing/);
  const alone = await kdiag(['check', '--recording', file, '-o', 'github'], folder);
  assert.deepEqual([alone.exit, alone.stdout], [1, await readFile(join(folder, 'github.out'), 'utf8')]);
});

test('what is accepted does not count, what is new does, and an entry that is over comes back as a warning', async t => {
  const folder = await folderOf(t);
  const file = recording('three-unrelated-faults');
  const entry = (code: string, expires: string): string => `  - {code: ${code}, subject: '**', reason: known, expires: ${expires}}\n`;
  await writeFile(join(folder, '.kdiag.yaml'), `apiVersion: kdiag/v1\nsuppress:\n${entry('rules-hook-missing', '2099-12-31')}${entry('service-target-port-not-listening', '2099-12-31')}`);
  const two = await json(['--recording', file], folder);
  assert.deepEqual([two.exit, two.report.verdict.rootCauses.map(({code}) => code)], [1, ['service-selector-matches-no-pod']]);
  assert.ok(two.report.accepted?.some(({finding}) => finding.code === 'dns-vip-not-answering'), 'what follows from it goes with it');
  await writeFile(join(folder, 'all.yaml'), `apiVersion: kdiag/v1\nsuppress:\n${threeFaults.map(([code], i) => entry(code, i === 0 ? '2026-01-31' : '2099-12-31')).join('')}`);
  const over = await json(['--recording', file, '--suppressions', 'all.yaml'], folder);
  assert.deepEqual([over.exit, over.report.status, over.report.verdict.rootCauses.map(({code, level}) => [code, level])], [0, 'degraded', [[threeFaults[0]?.[0], 'warning']]]);
  const wrong = await kdiag(['check', '--recording', file, '--baseline', 'all.yaml'], folder);
  assert.equal(wrong.exit, 2, wrong.stderr);
  await rm(join(folder, '.kdiag.yaml'));
  await kdiag(['check', '--recording', file, '-o', 'json=before.json'], folder);
  const same = await json(['--recording', file, '--baseline', 'before.json'], folder);
  assert.deepEqual([same.exit, same.report.findings.filter(({level}) => level !== 'info')], [0, []]);
  await kdiag(['check', '--recording', recording('healthy'), '-o', 'json=well.json'], folder);
  assert.equal((await json(['--recording', file, '--baseline', 'well.json'], folder)).exit, 1);
  const diff = await kdiag(['diff', recording('healthy'), file], folder);
  assert.equal(diff.exit, 1, diff.stderr);
  for (const [code] of threeFaults) assert.ok(diff.stdout.includes(code), `diff names ${code}`);
});

test('some checks, some Services', async t => {
  const folder = await folderOf(t);
  const file = recording('three-unrelated-faults');
  const only = await json(['--recording', file, '--only', 'selector-matches-pods'], folder);
  assert.deepEqual([only.exit, only.report.checks.map(({id}) => id), only.report.verdict.rootCauses.map(({code}) => code)], [1, ['selector-matches-pods'], ['service-selector-matches-no-pod']]);
  const without = await json(['--recording', file, '--skip', 'selector-matches-pods,endpoints-take-connections', '--skip', 'rules-hooked'], folder);
  assert.ok(!without.report.findings.some(({code}) => threeFaults.some(([each]) => each === code)));
  const elsewhere = await json(['--recording', file, '-n', 'kube-system'], folder);
  assert.deepEqual([elsewhere.report.services?.map(({name}) => name), elsewhere.report.verdict.rootCauses.map(({code}) => code)], [['kube-dns'], ['rules-hook-missing']]);
  for (const [args, why] of [[['--only', 'rules-hookd'], /no check “rules-hookd”[^]*rules-hooked/], [['-l', 'a in (b)'], /no selector/], [['--nodes', 'Node!'], /no name of a node/], [['-o', 'json', '-o', 'sarif'], /only one of/], [['--wait', '1m'], /--wait/]] as const) {
    const {exit, stderr} = await kdiag(['check', '--recording', file, ...args], folder);
    assert.equal(exit, 2, args.join(' '));
    assert.match(stderr, why);
  }
});

test('of a namespace whose Services have no rules, DNS and the way to the API server are still followed through the rules', async t => {
  const {report} = await json(['--recording', recording('three-unrelated-faults'), '-l', 'app=none-has-this'], await folderOf(t));
  assert.deepEqual([report.services, report.verdict.rootCauses.map(({code}) => code)], [[], ['rules-hook-missing']]);
});
