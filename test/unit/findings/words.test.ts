import assert from 'node:assert/strict';
import {test} from 'node:test';
import {codes, wordsOf} from '../../../src/findings/words.ts';
import {count, inNamespace, list, percent} from '../../../src/findings/words/phrases.ts';

test('titles are sentences without a full stop, and no two are the same', () => {
  const titles = codes.map(code => wordsOf(code).title);
  assert.equal(new Set(titles).size, titles.length);
  for (const title of titles) assert.match(title, /^[A-Za-z].*[^.]$/);
});

test('lists name a few and count the rest, but never count one', () => {
  assert.equal(list([]), 'none');
  assert.equal(list(['a']), 'a');
  assert.equal(list(['a', 'b']), 'a and b');
  assert.equal(list(['a', 'b', 'c', 'd']), 'a, b, c and d');
  assert.equal(list(['a', 'b', 'c', 'd', 'e']), 'a, b, c and 2 more');
});

test('a part is never rounded to nothing or to all', () => {
  assert.deepEqual([0, 0.001, 1 / 3, 0.5, 0.999, 1].map(percent), ['0 %', 'less than 1 %', '33 %', '50 %', 'more than 99 %', '100 %']);
});

test('numbers of things, and names as kubectl wants them', () => {
  assert.deepEqual([count(1, 'pod'), count(0, 'pod'), count(2, 'policy', 'policies')], ['1 pod', '0 pods', '2 policies']);
  assert.equal(inNamespace('shop/web'), '-n shop web');
});
