import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Progress} from '../../../src/cli/progress.ts';

function written(isTTY: boolean, verbose: boolean, work: (progress: Progress) => void): string {
  let out = '';
  work(new Progress({isTTY, columns: 20, write: (text: string) => { out += text; }} as unknown as NodeJS.WriteStream, verbose));
  return out;
}

test('on a terminal one line, which is gone when the report comes', () => {
  assert.equal(written(true, false, progress => { progress.show('reading'); progress.clear(); progress.clear(); }), '\r\u001b[K… reading\r\u001b[K');
  assert.equal(written(true, false, progress => progress.clear()), '');
});

test('a long or hostile text stays on the line', () => {
  const line = written(true, false, progress => progress.show(`node1\u001b[2J\n${'x'.repeat(50)}`)).replace('\r\u001b[K', '');
  for (const char of '\u001b\n\r') assert.ok(!line.includes(char), line);
  assert.ok(line.length < 20, line);
});

test('elsewhere nothing, unless verbose', () => {
  assert.equal(written(false, false, progress => { progress.show('reading'); progress.clear(); }), '');
  assert.equal(written(false, true, progress => { progress.show('reading'); progress.clear(); }), 'kdiag: reading\n');
});
