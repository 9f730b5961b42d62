import assert from 'node:assert/strict';
import {test} from 'node:test';
import {codes} from '../../src/findings/words.ts';
import {cases} from './case.ts';

const codeOf = (finding: string): string => finding.split(' ')[0] ?? '';
const fired = new Set(cases.flatMap(({expect: {rootCauses = [], findings = [], infos = []}}) => [...rootCauses, ...findings, ...infos]).map(codeOf));
const silent = new Set(cases.flatMap(each => each.silent ?? []));

for (const code of codes) {
  test(`${code} has a case that fires it`, () => assert.ok(fired.has(code)));
  test(`${code} has a case that comes close and stays silent`, () => assert.ok(silent.has(code)));
}

test('cases speak of codes that there are', () => assert.deepEqual([...fired, ...silent].filter(code => !(codes as string[]).includes(code)), []));

test('a case is named after the code that it fires', () => {
  const astray = cases.filter(({folder, file, expect}) => folder === 'codes' && ![...expect.rootCauses ?? [], ...expect.findings ?? [], ...expect.infos ?? []].some(finding => file.startsWith(codeOf(finding))));
  assert.deepEqual(astray.map(({file}) => file), []);
});

test('a silent case finds no more than it says', () => {
  const loose = cases.filter(({folder, expect}) => folder === 'silent' && (expect.rootCauses !== undefined || expect.infos === undefined));
  assert.deepEqual(loose.map(({file}) => file), []);
});

test('no two cases have the same name or title', () => {
  for (const names of [cases.map(({file}) => file), cases.map(({title}) => title)]) assert.equal(new Set(names).size, names.length);
});
