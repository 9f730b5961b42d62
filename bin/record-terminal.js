// npm run docs: writes docs/pictures/demo.svg, what a terminal shows while `kdiag demo` runs. With --check it only says whether it is up
// to date. The picture is text in an SVG: a viewer that knows no animation shows the beginning, who wants no motion sees the end.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';

const rows = 34;
const columns = 92;
const cell = {width: 8.4, height: 18};
const margin = 14;
const bar = 30;
/** Seconds: before the first line, between lines. */
const pace = {before: 1.6, between: 0.09};
/** Of SGR, what chalk writes here: https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
const colours = {31: '#ff7b72', 32: '#56d364', 33: '#e3b341'};

const sequence = new RegExp(String.raw`\x1b\[([\d;]*)m|([^\x1b]+)`, 'g');

/** @param {string} text one line. @returns {{text: string, column: number, style: string}[][]} as a terminal breaks it, in pieces that look alike */
export function rowsOf(text) {
  const rows = [[]];
  let [column, bold, faint, colour] = [0, false, false, ''];
  for (const [, code, plain] of text.matchAll(sequence)) {
    const style = [bold ? 'b' : '', faint ? 'f' : '', colour].filter(each => each !== '').join(' ');
    const left = [...plain ?? ''];
    while (left.length > 0) {
      if (column === columns) {
        rows.push([]);
        column = 0;
      }
      const part = left.splice(0, columns - column);
      rows.at(-1).push({text: part.join(''), column, style});
      column += part.length;
    }
    for (const number of code === undefined ? [] : code.split(';').map(Number)) {
      if (number === 0) [bold, faint, colour] = [false, false, ''];
      else if (number === 1) bold = true;
      else if (number === 2) faint = true;
      else if (number === 22) [bold, faint] = [false, false];
      else if (number === 39) colour = '';
      else if (number in colours) colour = `c${number}`;
      else throw new Error(`the picture does not know SGR ${number}`);
    }
  }
  return rows;
}

/** @param {string} text for XML, in which control characters have no place */
const escaped = text => text.replace(/\p{Cc}/gu, '\ufffd').replace(/[&<>"]/g, each => `&#${each.charCodeAt(0)};`);
const number = value => String(Math.round(value * 100) / 100);

/** @param {string} command @param {string} output with escape sequences @returns {string} the SVG */
export function picture(command, output) {
  const lines = [`\u001b[32m$\u001b[39m \u001b[1m${command}\u001b[22m`, ...output.replace(/\n+$/, '').split('\n')].flatMap(rowsOf);
  const [width, height] = [columns * cell.width + 2 * margin, bar + rows * cell.height + 2 * margin];
  const over = Math.max(0, lines.length - rows);
  const appears = index => (index === 0 ? 0 : pace.before + index * pace.between);
  const drawn = lines.map((line, index) => {
    const y = number(bar + margin + index * cell.height + 13);
    const pieces = line.filter(({text}) => text.trim() !== '').map(({text, column, style}) => {
      const start = column + text.length - text.trimStart().length;
      return `<tspan x="${number(margin + start * cell.width)}" textLength="${number([...text.trim()].length * cell.width)}"${style === '' ? '' : ` class="${style}"`}>${escaped(text.trim())}</tspan>`;
    });
    return pieces.length === 0 ? '' : `<text y="${y}" style="animation-delay:${number(appears(index))}s">${pieces.join('')}</text>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" width="${number(width)}" height="${number(height)}" role="img" aria-labelledby="title">
<title id="title">A terminal in which ${escaped(command)} says which link is broken, on which node, and why</title>
<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d0d7de; white-space: pre; animation: appear .01s both }
.b { font-weight: bold } .f { opacity: .6 } ${Object.entries(colours).map(([code, colour]) => `.c${code} { fill: ${colour} }`).join(' ')}
.scroll { animation: scroll ${number(over * pace.between)}s steps(${Math.max(1, over)}) ${number(appears(rows))}s both }
@keyframes appear { from { visibility: hidden } to { visibility: visible } }
@keyframes scroll { from { transform: translateY(0) } to { transform: translateY(-${number(over * cell.height)}px) } }
@media (prefers-reduced-motion: reduce) { text { animation: none } .scroll { animation: none; transform: translateY(-${number(over * cell.height)}px) } }
</style>
<clipPath id="screen"><rect x="0" y="${bar + margin - 1}" width="${number(width)}" height="${number(rows * cell.height + 2)}"/></clipPath>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<circle cx="18" cy="16" r="5" fill="#ff5f57"/><circle cx="36" cy="16" r="5" fill="#febc2e"/><circle cx="54" cy="16" r="5" fill="#28c840"/>
<g clip-path="url(#screen)" xml:space="preserve"><g class="scroll">
${drawn.join('')}</g></g>
</svg>
`;
}

if (process.argv[1] === import.meta.filename) {
  const root = new URL('..', import.meta.url).pathname;
  const {stdout, stderr, status} = spawnSync(process.execPath, ['bin/dev.js', 'demo'], {cwd: root, encoding: 'utf8', env: {PATH: process.env.PATH, FORCE_COLOR: '1'}});
  if (status !== 0) throw new Error(`kdiag demo ended with ${status}:\n${stderr}`);
  const text = picture('kdiag demo', `${stderr}${stdout}`);
  const file = new URL('../docs/pictures/demo.svg', import.meta.url);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write('docs/pictures/demo.svg is not what kdiag demo prints: npm run docs\n');
    process.exitCode = 1;
  }
}
