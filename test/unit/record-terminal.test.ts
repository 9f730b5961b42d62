import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';

interface Piece {readonly text: string; readonly column: number; readonly style: string}
// JavaScript, so that it runs before anything is built: its types are told here
const {picture, rowsOf}: {readonly picture: (command: string, output: string) => string; readonly rowsOf: (text: string) => Piece[][]} = await import(new URL('../../bin/record-terminal.js', import.meta.url).href);

test('escape sequences become styles, and long lines break where a terminal breaks them', () => {
  assert.deepEqual(rowsOf('a\u001b[31m✘\u001b[39m \u001b[1mbold\u001b[22m'), [[
    {text: 'a', column: 0, style: ''}, {text: '✘', column: 1, style: 'c31'}, {text: ' ', column: 2, style: ''}, {text: 'bold', column: 3, style: 'b'},
  ]]);
  assert.deepEqual(rowsOf(`\u001b[2m${'x'.repeat(100)}\u001b[22my`).map(row => row.map(({text, column, style}) => [text.length, column, style])), [[[92, 0, 'f']], [[8, 0, 'f'], [1, 8, '']]]);
  assert.deepEqual(rowsOf(''), [[]]);
  assert.throws(() => rowsOf('\u001b[38;5;1mx'), /SGR 38/);
});

test('what is printed is text, whatever it holds', () => {
  const svg = picture('kdiag <demo>', '</text><script>alert("&")</script>\u0007\n');
  assert.doesNotMatch(svg, /<script|<demo/);
  assert.ok(!svg.includes('\u0007'));
  assert.match(svg, /&#60;\/text&#62;&#60;script&#62;alert\(&#34;&#38;&#34;\)/);
});

test('the picture is in the README, and has what the demo prints', () => {
  const root = new URL('../../', import.meta.url);
  assert.match(readFileSync(new URL('README.md', root), 'utf8').slice(0, 3000), /!\[[^\]]+\]\(docs\/pictures\/demo\.svg\)/);
  const svg = readFileSync(new URL('docs/pictures/demo.svg', root), 'utf8');
  for (const words of ['Root cause: rules-missing-endpoint', 'What to type', 'SUCCEED']) assert.ok(svg.includes(words), words);
});
