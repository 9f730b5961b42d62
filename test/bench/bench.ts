import {spawn} from 'node:child_process';
import {join} from 'node:path';

/** One thing that kdiag does, and what it is measured against. */
interface Pair {
  readonly what: string;
  readonly kdiag: readonly [string, ...string[]];
  readonly other: readonly [string, ...string[]];
  /** The aim of docs/performance.md: kdiag's median over the other's. */
  readonly aim: number;
  readonly pairs: number;
}

const root = join(import.meta.dirname, '../..');
const run = join(root, 'bin/run.js');
const chain = join(root, 'test/cluster/kubectl-chain');
const pairs = Number(process.argv[2] ?? 10);
if (!Number.isInteger(pairs) || pairs < 1) throw new Error('usage: bench.ts [PAIRS]');

// Node itself, not the shell script or link that starts it
const node = process.execPath;
const measured: readonly Pair[] = [
  {what: 'kdiag --version : node -e 0', kdiag: [node, run, '--version'], other: [node, '-e', '0'], aim: 2, pairs: 3 * pairs},
  {what: 'kdiag svc hostnames : kubectl-chain', kdiag: [node, run, 'svc', 'hostnames'], other: [chain, 'hostnames'], aim: 0.6, pairs},
  {
    what: 'kdiag svc hostnames --via debug-pod : kubectl-chain --debug-pod',
    kdiag: [node, run, 'svc', 'hostnames', '--via', 'debug-pod'], other: [chain, '--debug-pod', 'hostnames'], aim: 0.6, pairs: Math.max(3, Math.round(pairs / 2)),
  },
  {what: 'kdiag dns : the commands of the DNS debugging page', kdiag: [node, run, 'dns'], other: [join(root, 'test/bench/dns-by-hand')], aim: 1 / 3, pairs},
];

/** Wall time in ms. What fails was not measured: it stops the run. */
function time([command, ...args]: Pair['kdiag']): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', code => (code === 0 ? resolve(performance.now() - start) : reject(new Error(`${[command, ...args].join(' ')}: exit ${code}\n${output}`))));
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

const figures = (values: readonly number[]): string => `${Math.round(median(values))} (${Math.round(Math.min(...values))}–${Math.round(Math.max(...values))})`;

console.log(`medians (fastest–slowest) in ms, taken in turns; node ${process.version}\n`);
console.log(`${'kdiag'.padEnd(18)} ${'the other'.padEnd(18)} ${'ratio'.padEnd(6)} ${'aim'.padEnd(6)} n   what`);
for (const {what, kdiag, other, aim, pairs: n} of measured) {
  const ours: number[] = [];
  const theirs: number[] = [];
  await time(kdiag); // the first ones find cold caches
  await time(other);
  for (let i = 0; i < n; i += 1) {
    ours.push(await time(kdiag));
    theirs.push(await time(other));
  }
  const ratio = median(ours) / median(theirs);
  console.log(`${figures(ours).padEnd(18)} ${figures(theirs).padEnd(18)} ${ratio.toFixed(2).padEnd(6)} ${`≤ ${Math.round(aim * 100) / 100}`.padEnd(6)} ${String(n).padEnd(3)} ${what}`);
}
