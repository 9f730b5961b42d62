import assert from 'node:assert/strict';
import {globSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {parseDump, printDump, type Rule} from '../../../src/parse/iptables.ts';

const folder = new URL('../../fixtures/iptables/', import.meta.url);
const dump = (name: string) => readFileSync(new URL(name, folder), 'utf8');

for (const name of globSync('*.txt', {cwd: folder.pathname}).sort()) {
  test(`printing what was parsed gives ${name} back, byte for byte`, () => assert.equal(printDump(parseDump(dump(name))), dump(name)));
}

const handMade = parseDump(dump('hand-made.txt'));
const rules = handMade.tables.flatMap(({chains}) => [...chains.values()].flatMap(chain => chain.rules));
const rule = (part: string): Rule => {
  const found = rules.find(({raw}) => raw.includes(part));
  assert.ok(found, part);
  return found;
};

test('tables, chains and policies', () => {
  assert.deepEqual(handMade.tables.map(({name, complete}) => [name, complete]), [['raw', true], ['nat', true], ['filter', false]]);
  assert.equal(handMade.tables[2]?.chains.get('FORWARD')?.policy, 'DROP');
  assert.equal(handMade.tables[1]?.chains.get('DOCKER')?.policy, null);
  assert.equal(handMade.tables[1]?.chains.get('PREROUTING')?.rules.length, 5);
});

test('a line that is no rule is kept apart, not dropped', () => assert.deepEqual(handMade.strange, ['something that is no rule']));

test('counters before a rule do not hide it', () => assert.equal(rule('169.254.20.10').target?.name, 'NOTRACK'));

test('quotes and backslashes within comments', () => assert.equal(rule('hello').comment, 'says "hello" and \\ back'));

test('negation, before the option and in the old place after it', () => {
  assert.deepEqual(rule('! -i docker0').criteria[0], {option: 'in-interface', negated: true, values: ['docker0'], known: true});
  assert.deepEqual(rule('--dport ! 22').criteria.at(-1), {option: 'dport', negated: true, values: ['22'], known: true});
});

test('unknown options are kept with all their words, and known to be unknown', () => {
  assert.deepEqual(rule('match-set').criteria.at(-1), {option: 'match-set', negated: true, values: ['KUBE-LOOP-BACK', 'dst,dst,src'], known: true});
  const weird = rule('frobnicate');
  assert.deepEqual(weird.criteria.filter(({known}) => !known).map(({option, values}) => [option, values]), [['frobnicate', ['two words', 'three']], ['other', ['4']]]);
  assert.deepEqual(weird.target, {name: 'WEIRD', goto: false, options: [{option: 'to', negated: false, values: ['the-moon'], known: false}]});
});

test('goto is told from jump', () => assert.equal(rule('NOWHERE').target?.goto, true));

test('every option of the dumps of kube-proxy is known, but for ipsets', () => {
  for (const name of ['kube-proxy-iptables-nft.txt', 'kube-proxy-iptables-legacy.txt']) {
    const unknown = parseDump(dump(name)).tables.flatMap(({chains}) => [...chains.values()].flatMap(chain => chain.rules.flatMap(({criteria, target}) => [...criteria, ...(target?.options ?? [])].filter(each => !each.known).map(({option}) => option))));
    assert.deepEqual(unknown, [], name);
  }
});
