import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import * as fc from 'fast-check';
import {stringify} from 'yaml';
import {isDay} from '../../../src/accept/day.ts';
import {readSuppressions} from '../../../src/accept/suppressions-file.ts';
import {KdiagError} from '../../../src/kdiag-error.ts';
import {complaintsAboutSuppressions} from './suppressions-schema.ts';

const entry = {code: 'rules-stale-endpoint', subject: 'Node/node1', reason: 'a test cluster', expires: '2027-01-31'};
const head = 'apiVersion: kdiag/v1\nsuppress:\n';
/** A file with one entry, some of whose lines are others. */
const one = (...lines: readonly string[]): string => `${head}${lines.map((line, i) => `${i === 0 ? '  - ' : '    '}${line}\n`).join('')}`;
const [code, subject, reason, expires] = Object.entries(entry).map(([key, value]) => `${key}: ${value}`) as [string, string, string, string];

test('an entry as it stands in docs/accepting.md', () => {
  assert.deepEqual(readSuppressions(`# what we live with\n${one('code: kube-proxy-*', 'subject: "**"', 'reason: >-\n      two lines\n      of a reason', 'expires: 2028-02-29   # a leap year')}`, 'x.yaml'), [
    {file: 'x.yaml', line: 4, code: 'kube-proxy-*', subject: '**', reason: 'two lines of a reason', expires: '2028-02-29'},
  ]);
});

const good: Readonly<Record<string, string>> = {
  'one entry': one(code, subject, reason, expires),
  'no entries': 'apiVersion: kdiag/v1\nsuppress: []\n',
  'no list at all': 'apiVersion: kdiag/v1\n',
  'a byte order mark': `\ufeff${one(code, subject, reason, expires)}`,
  'Windows line ends': one(code, subject, reason, expires).replaceAll('\n', '\r\n'),
  'JSON, which is YAML': JSON.stringify({apiVersion: 'kdiag/v1', suppress: [entry]}),
  'all codes on any subject': one('code: "*"', 'subject: "**"', reason, expires),
  'a subject in a namespace': one(code, 'subject: Deployment/kube-system/core*', reason, expires),
  'a subject of any kind': one(code, 'subject: "*/shop/**"', reason, expires),
  'a reason in another script': one(code, subject, 'reason: 検査用', expires),
  'an alias': `apiVersion: kdiag/v1\nsuppress:\n  - {code: rules-stale-endpoint, subject: Node/a, reason: &why a test cluster, expires: 2027-01-31}\n  - {code: rules-stale-endpoint, subject: Node/b, reason: *why, expires: 2027-01-31}\n`,
  'YAML 1.1, in which a day would be no text': `%YAML 1.1\n---\n${one(code, subject, reason, expires)}`,
};
for (const [name, text] of Object.entries(good)) {
  test(`read: ${name}`, () => {
    assert.doesNotThrow(() => readSuppressions(text, '.kdiag.yaml'));
    assert.deepEqual(complaintsAboutSuppressions(text), [], 'and by the schema');
  });
}

