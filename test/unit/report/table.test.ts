import assert from 'node:assert/strict';
import {test} from 'node:test';
import {table} from '../../../src/report/table.ts';

test('columns as kubectl draws them', () => {
  assert.deepEqual(table(['FROM', 'TO'], [['node1', 'a'], ['検', 'bbb']]), ['FROM   TO', 'node1  a', '検     bbb']);
  assert.deepEqual(table(['A', 'B'], []), ['A  B']);
});

test('no colours of its own, and nothing in a cell can move the cursor', () => {
  const drawn = table(['A'], [['\u001b[31mred\r\nx']]).join('\n');
  assert.equal(drawn, 'A\n\\x1b[31mred\\x0d x');
});

test('a table of plain characters is drawn as one that holds others, which cli-table3 draws', () => {
  const head = ['', 'NAME', 'LONG HEAD', ''];
  const rows = [['', 'a', '', ''], ['', ' b ', 'longer than the head', ''], ['', '[0:0]', '%', '']];
  for (let count = 0; count <= rows.length; count += 1) {
    const some = rows.slice(0, count);
    assert.deepEqual(table(head, some), table(head, [...some, ['', 'é', '', '']]).slice(0, -1));
  }
});
