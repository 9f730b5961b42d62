import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import type {Report} from '../live/kdiag.ts';
import {askedOf, assertSaid, fileOf, type SaidFault} from './said.ts';

const root = join(import.meta.dirname, '../..');

/** Recordings of a command, in a folder of its name: each fault has one, each says what was said live, and the healthy cluster is silent. */
export function replayEach(command: string, folder: string, faults: readonly SaidFault[]): void {
  const path = join(import.meta.dirname, folder);

  test('every recording is of a fault, and every fault has one', () => {
    assert.deepEqual(readdirSync(path).sort(), [...faults.map(fileOf), 'healthy.kdiag'].sort());
  });

  for (const fault of faults.filter(each => existsSync(join(path, fileOf(each))))) {
    test(`replayed: ${fault.name}`, async () => {
      const found = await replay(askedOf(command, fault), join(path, fileOf(fault)));
      assertSaid(found, fault, `\n${JSON.stringify(found.report.verdict, null, 1)}`);
    });
  }

  test('replayed: healthy', async () => {
    const {exit, report} = await replay(askedOf(command), join(path, 'healthy.kdiag'));
    assert.deepEqual([exit, report.status, report.findings], [0, 'healthy', []]);
  });
}

function replay(asked: readonly string[], file: string): Promise<{readonly exit: number | null; readonly report: Report}> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [join(root, 'bin/dev.js'), ...asked, '--recording', file, '-o', 'json'], {maxBuffer: 64 * 1024 * 1024}, (error, stdout, stderr) => {
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      const report = parsed(stdout);
      if (report === null) reject(new Error(`${file}: no report\n${stdout}${stderr}`));
      else resolve({exit, report});
    });
  });
}

function parsed(text: string): Report | null {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return null;
  }
}