/** What is wrong, the line that must be named, what is said, and what is said to be expected. */
const bad: readonly (readonly [string, string, number, RegExp, RegExp])[] = [
  ['an empty file', '', 1, /the file is empty/, /apiVersion: kdiag\/v1/],
  ['comments only', '# nothing\n\n', 1, /the file is empty/, /apiVersion/],
  ['a list', '- a\n- b\n', 1, /the file is no map/, /apiVersion/],
  ['no apiVersion', `suppress: []\n`, 1, /apiVersion is missing/, /kdiag\/v1/],
  ['another apiVersion', 'suppress: []\napiVersion: kdiag/v2\n', 2, /this apiVersion is not known/, /kdiag\/v1/],
  ['an unknown field of the file', 'apiVersion: kdiag/v1\nsupress: []\n', 2, /no field “supress”/, /suppress\?/],
  ['no list but a map', 'apiVersion: kdiag/v1\nsuppress:\n  code: x\n', 2, /suppress is no list/, /entries that begin/],
  ['nothing where the list should be', 'apiVersion: kdiag/v1\nsuppress:\n', 2, /suppress is no list/, /\[\] for none/],
  ['an entry that is a text', `${head}  - rules-stale-endpoint\n`, 3, /the entry is no map/, /code, subject, reason, expires/],
  ['an empty entry', `${head}  -\n`, 3, /the entry is empty/, /code, subject, reason, expires/],
  ['an unknown field of an entry', one(code, subject, reason, expires, 'until: 2027-01-31'), 7, /no field “until”/, /code, subject, reason, expires/],
  ['a field that is misspelt', one(code, subject, 'reasons: x', expires), 5, /no field “reasons”/, /Did you mean reason\?/],
  ['no code', one(subject, reason, expires), 3, /no code/, /kdiag explain/],
  ['no subject', one(code, reason, expires), 3, /no subject/, /KIND\/NAMESPACE\/NAME/],
  ['no reason', one(code, subject, expires), 3, /no reason/, /in a sentence/],
  ['no end', one(code, subject, reason), 3, /no expires/, /2027-01-31/],
  ['an empty reason', one(code, subject, 'reason: ""', expires), 5, /reason is empty/, /in a sentence/],
  ['a blank reason', one(code, subject, 'reason: "  "', expires), 5, /reason is empty/, /in a sentence/],
  ['a reason that is nothing', one(code, subject, 'reason:', expires), 5, /reason is no text/, /in quotes/],
  ['a reason that is a number', one(code, subject, 'reason: 42', expires), 5, /reason is no text/, /in quotes/],
  ['a reason that is a list', one(code, subject, 'reason: [a]', expires), 5, /reason is no text/, /in a sentence/],
  ['a subject without a kind', one(code, 'subject: kube-system/coredns', reason, expires), 4, /“kube-system\/coredns” is no subject/, /KIND\/NAME/],
  ['a subject without a name', one(code, 'subject: Node', reason, expires), 4, /“Node” is no subject/, /KIND\/NAME/],
  ['a subject of four parts', one(code, 'subject: A/b/c/d', reason, expires), 4, /is no subject/, /KIND\/NAME/],
  ['a subject with an empty part', one(code, 'subject: Service//cart', reason, expires), 4, /is no subject/, /KIND\/NAME/],
  ['a code with capitals', one('code: Rules-Stale', subject, reason, expires), 3, /“Rules-Stale” is no code/, /kube-proxy-\*/],
  ['a day that there is not', one(code, subject, reason, 'expires: 2027-02-29'), 6, /“2027-02-29” is no day/, /2027-01-31/],
  ['a month that there is not', one(code, subject, reason, 'expires: 2027-13-01'), 6, /is no day/, /2027-01-31/],
  ['a day in another form', one(code, subject, reason, 'expires: 31.1.2027'), 6, /is no day/, /2027-01-31/],
  ['an instant', one(code, subject, reason, 'expires: 2027-01-31T10:00:00Z'), 6, /is no day/, /2027-01-31/],
  ['no end but a number', one(code, subject, reason, 'expires: 2027'), 6, /expires is no text/, /2027-01-31/],
];
for (const [name, text, line, what, hint] of bad) {
  test(`refused, with the line: ${name}`, () => {
    const thrown = refusal(text);
    assert.ok(thrown.message.startsWith(`.kdiag.yaml, line ${line}: `), thrown.message);
    assert.match(thrown.message, what);
    assert.match(thrown.hint ?? '', hint);
    assert.notDeepEqual(complaintsAboutSuppressions(text), [], 'the schema accepts it');
  });
}

