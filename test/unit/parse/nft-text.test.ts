import assert from 'node:assert/strict';
import {globSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {type Json, type JsonObject, type NftChain, type NftTable, parseRuleset} from '../../../src/parse/nft.ts';
import {parseNftText, printNftText} from '../../../src/parse/nft-text.ts';

const folder = new URL('../../fixtures/nft/', import.meta.url);
const file = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const both = globSync('both/*.txt', {cwd: folder.pathname}).map(name => name.replace(/\.txt$/, '')).sort();

for (const name of globSync('**/*.txt', {cwd: folder.pathname}).sort()) {
  test(`printing what was parsed gives ${name} back, byte for byte`, () => assert.equal(printNftText(parseNftText(file(name))), file(name)));
}

/** Counters differ: the two listings were taken one after the other. 1.0.6 has no JSON for updates of maps. */
function comparable(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(comparable);
  if (value === null || typeof value !== 'object') return value;
  const {counter, map, expires: _, ...rest} = value as JsonObject;
  if (counter !== undefined && typeof counter === 'object') return {...rest, counter: null};
  if (map !== null && typeof map === 'object' && 'op' in map) return {unparsed: 'update of a map'};
  if (typeof rest['unparsed'] === 'string' && rest['unparsed'].startsWith('update @m')) return {unparsed: 'update of a map'};
  return Object.fromEntries(Object.entries(map === undefined ? rest : {...rest, map}).map(([key, inner]) => [key, comparable(inner)]));
}

/** What extensions of iptables come to is told by the listing only where nft has words for them, and in JSON never. */
const native = ({statements}: NftChain['rules'][number]): boolean => !statements.some(statement => 'xt' in statement);

for (const name of both) {
  const [text, json] = [parseNftText(file(`${name}.txt`)), parseRuleset(file(`${name}.json`))];
  const theirs = (table: NftTable): NftTable => {
    const found = text.ruleset.tables.find(each => each.family === table.family && each.name === table.name);
    assert.ok(found, `${table.family} ${table.name}`);
    return found;
  };
  test(`${name}: the listing and its JSON say the same`, () => {
    assert.deepEqual([text.strange, text.unparsed], [[], []]);
    assert.equal(text.ruleset.tables.length, json.tables.length);
    let compared = 0;
    for (const table of json.tables) {
      const own = theirs(table);
      assert.deepEqual([...own.chains.keys()].sort(), [...table.chains.keys()].sort());
      assert.deepEqual([...own.sets.keys()].sort(), [...table.sets.keys()].sort());
      for (const [chain, {base, rules}] of table.chains) {
        assert.deepEqual(own.chains.get(chain)?.base, base, chain);
        const listed = own.chains.get(chain)?.rules ?? [];
        assert.equal(listed.length, rules.length, chain);
        for (const [i, rule] of rules.entries()) {
          if (!native(rule)) continue;
          assert.deepEqual(comparable(listed[i]?.statements ?? null), comparable(rule.statements));
          assert.equal(listed[i]?.comment, rule.comment);
          compared++;
        }
      }
      for (const [set, {elements, isMap}] of table.sets) {
        assert.deepEqual(comparable(own.sets.get(set)?.elements ?? null), comparable(elements), set);
        assert.equal(own.sets.get(set)?.isMap, isMap);
      }
    }
    assert.ok(compared > 5);
  });
}

const inTable = (rule: string): string => `table inet t {\n\tchain c {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\t${rule}\n\t}\n}\n`;
const statements = (rule: string): readonly JsonObject[] => parseNftText(inTable(rule)).ruleset.tables[0]?.chains.get('c')?.rules[0]?.statements ?? [];
const port = {match: {op: '==', left: {payload: {protocol: 'tcp', field: 'dport'}}, right: 80}};
const rules: readonly (readonly [why: string, rule: string, statements: readonly JsonObject[]])[] = [
  ['what is not understood is kept with all that follows', 'tcp dport 80 frobnicate 3 accept', [port, {unparsed: 'frobnicate 3 accept'}]],
  ['a missing value is not guessed', 'tcp dport accept', [{unparsed: 'tcp dport accept'}]],
  ['nor an address that is none', 'ip daddr 10.0.0.1/8/9 drop', [{unparsed: 'ip daddr 10.0.0.1/8/9 drop'}]],
  ['a quote that does not end', 'tcp dport 80 log prefix "x drop', [port, {unparsed: 'log prefix "x drop'}]],
  ['a map without values', 'tcp dport vmap { 80, 81 }', [{unparsed: 'tcp dport vmap { 80, 81 }'}]],
  ['two blanks: an extension of iptables that nft printed nothing for', 'tcp dport 80  drop', [port, {xt: null}, {drop: null}]],
  ['the same at the beginning', ' drop', [{xt: null}, {drop: null}]],
  ['the same at the end', 'counter packets 0 bytes 0 ', [{counter: {packets: 0, bytes: 0}}, {xt: null}]],
  ['older names of extensions', 'tcp dport 80 # xt_recent drop', [port, {xt: {name: 'recent'}}, {drop: null}]],
  ['newer names of extensions', 'xt target "MASQUERADE"', [{xt: {type: 'target', name: 'MASQUERADE'}}]],
  ['marks in the words of iptables-translate', 'meta mark set mark or 0x4000', [{mangle: {key: {meta: {key: 'mark'}}, value: {'|': [{meta: {key: 'mark'}}, 16384]}}}]],
  ['flags as 1.0.9 writes them', 'tcp flags & (fin | syn) == syn', [{match: {op: '==', left: {'&': [{payload: {protocol: 'tcp', field: 'flags'}}, {'|': ['fin', 'syn']}]}, right: 'syn'}}]],
  ['tcp as a protocol, not as the beginning of a port', 'ip protocol tcp tcp dport 80', [{match: {op: '==', left: {payload: {protocol: 'ip', field: 'protocol'}}, right: 'tcp'}}, port]],
  ['reject with type, as 0.9 writes it', 'reject with icmp type host-prohibited', [{reject: {type: 'icmp', expr: 'host-prohibited'}}]],
  ['maps to addresses with ports, as 0.9 writes them', 'dnat ip addr . port to ip saddr map @m', [{dnat: {family: 'ip', addr: {map: {key: {payload: {protocol: 'ip', field: 'saddr'}}, data: '@m'}}}}]],
  ['a range of addresses and ports', 'dnat ip to 10.0.0.1-10.0.0.9:80-90 random,persistent', [{dnat: {family: 'ip', addr: {range: ['10.0.0.1', '10.0.0.9']}, port: {range: [80, 90]}, flags: ['random', 'persistent']}}]],
  ['queues are not followed', 'queue flags bypass to 0', [{unparsed: 'queue flags bypass to 0'}]],
];
for (const [why, rule, expected] of rules) test(`${why}: ${rule.trim()}`, () => assert.deepEqual(statements(rule), expected));

test('a warning of stderr in the midst of a rule changes nothing', () =>
  assert.deepEqual(statements('tcp dport# Warning: table ip nat is managed by iptables-nft, do not touch!\n 80 accept'), [port, {accept: null}]));

test('handles and comments are told', () => {
  const rule = parseNftText(inTable('tcp dport 80 accept comment "why # { not" # handle 7')).ruleset.tables[0]?.chains.get('c')?.rules[0];
  assert.deepEqual([rule?.comment, rule?.handle, rule?.statements.length], ['why # { not', 7, 2]);
});

test('a set with an element that is not understood has no known contents', () => {
  const {ruleset, unparsed, strange} = parseNftText('table ip t {\n\tset s {\n\t\ttype ipv4_addr\n\t\telements = { 10.0.0.1, 10.0.0.2 frobnicated }\n\t}\n}\n');
  assert.deepEqual([ruleset.tables[0]?.sets.size, unparsed, strange], [0, ['elements = { 10.0.0.1, 10.0.0.2 frobnicated }'], []]);
});

test('a dormant table has no chain that the kernel enters', () => {
  const {ruleset, strange} = parseNftText(inTable('drop').replace('\tchain', '\tflags dormant\n\n\tchain'));
  assert.deepEqual([ruleset.tables[0]?.chains.get('c')?.base, strange], [null, []]);
});

const proveNothing: readonly (readonly [why: string, text: string])[] = [
  ['a cut', inTable('drop').slice(0, -3)],
  ['a cut within elements', 'table ip t {\n\tset s {\n\t\ttype ipv4_addr\n\t\telements = { 10.0.0.1,\n'],
  ['a chain that is entered nobody knows where', inTable('drop').replace('forward', 'forewarn')],
  ['the same, misspelt in another place', inTable('drop').replace('type filter', 'tyqe filter')],
  ['an unknown policy', inTable('drop').replace('accept;', 'maybe;')],
  ['an unknown block', inTable('drop').replace('chain c', 'chime c')],
  ['an unknown family', inTable('drop').replace('inet', 'inert')],
  ['a line outside of all tables', `Error: something\n${inTable('drop')}`],
  ['one end too many', `${inTable('drop')}}\n`],
  ['the same set twice', 'table ip t {\n\tset s {\n\t\ttype ipv4_addr\n\t}\n\tset s {\n\t\ttype ipv4_addr\n\t}\n}\n'],
];
for (const [why, text] of proveNothing) {
  test(`${why} is told, and nothing is lost`, () => {
    const listing = parseNftText(text);
    assert.ok(listing.strange.length > 0);
    assert.equal(printNftText(listing), text);
  });
}
