import assert from 'node:assert/strict';
import {test} from 'node:test';
import {styleFor} from '../../../src/cli/streams.ts';

const stream = (isTTY: boolean, columns?: number): NodeJS.WriteStream => ({isTTY, columns}) as NodeJS.WriteStream;
const coloured = (isTTY: boolean, env: NodeJS.ProcessEnv): boolean => styleFor(stream(isTTY), env).bad('x') !== 'x';

test('colours: on a terminal, unless it or the user refuses; elsewhere only when asked for', () => {
  for (const [isTTY, env, expected] of [
    [true, {}, true], [false, {}, false], [true, {TERM: 'dumb'}, false], [true, {NO_COLOR: '1'}, false], [true, {NO_COLOR: ''}, true],
    [false, {FORCE_COLOR: '1'}, true], [false, {FORCE_COLOR: ''}, true], [true, {FORCE_COLOR: '0'}, false], [false, {FORCE_COLOR: '1', NO_COLOR: '1'}, false],
  ] as const) assert.equal(coloured(isTTY, env), expected, JSON.stringify({isTTY, ...env}));
});

test('the width is the terminal’s, within reason; 80 elsewhere', () => {
  for (const [isTTY, columns, width] of [[true, 100, 100], [true, 500, 120], [true, 10, 40], [true, 0, 80], [true, undefined, 80], [false, undefined, 80], [false, 100, 80]] as const) assert.equal(styleFor(stream(isTTY, columns), {}).width, width);
});
