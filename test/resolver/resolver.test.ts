import assert from 'node:assert/strict';
import {test} from 'node:test';
import {prove} from './prove.ts';

const lookups = Number(process.env['RESOLVER_LOOKUPS'] ?? 1500);
const first = Number(process.env['RESOLVER_FIRST'] ?? 1);

/**
 * Needs root, and Debian's packages, which it installs: glibc, musl and busybox look up drawn names with drawn files, in network
 * namespaces of their own, and a server there writes down what it is asked. RESOLVER_LOOKUPS=20000 for a long run.
 */
test('glibc, musl and busybox ask what the model says, in that order, and end as it says', {timeout: 3_600_000}, async context => {
  const {compared, questions, disagreements, late, noticed, seconds} = await prove({lookups, seconds: lookups > 1500 ? Infinity : 240, first, rigs: 10, control: 40});
  context.diagnostic(`${Object.entries(compared).map(([client, count]) => `${client} ${count}`).join(', ')}: ${questions} questions in ${Math.round(seconds)} s; ${late} agreed later only; ${disagreements.length} disagreements`);
  for (const said of disagreements.slice(0, 5)) context.diagnostic(said);
  assert.equal(disagreements.length, 0);
  assert.ok(Object.values(compared).every(count => count >= 50), `too few: ${JSON.stringify(compared)}`);
  assert.ok(late <= lookups / 50, `${late} agreed later only: either the machine is too busy, or chance is in what is compared`);
  assert.ok(noticed >= 8, `the wrong libc's model was noticed only ${noticed} times of 40: the comparison sees nothing`);
});
