import assert from 'node:assert/strict';
import {globSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {apiserverChecks, dnsChecks, nodesChecks, podChecks, serviceChecks} from '../../../src/checks/index.ts';
import {links} from '../../../src/findings/wording.ts';
import {codes, linkOf} from '../../../src/findings/words.ts';

const folder = new URL('../../../src/checks/', import.meta.url);
const files = globSync('*.ts', {cwd: folder}).filter(file => /^export default check\(/m.test(readFileSync(new URL(file, folder), 'utf8')));

const all = [...new Set([...serviceChecks, ...dnsChecks, ...apiserverChecks, ...nodesChecks, ...podChecks])];

test('every check lives in a file of its name, and every such file is run', () => {
  assert.deepEqual(all.map(({id}) => `${id}.ts`).sort(), files.sort());
});

test('no two checks have the same name or ask the same question', () => {
  for (const names of [all.map(({id}) => id), all.map(({question}) => question)]) assert.equal(new Set(names).size, names.length);
});

test('checks stand in the order of the chain', () => {
  for (const checks of [serviceChecks, dnsChecks]) {
    const order = checks.map(({link}) => links.indexOf(link));
    assert.deepEqual(order, [...order].sort((a, b) => a - b));
  }
});

test('a question is a positive fact, so that ✔ and ✘ both make sense', () => {
  for (const {id, question} of all) assert.match(question, /^[^?]*[^?.]$/, id);
});

// What servers answer tells of links further up as well: the checks of dnsChecks are about where the question is, not its cause.
test('a check of a Service finds codes of its own link, or of kdiag itself', () => {
  for (const {id, link, can} of serviceChecks) for (const code of can) assert.ok([link, 'kdiag'].includes(linkOf(code)), `${id} finds ${code}, which is about ${linkOf(code)}`);
});

test('every code is found by a check, but for what the engine adds, and what comes of suppressions', () => {
  const found = new Set(all.flatMap(({can}) => can));
  assert.deepEqual([...found, 'permission-missing', 'suppression-unused'].sort(), [...codes].sort());
});

test('a check names each fact once', () => {
  for (const {id, needs, hopes} of all) assert.equal(new Set([...needs, ...hopes]).size, needs.length + hopes.length, id);
});
