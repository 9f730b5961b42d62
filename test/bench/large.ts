// A node of many Services in a network namespace: what reading and comparing its rules takes beside what printing them takes. Needs root.
import {spawn, spawnSync} from 'node:child_process';
import {closeSync, mkdtempSync, openSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {iptablesRules, nftRules} from './large-node.ts';

const modes = {
  'iptables-nft': {load: ['iptables-nft-restore'], print: ['iptables-nft-save'], rules: iptablesRules},
  'iptables-legacy': {load: ['iptables-legacy-restore'], print: ['iptables-legacy-save'], rules: iptablesRules},
  nft: {load: ['nft', '-f', '-'], print: ['nft', '-j', 'list', 'table', 'ip', 'kube-proxy'], rules: nftRules},
} as const;
type Mode = keyof typeof modes;

const endpoints = 10;
const rounds = Number(process.argv[2] ?? 3);
const sizes = (process.argv[3] ?? '1000,10000').split(',').map(Number);
const folder = mkdtempSync(join(tmpdir(), 'kdiag-bench-'));
let missed = false;

function run(pid: number, command: readonly string[], input: string | null, output: string): {ms: number; cpu: number} {
  const [from, to] = [openSync(input ?? '/dev/null', 'r'), openSync(output, 'w')];
  const start = performance.now();
  // the shell's own `times` tells what its children used
  const ended = spawnSync('nsenter', ['-t', String(pid), '-n', 'bash', '-c', '"$@"; rc=$?; times >&2; exit $rc', 'bash', ...command], {stdio: [from, to, 'pipe'], encoding: 'utf8'});
  const ms = performance.now() - start;
  closeSync(from);
  closeSync(to);
  if (ended.status !== 0) throw new Error(`${command.join(' ')}: ${ended.status} ${ended.stderr}`);
  const [user = 0, system = 0] = [...(ended.stderr.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.,]+)s/g)].map(([, minutes, seconds]) => 60 * Number(minutes) + Number(seconds?.replace(',', '.')));
  return {ms, cpu: 1000 * (user + system)};
}

interface Measured {readonly ms: number; readonly cpu: number; readonly ways: number; readonly text: number; readonly before: number; readonly peak: number}
function compare(mode: Mode, dump: string, services: number, many: number): Measured {
  const ended = spawnSync(process.execPath, [join(import.meta.dirname, 'large-compare.ts'), mode, dump, String(services), String(many)], {encoding: 'utf8'});
  if (ended.status !== 0) throw new Error(ended.stderr);
  return JSON.parse(ended.stdout) as Measured;
}

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] ?? NaN;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

console.log('medians, taken in turns: wall time (processor time)\n');
try {
  for (const [mode, {load, print, rules}] of Object.entries(modes) as [Mode, (typeof modes)[Mode]][]) {
    for (const services of sizes) {
      const holder = spawn('unshare', ['-n', 'sleep', 'infinity']);
      await new Promise(resolve => setTimeout(resolve, 500));
      const [script, dump] = [join(folder, 'script'), join(folder, 'dump')];
      writeFileSync(script, [...rules({services, endpoints})].join(''));
      run(holder.pid ?? 0, load, script, '/dev/null');
      const [theirs, all, single]: [{ms: number; cpu: number}[], Measured[], Measured[]] = [[], [], []];
      for (let i = 0; i < rounds; i += 1) {
        theirs.push(run(holder.pid ?? 0, print, null, dump));
        all.push(compare(mode, dump, services, services));
        single.push(compare(mode, dump, services, 1));
      }
      holder.kill();
      const of = (each: readonly {ms: number; cpu: number}[]): string => `${seconds(median(each.map(({ms}) => ms)))} (${seconds(median(each.map(({cpu}) => cpu)))})`;
      const ratio = (each: readonly {ms: number; cpu: number}[]): number => median(each.map(({ms}, i) => ms / (theirs[i]?.ms ?? NaN)));
      const [first] = all;
      const peak = median(all.map(each => each.peak));
      console.log(`${mode}, ${services} Services × ${endpoints}, ${((first?.text ?? 0) / 1024).toFixed(1)} MiB\n  ${print.join(' ')}: ${of(theirs)}\n  all Services, ${first?.ways} ways: ${of(all)}, ratio ${ratio(all).toFixed(2)} (aim ≤ 1), peak ${Math.round(peak / 1024)} MiB = ${(peak / (first?.text ?? NaN)).toFixed(1)} × the text (aim ≤ 4; ${Math.round((first?.before ?? 0) / 1024)} MiB before)\n  one Service: ${of(single)}, ratio ${ratio(single).toFixed(2)} (aim ≤ 0.2)`);
      missed ||= ratio(all) > 1 || ratio(single) > 0.2 || (services >= 10_000 && peak > 4 * (first?.text ?? 0));
    }
  }
} finally {
  rmSync(folder, {recursive: true});
}
process.exit(missed ? 1 : 0);
