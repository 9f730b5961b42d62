import {execFileSync} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after} from 'node:test';
import {programs} from '../../../../../src/cluster/live/probe/programs.ts';

const build: {readonly compile: (architecture: keyof typeof programs) => Buffer; readonly sourcesDigest: () => string} = await import(new URL('../../../../../bin/build-probe.js', import.meta.url).href);
export const {compile, sourcesDigest} = build;

export const folder = mkdtempSync(join(tmpdir(), 'kdiag-probe-test-'));
after(() => rmSync(folder, {recursive: true}));

export const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
const onLinux = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');

/** A program to test, or why it cannot be tested on this machine. */
export type Subject = {readonly name: string; readonly command: readonly string[]} | {readonly name: string; readonly skip: string};

/** The programs that ship, and what the sources give here: gcc's versions differ in bytes, and must not in what the program does. */
export function subjects(): readonly Subject[] {
  return [shipped(architecture), compiled(), foreign()];
}

function shipped(which: keyof typeof programs): Subject {
  const name = `the program for ${which}`;
  return onLinux ? {name, command: [write(which, Buffer.from(programs[which], 'base64'))]} : {name, skip: `${process.platform} ${process.arch} runs no Linux program`};
}

function compiled(): Subject {
  const name = 'the program as the sources give it here';
  if (!onLinux) return {name, skip: `${process.platform} ${process.arch} runs no Linux program`};
  const compiler = architecture === 'amd64' ? 'x86_64-linux-gnu-gcc' : 'aarch64-linux-gnu-gcc';
  return has(compiler) ? {name, command: [write('compiled', compile(architecture))]} : {name, skip: `there is no ${compiler}`};
}

/** The other architecture's program, where QEMU can run it. */
function foreign(): Subject {
  const other = architecture === 'amd64' ? 'arm64' : 'amd64';
  const emulator = other === 'arm64' ? 'qemu-aarch64-static' : 'qemu-x86_64-static';
  const ready = onLinux && has(emulator);
  return ready ? {name: `the program for ${other}, emulated`, command: [emulator, write(other, Buffer.from(programs[other], 'base64'))]} : {name: `the program for ${other}, emulated`, skip: `there is no ${emulator}`};
}

export function write(name: string, program: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, program);
  chmodSync(path, 0o755);
  return path;
}

export function has(tool: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
}
