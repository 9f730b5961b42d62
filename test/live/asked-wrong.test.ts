import assert from 'node:assert/strict';
import {test} from 'node:test';
import {describeReport, diagnose, kdiag} from './kdiag.ts';

test('a name that is nearly right: the right one is named', {timeout: 60_000}, async () => {
  const found = await diagnose(['svc', 'hostname']);
  assert.equal(found.exit, 1, describeReport(found));
  assert.equal(found.report.verdict.rootCauses[0]?.code, 'service-not-found', describeReport(found));
  assert.match(found.text, /hostnames/);
});

test('a name from another namespace: that is named', {timeout: 60_000}, async () => {
  const found = await diagnose(['svc', 'kube-dns']);
  assert.equal(found.exit, 1, describeReport(found));
  assert.equal(found.report.verdict.rootCauses[0]?.code, 'service-not-found', describeReport(found));
  assert.match(found.text, /kube-system/);
});

test('a port that the Service has not: those that it has are named', {timeout: 60_000}, async () => {
  const found = await diagnose(['svc', 'hostnames:81']);
  assert.equal(found.exit, 1, describeReport(found));
  assert.equal(found.report.verdict.rootCauses[0]?.code, 'service-port-not-defined', describeReport(found));
});

for (const args of [['svc'], ['svc', 'hostnames', '--nonsense'], ['svc', 'hostnames', '-o', 'xml'], ['svc', 'hostnames', '--from', 'moon'], ['svc', 'hostnames', '--context', 'none-of-that-name'], ['svc', 'hostnames', '--kubeconfig', '/nonexistent']]) {
  test(`kdiag ${args.join(' ')}: exit 2, in words`, {timeout: 60_000}, async () => {
    const {code, stdout, stderr} = await kdiag(args);
    assert.equal(code, 2, stdout + stderr);
    assert.doesNotMatch(stdout + stderr, /\n\s+at .*\.(ts|js):\d+/, 'no stack');
  });
}

test('text on a pipe: no escape sequences, 80 columns, progress nowhere in stdout', {timeout: 60_000}, async () => {
  const {code, stdout} = await kdiag(['svc', 'hostnames']);
  assert.equal(code, 0, stdout);
  // oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
  assert.doesNotMatch(stdout, /\u001b/);
  assert.deepEqual(stdout.split('\n').filter(line => [...line].length > 80 && !/https?:|-A KUBE-/.test(line)), []);
});
