import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Check, Result} from '../../../src/checks/check.ts';
import {known, unknown} from '../../../src/cluster/answer.ts';
import {type Ran, runCheck} from '../../../src/diagnose/run-checks.ts';
import type {Learned} from '../../../src/facts/facts.ts';
import {nodeSubject} from '../../../src/findings/finding.ts';
import {headless, podsNotReady, someCheck, stale, warning} from './findings.ts';

const run = (result: Partial<Result> | (() => Result), more: Partial<Check> = {}, learned: Learned = {}): Ran =>
  runCheck({...someCheck, ...more, run: typeof result === 'function' ? result : () => ({findings: [], ...result})}, learned);
const open = {subject: nodeSubject('node1'), unknown: unknown('timeout', 'no answer').unknown};

test('outcomes', () => {
  assert.equal(run({}).outcome, 'pass');
  assert.equal(run({findings: [stale('n')]}).outcome, 'fail');
  assert.equal(run({findings: [warning(stale('n'))]}).outcome, 'warn');
  assert.equal(run({findings: [headless]}).outcome, 'pass', 'an info is no fault');
  assert.equal(run({skipped: 'not asked'}).outcome, 'skipped');
  assert.equal(run({unknown: [open]}).outcome, 'unknown');
});

test('an error counts though another part could not be told; a warning does not hide that it could not', () => {
  const failed = run({findings: [stale('n')], unknown: [open]});
  assert.deepEqual([failed.outcome, failed.why, failed.untold], ['fail', null, 'node1: no answer']);
  assert.equal(run({findings: [stale('n')]}).untold, undefined);
  assert.equal(run({findings: [warning(stale('n'))], unknown: [open]}).outcome, 'unknown');
  assert.equal(run({skipped: 'x', findings: [stale('n')]}).outcome, 'fail');
});

test('a check that throws has crashed, and says so', () => {
  const {outcome, why, findings} = run(() => { throw new Error('boom'); });
  assert.deepEqual([outcome, why, findings], ['crashed', 'this is a bug of kdiag: boom', []]);
});

test('a check whose facts are not all known is not run', () => {
  const never = (): Result => assert.fail('it was run');
  const {outcome, why, unknowns} = run(never, {needs: ['service', 'pods']}, {service: known(null), pods: unknown('forbidden', 'pods are forbidden')});
  assert.deepEqual([outcome, why, unknowns.map(each => each.why)], ['unknown', 'pods are forbidden', ['forbidden']]);
  assert.equal(run(never, {needs: ['nodes']}).why, 'nodes was not learned');
});

test('it gets the value of what it needs, and the answer of what it hopes for', () => {
  const seen: unknown[] = [];
  const check: Check = {...someCheck, needs: ['service'], hopes: ['pods', 'nodes'], run: facts => { seen.push(facts); return {findings: []}; }};
  runCheck(check, {service: known(null), pods: unknown('forbidden', 'no'), now: known(new Date(0))});
  assert.deepEqual(seen, [{service: null, pods: unknown('forbidden', 'no'), nodes: unknown('not-asked', 'nodes was not learned')}]);
});

test('notes are for passes, and empty ones are none', () => {
  assert.equal(run({note: 'seen'}).note, 'seen');
  assert.equal(run({note: ''}).note, null);
  assert.equal(run({note: 'seen', findings: [stale('n')]}).note, null);
  assert.equal(run({note: 'seen', skipped: 'x'}).note, null);
});

test('the same reason on several nodes is told once', () => {
  const on = (name: string, detail: string) => ({subject: nodeSubject(name), unknown: unknown('timeout', detail).unknown});
  assert.equal(run({unknown: [on('a', 'no answer'), on('b', 'no answer'), on('c', 'node c is gone')]}).why, 'a, b: no answer; node c is gone');
});

test('findings come in a fixed order', () => {
  const found = [stale('b'), podsNotReady, stale('a')];
  assert.deepEqual(run({findings: found}).findings, run({findings: found.toReversed()}).findings);
});
