import assert from 'node:assert/strict';
import {test} from 'node:test';
import {equal, fraction, one, plus, zero} from '../../../src/model/fraction.ts';
import {isPerClient, schedule} from '../../../src/model/ipvs/schedule.ts';
import type {VirtualServer} from '../../../src/parse/ipvs.ts';

const server = (scheduler: string, weights: readonly number[], forward = 'Masq'): VirtualServer => ({
  protocol: 'TCP', address: '10.96.0.1', port: 443, fwmark: null, scheduler, flags: '  ', persistent: null, raw: '',
  destinations: weights.map((weight, i) => ({address: `10.244.1.${i + 2}`, port: 80, forward, weight, active: 0, inactive: 0, raw: ''})),
});

for (const [scheduler, weights, parts] of [
  ['rr', [1, 1, 1], [1, 1, 1]],
  ['rr', [1, 0, 1], [1, 1]],
  ['rr', [5, 1], [1, 1]],
  ['lc', [3, 1], [1, 1]],
  ['wrr', [3, 1], [3, 1]],
  ['wlc', [2, 0, 3], [2, 3]],
  ['sh', [1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1]],
  ['mh', [1, 2], [1, 2]],
  ['anything', [0, 4], [1]],
] as const) {
  test(`${scheduler} with weights ${weights.join(', ')} shares ${parts.join(' : ')}, exactly`, () => {
    const plan = schedule(server(scheduler, weights));
    assert.ok('shares' in plan);
    const whole = BigInt(parts.reduce((sum: number, part) => sum + part, 0));
    assert.ok(plan.shares.length === parts.length && plan.shares.every(({share}, i) => equal(share, fraction(BigInt(parts[i] ?? 0), whole))));
    assert.ok(equal(plan.shares.reduce((sum, {share}) => plus(sum, share), zero), one));
  });
}

test('no weight left: nowhere', () => assert.deepEqual(schedule(server('rr', [0, 0])), {shares: []}));
test('a scheduler that kdiag does not know is not guessed', () => assert.match(JSON.stringify(schedule(server('twos', [1, 1]))), /does not know how the scheduler twos/));
test('a scheduler that keeps to one destination of a VIP', () => assert.match(JSON.stringify(schedule(server('dh', [1, 1]))), /keeps to one of 2/));
test('a destination that is not reached by translation', () => assert.match(JSON.stringify(schedule(server('rr', [1, 1], 'Route'))), /forwards by Route/));
test('who decides by the client', () => assert.deepEqual(['rr', 'sh', 'mh'].map(name => isPerClient(server(name, [1]))), [false, true, true]));
