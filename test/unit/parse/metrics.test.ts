import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseMetrics} from '../../../src/parse/metrics.ts';

test('samples of the names that are wanted, with their labels; nothing of others', () => {
  const text = '# HELP a x\n# TYPE a counter\na{b="1",c="x\\"y\\\\z\\n"} 2\na 3 1700000000000\na_total 9\nb{} 1.5e+09\n';
  const {samples, unparsed, isMetrics} = parseMetrics(text, ['a', 'b', 'gone']);
  assert.deepEqual([...samples], [['a', [{name: 'a', labels: {b: '1', c: 'x"y\\z\n'}, value: 2}, {name: 'a', labels: {}, value: 3}]], ['b', [{name: 'b', labels: {}, value: 1.5e9}]], ['gone', []]]);
  assert.deepEqual([unparsed, isMetrics], [[], true]);
});

test('values that are no numbers of arithmetic', () => {
  assert.deepEqual(parseMetrics('a +Inf\na -Inf\na NaN\na .5\na -3\n', ['a']).samples.get('a')?.map(({value}) => value), [Infinity, -Infinity, Number.NaN, 0.5, -3]);
});

test('a wanted line that is not understood is kept; a label may hold braces and commas', () => {
  const {samples, unparsed} = parseMetrics('a{b="1"\na 0x10\na{b=1} 2\na{b="},c=\\"1"} 4\na\n', ['a']);
  assert.deepEqual(unparsed, ['a{b="1"', 'a 0x10', 'a{b=1} 2', 'a']);
  assert.deepEqual(samples.get('a'), [{name: 'a', labels: {b: '},c="1'}, value: 4}]);
});

test('what is no such text tells nothing', () => {
  for (const text of ['', 'Forbidden\n', '404 page not found\n', '<html>\n</html>\n', '{"a": 1}']) assert.equal(parseMetrics(text, ['a']).isMetrics, false, text);
  assert.equal(parseMetrics('other 1\n', ['a']).isMetrics, true);
});
