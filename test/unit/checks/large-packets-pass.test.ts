import assert from 'node:assert/strict';
import {test} from 'node:test';
import largePacketsPass from '../../../src/checks/large-packets-pass.ts';
import type {Result} from '../../../src/checks/check.ts';
import {unknown} from '../../../src/cluster/answer.ts';
import type {NetworkCell} from '../../../src/model/network/asked.ts';
import {cell, endpoint, place} from './asked-cells.ts';

const [from, two, three] = [place(1), endpoint(2, 7), endpoint(3, 7)];
const look = (...networkAnswers: readonly NetworkCell[]): Result => largePacketsPass.run({networkAnswers, networks: unknown('not-asked', 'no')});
const codes = ({findings}: Result): string[] => findings.map(({code}) => code);

test('where no connection stands nothing is known of large packets', () => {
  const {skipped, note} = look(cell(from, two, 'small', 'lost'), cell(from, two, 'few', 'lost'), cell(from, two, 'large', 'lost'));
  assert.deepEqual([skipped, note], ['small packets are lost, or refused, as well: nothing larger could be tried', undefined]);
  assert.ok(look(cell(from, two, 'small', 'refused'), cell(from, two, 'large', 'refused')).skipped, 'a refusal carries nothing large');
});

test('what was judged is told apart from what was not', () => {
  assert.equal(look(cell(from, two, 'small'), cell(from, two, 'large')).note, '1 asked');
  assert.equal(look(cell(from, two, 'small'), cell(from, two, 'large'), cell(from, three, 'small', 'lost'), cell(from, three, 'large', 'lost')).note, '1 asked; of 1 more small packets are lost, or refused, as well');
  assert.equal(look(cell(from, two, 'small', 'stands', 'lost', 'stands'), cell(from, two, 'large')).note, '1 asked', 'a large one that passes does, whatever was lost by chance');
});

test('only what is large is lost', () => assert.deepEqual(codes(look(cell(from, two, 'small'), cell(from, two, 'few'), cell(from, two, 'large', 'lost-later'))), ['mtu-mismatch']));

test('small packets are lost on the standing connection, too: no matter of size', () => {
  const result = look(cell(from, two, 'small'), cell(from, two, 'few', 'lost-later'), cell(from, two, 'large', 'lost-later'));
  assert.deepEqual([codes(result), result.skipped === undefined], [[], false]);
});
