import assert from 'node:assert/strict';
import {test} from 'node:test';
import {judge} from '../../../src/diagnose/verdict.ts';
import type {Finding} from '../../../src/findings/finding.ts';
import {headless, missing, neverSynced, notExamined, podsNotReady, proxyMissing, ran, stale, warning} from './findings.ts';

const roots = (...found: Finding[]): string[] => judge(found, []).rootCauses.map(({id}) => id);
const status = (found: Finding[], ...outcomes: Parameters<typeof ran>[0][]): string => judge(found, outcomes.map(outcome => ran(outcome))).status;

test('status: an error wins, then what could not be told, then a warning', () => {
  assert.equal(status([], 'pass', 'skipped'), 'healthy');
  assert.equal(status([headless], 'pass'), 'healthy', 'an info is no fault');
  assert.equal(status([warning(stale('n'))], 'warn', 'pass'), 'degraded');
  assert.equal(status([warning(stale('n'))], 'warn', 'unknown'), 'unknown');
  assert.equal(status([stale('n')], 'fail', 'unknown', 'crashed'), 'broken');
  assert.equal(status([], 'pass', 'crashed'), 'unknown', 'a check that crashed never passes');
  assert.equal(status([], 'unknown'), 'unknown');
});

test('what another finding explains is no root cause, and is still a finding', () => {
  const {rootCauses, findings} = judge([missing('n'), stale('n'), proxyMissing('n')], []);
  assert.deepEqual(rootCauses.map(({id}) => id), ['kube-proxy-missing/Node/n']);
  assert.deepEqual(rootCauses[0]?.explains, ['rules-missing-endpoint/Node/n', 'rules-stale-endpoint/Node/n']);
  assert.equal(findings.length, 3);
});

test('errors first, then what is certain, then what is upstream, then by name', () => {
  const likely: Finding = {...podsNotReady, confidence: 'likely'};
  assert.deepEqual(roots(warning(notExamined('b')), stale('b'), likely, stale('a'), podsNotReady), [
    'service-pods-not-ready/Service/shop/cart', 'rules-stale-endpoint/Node/a', 'rules-stale-endpoint/Node/b', 'service-pods-not-ready/Service/shop/cart', 'node-not-examined/Node/b',
  ]);
});

test('an info is never a root cause', () => assert.deepEqual(roots(headless), []));

test('the order in which things were found does not matter', () => {
  const found = [proxyMissing('a'), neverSynced('a'), stale('b'), missing('b'), podsNotReady, headless, warning(notExamined('c'))];
  const told = JSON.stringify(judge(found, []));
  for (let i = 0; i < found.length; i++) assert.equal(JSON.stringify(judge([...found.slice(i), ...found.slice(0, i)].toReversed(), [])), told);
});

test('a finding is told in words, with its page, and as data', () => {
  const [told] = judge([stale('node1')], []).findings;
  assert.equal(told?.docs, 'docs/findings/rules-stale-endpoint.md');
  assert.equal(told?.confidence, 'proven');
  assert.match(told?.message ?? '', /node1 sends 50 % .* 10\.244\.1\.9:80/);
  assert.deepEqual(told?.args['endpoints'], ['10.244.1.9:80']);
  assert.ok((told?.remedy.length ?? 0) > 0);
});
