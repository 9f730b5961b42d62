import assert from 'node:assert/strict';
import {globSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {parseDump, printDump} from '../../../src/parse/iptables.ts';
import {parseNftText, printNftText} from '../../../src/parse/nft-text.ts';
import {identity} from '../../fuzz/property.ts';

const folder = new URL('../../fixtures/', import.meta.url);
const file = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

for (const name of globSync('**/*.{txt,json}', {cwd: folder.pathname}).sort()) {
  test(`${name}: every parser takes it or refuses it, and what it took is printed as it was`, () => { identity(file(name)); });
}

/** Dumps that say themselves that rules are missing, or that no tool printed like this: nothing may be concluded from them. */
for (const name of globSync('hostile/iptables-*.txt', {cwd: folder.pathname}).filter(each => !/quotes|huge|utf8|nul/.test(each)).sort()) {
  test(`${name} proves nothing, and says why`, () => {
    const dump = parseDump(file(name));
    assert.ok(dump.strange.length > 0 || dump.tables.some(({complete}) => !complete));
    assert.equal(printDump(dump), file(name));
  });
}
for (const name of globSync('hostile/nft-*.txt', {cwd: folder.pathname}).filter(each => !/huge|utf8|nul/.test(each)).sort()) {
  test(`${name} proves nothing, and says why`, () => {
    const listing = parseNftText(file(name));
    assert.ok(listing.strange.length > 0);
    assert.equal(printNftText(listing), file(name));
  });
}

const rulesOf = (name: string) => parseDump(file(name)).tables.flatMap(({chains}) => [...chains.values()].flatMap(({rules}) => rules));
const unknown = (name: string): string[] => rulesOf(name).flatMap(({criteria, target}) => [...criteria, ...(target?.options ?? [])].filter(({known}) => !known).map(({option}) => option));

for (const name of globSync('iptables/{spelling,kube-proxy}*.txt', {cwd: folder.pathname}).sort()) {
  test(`${name}: every option is known, in this version's spelling, and nothing is strange`, () => {
    assert.deepEqual(unknown(name), []);
    assert.deepEqual(parseDump(file(name)).strange, []);
  });
}

test('what is not known is counted, each by its name', () => {
  assert.deepEqual(unknown('hostile/iptables-unknown.txt'), ['match', 'frob', 'nicate', 'ever', 'match', 'probability', 'mark', 'dport']);
  assert.deepEqual(parseNftText(file('hostile/nft-unknown.txt')).unparsed, ['frobnicate 3 drop', 'ip daddr nobody drop', 'jump', 'ct state new,frob accept']);
});

test('a rule with two targets, or none behind -j, or an open negation, has a target that nobody knows', () =>
  assert.deepEqual(rulesOf('hostile/iptables-unknown.txt').map(({target}) => target?.name ?? null), ['WHAT', 'DROP', 'DROP', 'DROP', 'ACCEPT -j DROP', '! -j DROP', '', null, 'DROP']));
