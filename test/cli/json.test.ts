import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {test} from 'node:test';
import {complaintsAbout} from '../unit/report/schema.ts';
import {complaintsAboutDiff} from '../unit/report/diff-schema.ts';
import {complaintsAboutResolve} from '../unit/report/resolve-schema.ts';
import {complaintsAboutTrace} from '../unit/report/trace-schema.ts';

const at = (path: string): string => new URL(`../../${path}`, import.meta.url).pathname;

/** What a program gets that starts kdiag: stdout, and nothing else on it. */
function kdiag(...args: string[]): Promise<{code: number; stdout: string; stderr: string}> {
  return new Promise(resolve => {
    execFile(process.execPath, [at('bin/dev.js'), ...args], {maxBuffer: 1e9}, (error, stdout, stderr) => resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}));
  });
}

test('stdout is one JSON document as the schema says, whatever is asked, and stderr has the rest', async () => {
  const recording = ['--recording', at('test/cases/healthy.kdiag'), '-o', 'json'];
  for (const [ask, code, status] of [[['svc', 'hostnames', '-v'], 0, 'healthy'], [['svc', 'nothing-of-that-name'], 1, 'broken'], [['svc', 'hostnames', '--from', 'pod/nobody'], 3, 'unknown']] as const) {
    const run = await kdiag(...ask, ...recording);
    const report = JSON.parse(run.stdout) as {status: string};
    assert.deepEqual([run.code, report.status, complaintsAbout(report)], [code, status, []], ask.join(' '));
    assert.equal(run.stderr.includes('kdiag: '), ask.includes('-v' as never), run.stderr);
  }
  const traced = await kdiag('svc', 'hostnames', '--trace', ...recording);
  assert.deepEqual([traced.code, complaintsAbout(JSON.parse(traced.stdout)), (JSON.parse(traced.stdout) as {traces: unknown[]}).traces.length], [0, [], 3]);
  const trace = await kdiag('trace', '--from', 'node/cp', '--to', 'svc/hostnames', ...recording);
  assert.deepEqual([trace.code, complaintsAboutTrace(JSON.parse(trace.stdout))], [0, []]);
  const resolve = await kdiag('resolve', 'web', '--resolv-conf', '/etc/resolv.conf', '-o', 'json');
  assert.deepEqual([resolve.code, complaintsAboutResolve(JSON.parse(resolve.stdout)), resolve.stderr], [0, [], '']);
  const healthy = at('test/replays/check/healthy.kdiag');
  const diff = await kdiag('diff', healthy, healthy, '-o', 'json');
  assert.deepEqual([diff.code, complaintsAboutDiff(JSON.parse(diff.stdout)), diff.stderr], [0, [], '']);
  const check = await kdiag('check', '--recording', healthy, '-o', 'json');
  assert.deepEqual([check.code, complaintsAbout(JSON.parse(check.stdout))], [0, []]);
  const demo = await kdiag('demo', '-o', 'json');
  assert.deepEqual([demo.code, complaintsAbout(JSON.parse(demo.stdout))], [0, []]);
});

test('a long report reaches a slow reader whole', async () => {
  const {stdout} = await new Promise<{stdout: string}>(resolve => {
    execFile('sh', ['-c', `'${process.execPath}' '${at('bin/dev.js')}' svc kubernetes --recording '${at('test/cases/healthy.kdiag')}' -o json | (sleep 1; cat)`], (_, text) => resolve({stdout: text}));
  });
  assert.deepEqual(complaintsAbout(JSON.parse(stdout)), []);
});
