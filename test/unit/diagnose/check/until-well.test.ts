import assert from 'node:assert/strict';
import {test} from 'node:test';
import {untilWell} from '../../../../src/diagnose/check/until-well.ts';
import type {Report} from '../../../../src/diagnose/report.ts';

const reports = (...summaries: string[]): (() => Promise<Report>) => {
  const left = [...summaries];
  return async () => ({verdict: {summary: left.length > 1 ? left.shift() : left[0], rootCauses: []}}) as unknown as Report;
};
const isWell = ({verdict}: Report): boolean => verdict.summary === 'well';

test('without time to wait one look is all', async () => {
  const told: string[] = [];
  assert.equal((await untilWell(reports('ill', 'well'), 0, isWell, text => told.push(text))).verdict.summary, 'ill');
  assert.deepEqual(told, []);
});

test('it looks again until all is well; what is wrong is told when it changes', async () => {
  const told: string[] = [];
  assert.equal((await untilWell(reports('ill', 'ill', 'iller', 'well', 'ill'), 300, isWell, text => told.push(text), 1)).verdict.summary, 'well');
  assert.deepEqual(told, ['ill', 'iller']);
});
