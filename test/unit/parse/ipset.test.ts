import assert from 'node:assert/strict';
import {globSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {parseSets, printSets} from '../../../src/parse/ipset.ts';

const folder = new URL('../../fixtures/ipset/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

for (const name of globSync('*.txt', {cwd: folder.pathname}).sort()) {
  test(`printing what was parsed gives ${name} back, byte for byte`, () => assert.equal(printSets(parseSets(read(name))), read(name)));
}

test('sets, their types and members', () => {
  const {sets, strange} = parseSets(read('kube-proxy.txt'));
  assert.deepEqual(strange, []);
  assert.equal(sets.size, 34);
  assert.deepEqual([...new Set([...sets.values()].map(({type}) => type))].sort(), ['bitmap:port', 'hash:ip', 'hash:ip,port', 'hash:ip,port,ip', 'hash:ip,port,net']);
  assert.deepEqual(sets.get('KUBE-NODE-PORT-TCP')?.members.map(({element}) => element), ['30080', '30081', '30082']);
});

test('options of a member are kept, and a line that is neither create nor add is strange', () => {
  const {sets, strange} = parseSets(read('hand-made.txt'));
  assert.deepEqual(sets.get('blocked')?.members, [{element: '192.0.2.0/24', options: ' timeout 12 comment "seen \\"twice\\" by the guard"'}]);
  assert.deepEqual(strange, ['something that ipset does not print']);
});

test('a member of a set that was not created is strange', () => assert.deepEqual(parseSets('add nowhere 10.0.0.1').strange, ['add nowhere 10.0.0.1']));
