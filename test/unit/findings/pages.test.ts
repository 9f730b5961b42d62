import assert from 'node:assert/strict';
import {globSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {links} from '../../../src/findings/wording.ts';
import {codes, linkOf, pageOf, wordsOf} from '../../../src/findings/words.ts';

const root = new URL('../../../', import.meta.url);
const pages = globSync('docs/findings/*.md', {cwd: root}).filter(file => !file.endsWith('/README.md')).sort();
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');

test('every code has a page, and every page a code', () => assert.deepEqual(pages, codes.map(pageOf).sort()));

for (const code of codes) {
  test(`the page of ${code}`, () => {
    const text = read(pageOf(code));
    assert.equal(text.split('\n')[0], `# ${code}`, 'its title is the code');
    assert.deepEqual([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title), ['What it means', 'Why it matters', 'How to confirm by hand', 'How to mend', 'See also']);
    const lines = text.trimEnd().split('\n').length;
    assert.ok(lines <= 45, `it has ${lines} lines: nobody reads that much while something is down`);
    const level = wordsOf(code).level;
    assert.match(text, new RegExp(`\\b${level}\\b`, 'i'), `it does not say that it is usually of level ${level}`);
  });
}

test('every link of the chain has codes, and stands in the index', () => {
  for (const link of links) {
    assert.ok(codes.some(code => linkOf(code) === link), link);
    assert.match(read('docs/findings/README.md'), new RegExp(`^## ${link}$`, 'm'));
  }
});
