import assert from 'node:assert/strict';
import {test} from 'node:test';
import {columns, pad, plain, wrap} from '../../../src/report/plain.ts';

test('what could move the cursor is shown, not obeyed', () => {
  for (const [text, shown] of [
    ['\u001b[2J', '\\x1b[2J'], ['a\rb', 'a\\x0db'], ['\u009b31m', '\\x9b31m'], ['\u0007\b\u007f', '\\x07\\x08\\x7f'], ['\0', '\\x00'],
    ['\u202eabc', '\\u{202e}abc'], ['a\u200bb', 'a\\u{200b}b'], ['\u2066x\u2069', '\\u{2066}x\\u{2069}'], ['\u{e0041}', '\\u{e0041}'], ['a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c'],
    ['a\tb', 'a b'], ['Größe ✔ 検 🙂', 'Größe ✔ 検 🙂'], ['', ''],
  ] as const) assert.equal(plain(text), shown);
});

test('line ends stay only where there may be several lines', () => {
  assert.equal(plain('a\nb\r\nc'), 'a b\\x0d c');
  assert.equal(plain('a\nb\u001bc', 'many'), 'a\nb\\x1bc');
});

test('widths are counted in columns', () => {
  for (const [text, width] of [['abc', 3], ['検査', 4], ['e\u0301', 1], ['✔ x', 3], ['🙂', 2], ['', 0]] as const) assert.equal(columns(text), width, text);
  assert.equal(pad('検', 4), '検  ');
  assert.equal(pad('long', 2), 'long');
});

test('words are wrapped, and a word longer than the line stays whole', () => {
  assert.deepEqual(wrap('a bb ccc dddd', 6), ['a bb', 'ccc', 'dddd']);
  assert.deepEqual(wrap('x 10.244.1.3:9376-and-more y', 8), ['x', '10.244.1.3:9376-and-more', 'y']);
  assert.deepEqual(wrap('検査 検査', 5), ['検査', '検査']);
  assert.deepEqual(wrap('  a  b ', 9), ['a b']);
  assert.deepEqual(wrap('', 9), []);
});
