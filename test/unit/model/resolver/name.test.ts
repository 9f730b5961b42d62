import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as fc from 'fast-check';
import {isAddress, labelsOf, readName, wireLength} from '../../../../src/model/resolver/name.ts';

const label = (length: number): string => 'a'.repeat(length);
const faultOf = (text: string): unknown => { const name = readName(text); return 'fault' in name ? name.fault : null; };

test('names that can be asked for', () => {
  for (const text of ['whoami', 'whoami.default', '_http._tcp.web.shop.svc.cluster.local', 'a\\.b.c', 'a\\046b', '.', `${label(63)}.b`, [63, 63, 63, 61].map(label).join('.'), '*.a', '-a']) assert.equal(faultOf(text), null, text);
  assert.deepEqual(readName('whoami.default'), {text: 'whoami.default', absolute: false, dots: 1});
  assert.deepEqual(readName('a.b.'), {text: 'a.b.', absolute: true, dots: 2});
  assert.deepEqual(readName('a\\.'), {text: 'a\\.', absolute: false, dots: 1});
  assert.deepEqual(readName('a\\\\.'), {text: 'a\\\\.', absolute: true, dots: 1});
});

test('names that cannot', () => {
  assert.equal(faultOf(''), 'empty');
  for (const text of ['a..b', '.a', 'a..', '..']) assert.equal(faultOf(text), 'empty-label', text);
  assert.deepEqual(readName(`x.${label(64)}.b`), {fault: 'label-too-long', label: label(64), octets: 64});
  assert.deepEqual(readName([63, 63, 63, 62].map(label).join('.')), {fault: 'too-long', octets: 256});
  assert.deepEqual(readName('a\\25.b'), {fault: 'bad-escape', escape: '\\25'});
  for (const text of ['a\\', 'a\\256', 'a\\1']) assert.equal(faultOf(text), 'bad-escape', text);
  for (const text of ['a b', 'a\tb', 'a\n', '\0', 'a\u007f']) assert.equal(faultOf(text), 'control-or-blank', JSON.stringify(text));
});

test('a name that is not ASCII is told with its form for DNS', () => {
  assert.deepEqual(readName('münchen.example'), {fault: 'not-ascii', ascii: 'xn--mnchen-3ya.example'});
  assert.deepEqual(readName('пример.'), {fault: 'not-ascii', ascii: 'xn--e1afmkfd.'});
  assert.deepEqual(readName('ü/x'), {fault: 'not-ascii', ascii: null});
  assert.deepEqual(readName('ü\\.x'), {fault: 'not-ascii', ascii: null});
});

test('addresses as inet_aton(3) and inet_pton(3) read them', () => {
  for (const text of ['10.0.0.1', '127.1', '10', '0x7f.1', '0177.0.0.1', '4294967295', '1.2.65535', '::1', 'fd00::10', 'fe80::1%eth0', '::ffff:10.0.0.1']) assert.ok(isAddress(text), text);
  for (const text of ['10.0.0.256', '1.2.3.4.5', '10.0.0.', 'a', '', '08', '4294967296', '1.2.65536', '0x', 'fd00::g', '1.2.3.4x']) assert.ok(!isAddress(text), text);
});

test('labels joined are the name, whatever it is', () => fc.assert(fc.property(fc.string({unit: fc.constantFrom('a', '.', '\\', '0', '4', '6', '_'), maxLength: 20}), text => {
  const name = readName(text);
  if ('fault' in name || text === '.') return;
  assert.equal(labelsOf(text).join('.') + (name.absolute ? '.' : ''), text);
  assert.ok(wireLength(labelsOf(text)) <= 255);
}), {numRuns: 2000}));
