import assert from 'node:assert/strict';
import {test} from 'node:test';
import {checkNamespace, parseFrom, parseService} from '../../../src/cli/target.ts';
import {KdiagError} from '../../../src/kdiag-error.ts';

const wrong = (error: unknown): boolean => error instanceof KdiagError && error.exit === 2;

test('NAME[:PORT], also as kubectl writes it', () => {
  for (const [text, service, port] of [
    ['web', 'web', null], ['web:80', 'web', '80'], ['web:https', 'web', 'https'], ['svc/web', 'web', null], ['service/web:443', 'web', '443'], ['services/web', 'web', null],
    ['a-1', 'a-1', null], ['1a', '1a', null], ['web:65535', 'web', '65535'], ['web:8080-alt', 'web', '8080-alt'],
  ] as const) assert.deepEqual(parseService(text), {service, port}, text);
});

test('no names of Services', () => {
  for (const text of ['', ':80', 'Web', 'web_1', '-web', 'web-', 'a.b', 'shop/web', 'pod/web', 'web:', 'web:0', 'web:65536', 'web:99999999', 'web:-1', 'web:80:81', 'web:HTTP', 'a'.repeat(64), 'web\n', '../x', 'web 1']) {
    assert.throws(() => parseService(text), wrong, JSON.stringify(text));
  }
});

test('--from', () => {
  assert.equal(parseFrom(undefined, 'shop'), null);
  assert.deepEqual(parseFrom('node/ip-10-0-0-1.ec2.internal', 'shop'), {kind: 'node', name: 'ip-10-0-0-1.ec2.internal'});
  assert.deepEqual(parseFrom('pod/client', 'shop'), {kind: 'pod', namespace: 'shop', name: 'client'});
  assert.deepEqual(parseFrom('pod/other/client', 'shop'), {kind: 'pod', namespace: 'other', name: 'client'});
  for (const text of ['', 'node', 'node/', 'node/a/b', 'pod/', 'pod//x', 'pod/a/b/c', 'deploy/web', 'node/UPPER', 'pod/a.b/c', 'x', 'node/a b']) assert.throws(() => parseFrom(text, 'shop'), wrong, JSON.stringify(text));
});

test('namespaces', () => {
  assert.equal(checkNamespace('kube-system'), 'kube-system');
  for (const text of ['', 'A', 'a.b', 'a/b', '-a', 'a'.repeat(64)]) assert.throws(() => checkNamespace(text), wrong, JSON.stringify(text));
});
