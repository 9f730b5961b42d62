import assert from 'node:assert/strict';
import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

const root = new URL('../../', import.meta.url).pathname;

/** `npm run new-check` marks what has to be written by hand. A stub that is left would be a check, or a page, that says nothing. */
test('no stub of npm run new-check is left', () => {
  const left = globSync(['src/{checks,findings}/**/*.ts', 'docs/findings/*.md', 'test/cases/**/*.yaml'], {cwd: root}).sort()
    .flatMap(file => readFileSync(join(root, file), 'utf8').split('\n').flatMap((line, i) => (line.includes('FILL IN') ? [`${file}:${i + 1}: ${line.trim()}`] : [])));
  assert.equal(left.length, 0, `\n${left.join('\n')}\n`);
});
