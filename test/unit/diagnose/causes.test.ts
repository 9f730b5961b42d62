import assert from 'node:assert/strict';
import {test} from 'node:test';
import {effectsOf} from '../../../src/diagnose/causes.ts';
import type {Finding} from '../../../src/findings/finding.ts';
import {levelOf} from '../../../src/findings/words.ts';
import {disagree, headless, missing, neverSynced, notExamined, podsNotReady, proxyMissing, refused, stale, warning} from './findings.ts';

const severity = {error: 0, warning: 1, info: 2} as const;
const effects = (finding: Finding, ...others: Finding[]): Finding[] => effectsOf(finding, [finding, ...others], each => severity[levelOf(each)]);

test('a kube-proxy that is missing explains what the rules of the same node lack, and no other node’s', () => {
  const here = [neverSynced('node1'), stale('node1'), missing('node1')];
  assert.deepEqual(effects(proxyMissing('node1'), ...here, stale('node2'), podsNotReady), here);
});

test('what concerns the whole Service explains it wherever it shows', () => {
  assert.deepEqual(effects(podsNotReady, disagree, stale('node1')), [disagree]);
  assert.deepEqual(effects(refused, notExamined('node1'), notExamined('node2'), stale('node1')), [notExamined('node1'), notExamined('node2')]);
});

test('a lesser finding never explains an error away', () => {
  assert.deepEqual(effects(warning(proxyMissing('node1')), stale('node1')), []);
  assert.deepEqual(effects(warning(proxyMissing('node1')), warning(stale('node1'))), [warning(stale('node1'))]);
});

test('nothing causes itself, and what causes nothing has no effects', () => {
  assert.deepEqual(effects(proxyMissing('node1'), proxyMissing('node2')), []);
  assert.deepEqual(effects(headless, stale('node1')), []);
});

test('no two codes cause each other: one of them has to be the root', () => {
  const all = [proxyMissing('n'), neverSynced('n'), stale('n'), missing('n'), notExamined('n'), refused, headless, podsNotReady, disagree];
  for (const a of all) for (const b of effects(a, ...all.filter(each => each !== a))) assert.ok(!effects(b, ...all.filter(each => each !== b)).includes(a), `${a.code} and ${b.code}`);
});
