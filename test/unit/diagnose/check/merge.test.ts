import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Check} from '../../../../src/checks/check.ts';
import {mergedRuns, togetherIn} from '../../../../src/diagnose/check/merge.ts';
import type {Part} from '../../../../src/diagnose/check/parts.ts';
import type {Ran} from '../../../../src/diagnose/run-checks.ts';
import {judge} from '../../../../src/diagnose/verdict.ts';
import {disagree, missing, podsNotReady, proxyMissing, ran, someCheck} from '../findings.ts';

const part = (service: string, own: Ran, kind: Part['kind'] = 'service'): Part => ({kind, service, ran: [own], learned: {}});
const one = (parts: readonly Part[]): Ran => mergedRuns(parts, [someCheck])[0]!;

test('what is wrong anywhere is wrong; what could not be told anywhere is no pass', () => {
  const outcomes = (...all: Ran['outcome'][]): Ran['outcome'] => one(all.map((outcome, i) => part(`shop/${i}`, ran(outcome, {why: 'w'})))).outcome;
  assert.equal(outcomes('pass', 'fail', 'unknown', 'warn'), 'fail');
  assert.equal(outcomes('pass', 'warn', 'unknown'), 'unknown');
  assert.equal(outcomes('pass', 'crashed', 'warn'), 'crashed');
  assert.equal(outcomes('pass', 'warn', 'skipped'), 'warn');
  assert.equal(outcomes('skipped', 'pass'), 'pass');
  assert.equal(outcomes('skipped', 'skipped'), 'skipped');
});

test('a finding of several questions is told once, and none is lost', () => {
  const {findings} = one([part('shop/a', ran('fail', {findings: [podsNotReady, missing('n')]})), part('shop/b', ran('fail', {findings: [missing('n'), disagree]}))]);
  assert.deepEqual(findings.map(({code}) => code).sort(), ['endpoints-disagree-with-pods', 'rules-missing-endpoint', 'service-pods-not-ready']);
});

test('of many Services their number is told; why it could not be told with the first of them', () => {
  assert.equal(one(['a', 'b', 'c'].map(name => part(`shop/${name}`, ran('pass', {note: '3 of 3'})))).note, 'of 3 Services');
  assert.equal(one([part('shop/a', ran('pass', {note: '3 of 3'}))]).note, '3 of 3');
  assert.equal(one([part('', ran('pass', {note: 'on 3 nodes'}), 'nodes'), part('shop/a', ran('pass', {note: '1'}))]).note, 'on 3 nodes');
  assert.equal(one([...['a', 'b'].map(name => part(`shop/${name}`, ran('unknown', {why: 'no right'}))), part('shop/c', ran('unknown', {why: 'a timeout'})), part('shop/d', ran('pass'))]).why, 'shop/a and 1 more Services: no right; shop/c: a timeout');
});

test('checks that were not asked for are not there', () => {
  const other: Check = {...someCheck, id: 'other'};
  assert.deepEqual(mergedRuns([part('shop/a', ran('pass'))], [other, someCheck]).map(({check}) => check.id), ['some-check']);
});

test('what one Service suffers from does not explain another one; what is found on a node explains what follows there', () => {
  const disagreeing = {...disagree, subject: {...disagree.subject, name: 'till'}};
  const apart = [part('shop/cart', ran('fail', {findings: [{...podsNotReady, code: 'service-pods-not-running', args: {...podsNotReady.args, reason: 'crash-loop'}} as never]})), part('shop/till', ran('fail', {findings: [{...disagreeing, code: 'endpoint-not-answering', args: {reason: 'refused', service: 'shop/till', port: '80', endpoints: [], all: true, failure: ''}} as never]}))];
  const found = apart.flatMap(({ran: all}) => all.flatMap(({findings}) => findings));
  assert.equal(judge(found, []).rootCauses.length, 1, 'of one question the first would explain the second');
  assert.equal(judge(found, [], togetherIn(apart)).rootCauses.length, 2);
  const nodes = [part('', ran('fail', {findings: [proxyMissing('n')]}), 'nodes'), part('kube-system/kube-dns', ran('fail', {findings: [missing('n')]}), 'dns')];
  assert.deepEqual(judge(nodes.flatMap(({ran: all}) => all.flatMap(({findings}) => findings)), [], togetherIn(nodes)).rootCauses.map(({code}) => code), ['kube-proxy-missing']);
});
