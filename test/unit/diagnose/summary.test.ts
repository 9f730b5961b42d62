import assert from 'node:assert/strict';
import {test} from 'node:test';
import {summaryOf} from '../../../src/diagnose/summary.ts';
import {judge} from '../../../src/diagnose/verdict.ts';
import type {Finding} from '../../../src/findings/finding.ts';
import {notExamined, podsNotReady, ran, stale, warning} from './findings.ts';

const roots = (...found: Finding[]) => judge(found, []).rootCauses;
const say = (...found: Finding[]): string => summaryOf('Service shop/cart', 'broken', roots(...found), []);

test('healthy: what that claim stands on', () => {
  assert.equal(summaryOf('Service shop/cart', 'healthy', [], [ran('pass'), ran('pass'), ran('skipped')]), 'Service shop/cart is healthy as far as kdiag looks: 2 checks passed');
});

test('broken: the first root cause, where else it is, and how many others there are', () => {
  const message = roots(stale('a'))[0]?.message;
  assert.equal(say(stale('a')), message);
  assert.equal(say(stale('a'), stale('b'), stale('c')), `${message} (the same on b, c)`);
  assert.match(say(podsNotReady, stale('a'), stale('b')), /^No pod of Service shop\/cart is ready.*; and 1 more root cause$/);
  assert.equal(say(stale('a'), warning(notExamined('b'))), message, 'a warning is no second root cause');
});

test('unknown: the first reason, and that there are more', () => {
  const unknown = (...whys: string[]): string => summaryOf('Service shop/cart', 'unknown', [], [ran('pass'), ...whys.map(why => ran('unknown', {why}))]);
  assert.equal(unknown('no answer'), 'kdiag could not tell whether Service shop/cart works: no answer');
  assert.equal(unknown('no answer', 'no answer', 'forbidden'), 'kdiag could not tell whether Service shop/cart works: no answer (and 1 more reason)');
  assert.equal(unknown('a', 'b', 'c'), 'kdiag could not tell whether Service shop/cart works: a (and 2 more reasons)');
  assert.match(unknown(), /nothing was examined$/);
});
