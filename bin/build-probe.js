// Compiles src/cluster/live/probe/probe.c for amd64 and arm64 and writes programs.ts beside it. Debian: gcc and gcc-aarch64-linux-gnu.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const folder = new URL('../src/cluster/live/probe/', import.meta.url);
const compilers = {amd64: ['x86_64-linux-gnu-gcc', '-fcf-protection=none'], arm64: ['aarch64-linux-gnu-gcc', '-mno-outline-atomics']};
const flags = [
  '-Oz', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-ffreestanding', '-fno-builtin', '-nostdlib', '-static', '-fno-pie', '-no-pie', '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables', '-fno-unwind-tables', '-s', '-Wl,-z,noseparate-code,-z,norelro,-z,max-page-size=4096,--build-id=none',
];

/** @param {'amd64' | 'arm64'} architecture @returns {Buffer} the program, without what only debuggers read */
export function compile(architecture) {
  const [compiler = '', ...more] = compilers[architecture];
  const output = mkdtempSync(join(tmpdir(), 'kdiag-probe-'));
  try {
    execFileSync(compiler, [...flags, ...more, '-o', join(output, 'probe'), 'probe.c'], {cwd: folder, stdio: ['ignore', 'inherit', 'inherit']});
    return loadable(readFileSync(join(output, 'probe')));
  } finally {
    rmSync(output, {recursive: true});
  }
}

/** Cuts an ELF program off behind what is loaded: its section headers are of no use to the kernel. @param {Buffer} elf */
function loadable(elf) {
  const [start, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)];
  const ends = Array.from({length: count}, (_, index) => start + index * size).filter(at => elf.readUInt32LE(at) === 1).map(at => Number(elf.readBigUInt64LE(at + 8) + elf.readBigUInt64LE(at + 32)));
  const program = Buffer.from(elf.subarray(0, Math.max(...ends)));
  program.writeBigUInt64LE(0n, 40);
  program.fill(0, 58, 64);
  return program;
}

/** Of the sources that the programs were made of: programs.ts has it, and a test compares. */
export function sourcesDigest() {
  const digest = createHash('sha256');
  for (const file of readdirSync(folder).filter(name => /\.[ch]$/.test(name)).sort()) digest.update(readFileSync(new URL(file, folder)));
  return digest.digest('hex');
}

if (process.argv[1] === import.meta.filename) {
  const lines = /** @type {const} */ (['amd64', 'arm64']).map(architecture => {
    const program = compile(architecture);
    process.stdout.write(`${architecture}: ${program.length} bytes\n`);
    return `  ${architecture}: '${program.toString('base64')}',`;
  });
  const head = '/** What `npm run build:probe` made of probe.c, base64: one program for each architecture that a node may have. */\n';
  writeFileSync(new URL('programs.ts', folder), `${head}// sources: ${sourcesDigest()}\nexport const programs: Readonly<Record<'amd64' | 'arm64', string>> = {\n${lines.join('\n')}\n};\n`);
}
