// [COUNT]: kdiag nodes on an embedded recording whose nodes were multiplied, beside what reading such a file takes at least.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {loadRecording, saveRecording} from '../../src/cluster/recording/file.ts';
import {recordingFile} from '../../src/demo/demos.ts';
import {withNodes} from './many-nodes.ts';

const count = Number(process.argv[2] ?? 1000);
const rounds = 5;
const run = join(import.meta.dirname, '../../bin/run.js');

interface Used {readonly wall: number; readonly cpu: number; readonly peak: number}

/** What a child prints last on its standard error, of itself. */
const tell = join(import.meta.dirname, 'tell-use.ts');

function use(args: readonly string[]): Used {
  const start = performance.now();
  const ended = spawnSync(process.execPath, ['--import', tell, ...args], {encoding: 'utf8', maxBuffer: 2 ** 30});
  const wall = performance.now() - start;
  if (ended.status !== 0) throw new Error(`${args.join(' ')}: exit ${ended.status}\n${ended.stderr}`);
  return {wall, ...JSON.parse(ended.stderr.trimEnd().split('\n').at(-1) ?? '') as Omit<Used, 'wall'>};
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

const folder = mkdtempSync(join(tmpdir(), 'kdiag-bench-'));
try {
  const small = recordingFile('healthy');
  const recording = await loadRecording(small);
  const files = {alike: join(folder, 'alike.kdiag'), own: join(folder, 'own.kdiag')};
  await saveRecording(files.alike, withNodes(recording, count, {ownRules: false}));
  await saveRecording(files.own, withNodes(recording, count, {ownRules: true}));
  const nodes = (file: string): string[] => [run, 'nodes', '--recording', file];
  const measured: readonly (readonly [string, readonly string[]])[] = [
    ['kdiag nodes, 3 nodes', nodes(small)],
    ['gunzip, untar, JSON.parse', [join(import.meta.dirname, 'read-file.ts'), files.alike]],
    [`kdiag nodes, ${count} more, with the same rules`, nodes(files.alike)],
    [`kdiag nodes, ${count} more, each with a rule of its own`, nodes(files.own)],
  ];
  const all = measured.map((): Used[] => []);
  for (let i = 0; i < rounds; i += 1) for (const [j, [, args]] of measured.entries()) all[j]?.push(use(args));
  console.log(`medians of ${rounds}, taken in turns; ratios are to the first line and to the second; node ${process.version}\n`);
  console.log(`${'wall ms'.padEnd(20)} ${'cpu ms'.padEnd(20)} ${'peak MiB'.padEnd(20)} what`);
  const [first, second] = all;
  for (const [j, [what]] of measured.entries()) {
    const figure = (of: keyof Used): string => {
      const [own, a, b] = [all[j] ?? [], first ?? [], second ?? []].map(each => median(each.map(one => one[of]))) as [number, number, number];
      return `${Math.round(own)} (${(own / a).toFixed(1)}, ${(own / b).toFixed(1)})`.padEnd(20);
    };
    console.log(`${figure('wall')} ${figure('cpu')} ${figure('peak')} ${what}`);
  }
} finally {
  rmSync(folder, {recursive: true});
}
