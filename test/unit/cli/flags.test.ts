import assert from 'node:assert/strict';
import {test} from 'node:test';
import {seconds} from '../../../src/cli/flags.ts';

test('durations as kubectl has them, and plain seconds', () => {
  for (const [text, value] of [['10s', 10], ['2m', 120], ['1h', 3600], ['1m30s', 90], ['500ms', 0.5], ['1.5s', 1.5], ['10', 10], ['0.2', 0.2], ['24h', 86_400], ['1h0m0s', 3600]] as const) assert.equal(seconds(text), value, text);
});

test('no durations', () => {
  for (const text of ['', '0', '0s', '-1s', '10 s', 's', '1d', '10x', '1m-30s', 'NaN', 'Infinity', '1e3', '25h', '99999999', '1s1']) assert.throws(() => seconds(text), /duration/, JSON.stringify(text));
});
