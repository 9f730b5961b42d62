// [NODES [SERVICES]]: kdiag check on a recording whose nodes and Services were multiplied, beside a tenth of either.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {loadRecording, saveRecording} from '../../src/cluster/recording/file.ts';
import {withNodes} from './many-nodes.ts';
import {withServices} from './many-services.ts';

const [nodes = 1000, services = 200] = process.argv.slice(2).map(Number);
const rounds = 3;
const run = join(import.meta.dirname, '../../bin/run.js');
/** What a child prints last on its standard error, of itself. */
const tell = join(import.meta.dirname, 'tell-use.ts');

interface Used {readonly wall: number; readonly cpu: number; readonly peak: number}

function use(file: string, more: readonly string[] = []): Used {
  const start = performance.now();
  const ended = spawnSync(process.execPath, ['--import', tell, '--max-old-space-size=16384', run, 'check', '--recording', file, '-o', 'text=/dev/null', ...more], {encoding: 'utf8', maxBuffer: 2 ** 30});
  const wall = performance.now() - start;
  // copies of nodes hold no answers of pairs, so that something is always "could not tell"
  if (ended.status !== 0 && ended.status !== 3) throw new Error(`exit ${ended.status}\n${ended.stdout.slice(0, 2000)}${ended.stderr}`);
  return {wall, ...JSON.parse(ended.stderr.trimEnd().split('\n').at(-1) ?? '') as Omit<Used, 'wall'>};
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
const folder = mkdtempSync(join(tmpdir(), 'kdiag-bench-'));
try {
  const recording = await loadRecording(join(import.meta.dirname, '../replays/check/healthy.kdiag'));
  const sizes = [[nodes / 10, services / 10], [nodes / 10, services], [nodes, services / 10], [nodes, services]] as const;
  const files: {readonly what: string; readonly file: string}[] = [];
  for (const [many, such] of sizes) {
    const file = join(folder, `${many}-${such}.kdiag`);
    await saveRecording(file, withNodes(withServices(recording, such), many, {ownRules: true}));
    files.push({what: `${many} nodes and ${such} Services more`, file});
  }
  const all = files.map((): Used[] => []);
  for (let i = 0; i < rounds; i += 1) for (const [j, {file}] of files.entries()) all[j]?.push(use(file));
  console.log(`kdiag check; medians of ${rounds}, taken in turns; ratios are to the first line; node ${process.version}\n`);
  console.log(`${'wall ms'.padEnd(16)} ${'cpu ms'.padEnd(16)} ${'peak MiB'.padEnd(16)} what`);
  for (const [j, {what}] of files.entries()) {
    const figure = (of: keyof Used): string => {
      const [own, first] = [all[j] ?? [], all[0] ?? []].map(each => median(each.map(one => one[of]))) as [number, number];
      return `${Math.round(own)} (${(own / first).toFixed(1)})`.padEnd(16);
    };
    console.log(`${figure('wall')} ${figure('cpu')} ${figure('peak')} ${what}`);
  }
} finally {
  rmSync(folder, {recursive: true});
}