/** What a schema cannot see, or no YAML parser accepts. */
const beyondTheSchema: typeof bad = [
  ['a code that there is not', one('code: rules-stale-endpoints', subject, reason, expires), 3, /there is no finding “rules-stale-endpoints”/, /Did you mean rules-stale-endpoint or/],
  ['a pattern of no code', one('code: kube-prox-*', subject, reason, expires), 3, /there is no finding “kube-prox-\*”/, /Did you mean .*kube-proxy-/],
  ['a pattern that is like nothing', one('code: zzz*zzz', subject, reason, expires), 3, /there is no finding/, /kdiag explain lists them/],
  ['what kdiag says of suppressions', one('code: suppression-unused', subject, reason, expires), 3, /there is no finding/, /./],
  ['the same entry twice', `${one(code, subject, reason, expires)}  - {code: rules-stale-endpoint, subject: Node/node1, reason: other, expires: 2028-01-01}\n`, 7, /same code and subject as in line 3/, /one entry/],
  ['a pattern without quotes, which is an alias of nothing', one(code, 'subject: **', reason, expires), 4, /subject is no text/, /in quotes/],
  ['a field twice', one(code, subject, reason, expires, reason), 7, /broken YAML/, /docs\/accepting\.md/],
  ['two documents', `${one(code, subject, reason, expires)}---\na: b\n`, 7, /broken YAML/, /docs/],
  ['a tag that nobody knows', one(code, subject, 'reason: !secret x', expires), 5, /broken YAML/, /docs/],
  ['an open quote', one(code, subject, 'reason: "x', expires), 7, /broken YAML/, /docs/],
];
for (const [name, text, line, what, hint] of beyondTheSchema) {
  test(`refused by the reader alone: ${name}`, () => {
    const thrown = refusal(text);
    assert.ok(thrown.message.startsWith(`.kdiag.yaml, line ${line}: `), thrown.message);
    assert.match(thrown.message, what);
    assert.match(thrown.hint ?? '', hint);
  });
}

function refusal(text: string): KdiagError {
  try {
    readSuppressions(text, '.kdiag.yaml');
  } catch (error) {
    assert.ok(error instanceof KdiagError && error.exit === 2, String(error));
    return error;
  }
  return assert.fail('it was read');
}

test('days are those of the calendar, in the reader and in the schema', () => fc.assert(fc.property(fc.integer({min: 0, max: 9999}), fc.integer({min: 0, max: 14}), fc.integer({min: 0, max: 33}), (year, month, day) => {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  const exists = Number.isFinite(date.getTime()) && date.toISOString().startsWith(text);
  assert.equal(isDay(text), exists, text);
  assert.equal(complaintsAboutSuppressions(stringify({apiVersion: 'kdiag/v1', suppress: [{...entry, expires: text}]})).length === 0, exists, text);
}), {numRuns: 1000}));

test('whatever is in the file, it is read or refused, and what is read is valid by the schema', () => fc.assert(fc.property(fc.oneof(
  fc.string({unit: fc.constantFrom(...'apiVersionkdg/12suprexcjt: -\n"\'[]{}*&!|>#%?,'), maxLength: 60}),
  fc.tuple(fc.nat(6), fc.string({unit: fc.constantFrom(...'*:-\n "\'[]{}&!|>#%?,a0'), maxLength: 12})).map(([at, text]) => one(code, subject, reason, expires).split('\n').map((line, i) => (i === at ? `${line}${text}` : line)).join('\n')),
), text => {
  try {
    readSuppressions(text, 'x');
  } catch (error) {
    assert.ok(error instanceof KdiagError && error.exit === 2, String((error as Error).stack));
    return;
  }
  assert.deepEqual(complaintsAboutSuppressions(text), []);
}), {numRuns: 1500}));

test('a file that is nested too deeply is refused', () => assert.equal(refusal(`apiVersion: kdiag/v1\nsuppress: ${'['.repeat(200_000)}`).exit, 2));

test('the file in docs/accepting.md is read, and goes by the schema', () => {
  const [, sample = ''] = /```yaml\n([^]*?)```/.exec(readFileSync(new URL('../../../docs/accepting.md', import.meta.url), 'utf8')) ?? [];
  assert.deepEqual(readSuppressions(sample, 'x').map(({code, subject, expires}) => [code, subject, expires]), [['coredns-single-point-of-failure', 'Node/*', '2027-01-31'], ['service-pods-not-ready', 'Service/staging/**', '2026-12-31']]);
  assert.deepEqual(complaintsAboutSuppressions(sample), []);
});
