import assert from 'node:assert/strict';
import {test} from 'node:test';
import {prove, summary, verdict} from './prove.ts';

/** A short run with a fixed seed; npm run test:kernel has the long one. Only what was drawn is fixed: the kernel's own draws are not. */
test('the kernel does with packets what the walk says', {timeout: 300_000}, async context => {
  const proof = await prove({packets: 4_000, seconds: 45, seed: 1, rigs: 2, first: 0, progress: line => context.diagnostic(line)});
  context.diagnostic(summary(proof));
  assert.ok(proof.tally.ruleSets >= 10, `only ${proof.tally.ruleSets} rule sets in ${Math.round(proof.seconds)} s: nothing is proved by so few`);
  assert.deepEqual(verdict(proof), []);
});
