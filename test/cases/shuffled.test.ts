import assert from 'node:assert/strict';
import {test} from 'node:test';
import {cases, diagnoseCase} from './case.ts';
import {shuffled} from './shuffled.ts';
import {worldOf} from './world.ts';

/** The report without what the clock says. */
const timeless = (report: object): string => JSON.stringify(report, (key, value: unknown) => (key === 'ms' ? 0 : value), 1);

for (const each of cases) {
  test(`${each.file}: the order of the input does not matter`, async () => {
    const plain = timeless(await diagnoseCase(each, worldOf(each.change ?? [], each.world)));
    for (const seed of [1, 2]) assert.equal(timeless(await diagnoseCase(each, worldOf(each.change ?? [], each.world, recording => shuffled(recording, seed)))), plain);
  });
}
