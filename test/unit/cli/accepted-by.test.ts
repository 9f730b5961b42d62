import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {acceptedBy} from '../../../src/cli/accepted-by.ts';
import {brokenReport, stale} from '../report/reports.ts';

test('.kdiag.yaml of the folder is read if it is there, another one if it is named, and a baseline', async t => {
  const [before, folder] = [process.cwd(), await mkdtemp(join(tmpdir(), 'kdiag-accepted-'))];
  t.after(() => {
    process.chdir(before);
    return rm(folder, {recursive: true});
  });
  process.chdir(folder);
  assert.deepEqual(await acceptedBy({}), {suppressions: [], baseline: null});
  await assert.rejects(acceptedBy({suppressions: 'other.yaml'}), {name: 'KdiagError', exit: 2, message: /^other\.yaml: cannot be read/});
  const entry = (subject: string): string => `apiVersion: kdiag/v1\nsuppress:\n  - {code: rules-stale-endpoint, subject: ${subject}, reason: r, expires: 2027-01-01}\n`;
  await writeFile('.kdiag.yaml', entry('Node/a'));
  await writeFile('other.yaml', entry('Node/b'));
  await writeFile('before.json', JSON.stringify(brokenReport));
  assert.deepEqual((await acceptedBy({})).suppressions.map(({file, subject}) => [file, subject]), [['.kdiag.yaml', 'Node/a']]);
  const {suppressions, baseline} = await acceptedBy({suppressions: 'other.yaml', baseline: 'before.json'});
  assert.deepEqual([suppressions.map(({file, subject}) => [file, subject]), baseline?.get(stale.id)?.level], [[['other.yaml', 'Node/b']], 'error']);
  await assert.rejects(acceptedBy({baseline: 'other.yaml'}), {name: 'KdiagError', exit: 2, message: /^other\.yaml: is no report of kdiag/});
});
