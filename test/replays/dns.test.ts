import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import type {Report} from '../live/kdiag.ts';
import {dnsFaults, fileOf} from './dns-faults.ts';
import {assertSaid} from './said.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(import.meta.dirname, 'dns');

test('every recording is of a fault, and every fault has one', () => {
  assert.deepEqual(readdirSync(folder).sort(), [...dnsFaults.map(fileOf), 'healthy.kdiag'].sort());
});

for (const fault of dnsFaults.filter(each => existsSync(join(folder, fileOf(each))))) {
  test(`replayed: ${fault.name}`, async () => {
    const found = await replay(fileOf(fault), fault.args ?? []);
    assertSaid(found, fault, `\n${JSON.stringify(found.report.verdict, null, 1)}`);
  });
}

test('replayed: healthy', async () => {
  const {exit, report} = await replay('healthy.kdiag', []);
  assert.deepEqual([exit, report.status, report.findings], [0, 'healthy', []]);
});

async function replay(file: string, args: readonly string[]): Promise<{readonly exit: number | null; readonly report: Report}> {
  const {exit, stdout, stderr} = await new Promise<{exit: number | null; stdout: string; stderr: string}>(resolve => {
    execFile(process.execPath, [join(root, 'bin/dev.js'), 'dns', ...args, '--recording', join(folder, file), '-o', 'json'], {maxBuffer: 64 * 1024 * 1024}, (error, out, err) => {
      resolve({exit: error === null ? 0 : typeof error.code === 'number' ? error.code : null, stdout: out, stderr: err});
    });
  });
  assert.match(stdout, /^\{/, `${file}: no report\n${stdout}${stderr}`);
  return {exit, report: JSON.parse(stdout) as Report};
}
