import assert from 'node:assert/strict';
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {checkOutputs, outputOf, writeOutput} from '../../../src/cli/outputs.ts';

const refuses = (why: RegExp) => (error: unknown): boolean => (error as {exit?: number}).exit === 2 && why.test((error as Error).message);

test('a form, and where it goes', () => {
  assert.deepEqual(outputOf('json'), {format: 'json', file: null});
  assert.deepEqual(outputOf('json=out/report=1.json'), {format: 'json', file: 'out/report=1.json'});
  assert.deepEqual(outputOf('text=-'), {format: 'text', file: null});
  assert.throws(() => outputOf('jsn'), refuses(/no output format “jsn”/));
  assert.throws(() => outputOf('json='), refuses(/names no file/));
});

test('what could not be written is told before anything is examined', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-outputs-'));
  t.after(() => rm(folder, {recursive: true}));
  await checkOutputs([]);
  await checkOutputs([outputOf('text'), outputOf(`json=${folder}/a.json`), outputOf(`wide=${folder}/b`)]);
  await assert.rejects(checkOutputs([outputOf('text'), outputOf('json')]), refuses(/only one of text, json can go to stdout/));
  await assert.rejects(checkOutputs([outputOf(`text=${folder}/a`), outputOf(`json=${folder}/a`)]), refuses(/given for two reports/));
  await assert.rejects(checkOutputs([outputOf(`json=${folder}/none/a`)]), refuses(/cannot be written/));
  await assert.rejects(checkOutputs([outputOf(`json=${folder}`)]), refuses(/is a directory/));
  assert.deepEqual(await readdir(folder), []);
});

test('a file is replaced as a whole, and nothing else is left beside it', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-outputs-'));
  t.after(() => rm(folder, {recursive: true}));
  const file = join(folder, 'report.json');
  await writeFile(file, 'older and longer');
  await writeOutput(file, 'newer');
  assert.equal(await readFile(file, 'utf8'), 'newer');
  assert.deepEqual(await readdir(folder), ['report.json']);
  await writeOutput('/dev/null', 'gone');
  await assert.rejects(writeOutput(join(folder, 'none', 'a'), 'x'), (error: unknown) => (error as {exit?: number}).exit === 3);
});
