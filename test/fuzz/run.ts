// npm run test:fuzz [-- --runs N --seed N --keep N --odd N]: damages what nodes printed, and looks for a wrong “healthy”. Goes on after
// a finding; shows so many of them, and of the inputs that the second evaluation could not judge.
import {parseArgs} from 'node:util';
import * as fc from 'fast-check';
import {check, inputs} from './property.ts';

const {values} = parseArgs({options: {runs: {type: 'string'}, seed: {type: 'string'}, keep: {type: 'string'}, odd: {type: 'string'}}});
const {runs = '100000', seed = '1', keep = '5'} = values;
const counts: Record<string, number> = {};
const complaints = new Map<string, number>();
const began = performance.now();
let slowest = 0;
let odd = 0;
fc.assert(fc.property(inputs, input => {
  const start = performance.now();
  let result: string;
  try {
    result = check(input);
    if (result.endsWith('odd') && odd++ < Number(values.odd ?? 0)) process.stdout.write(`${input.node.name}: ${result}\n${difference(input.node.text, input.text)}\n`);
  } catch (error) {
    result = 'WRONG';
    const message = (error as Error).message;
    const seen = (complaints.get(message) ?? 0) + 1;
    complaints.set(message, seen);
    if (complaints.size <= Number(keep) && seen <= Number(keep)) process.stdout.write(`${error instanceof TypeError || error instanceof RangeError ? error.stack : message}\n${difference(input.node.text, input.text)}\n`);
  }
  slowest = Math.max(slowest, performance.now() - start);
  counts[`${input.node.name}: ${result}`] = (counts[`${input.node.name}: ${result}`] ?? 0) + 1;
}), {seed: Number(seed), numRuns: Number(runs), endOnFailure: true});
process.stdout.write(`${Object.entries(counts).sort().map(([what, count]) => `${what} ${count}`).join('\n')}\n${Math.round((performance.now() - began) / 100) / 10} s; slowest input ${Math.round(slowest)} ms\n`);
process.exitCode = complaints.size === 0 ? 0 : 1;

function difference(before: string, after: string): string {
  const [a, b] = [before, after].map(text => text.split(/\n|(?<=\}),(?=\{")/));
  return [...(a ?? []).filter(line => !(b ?? []).includes(line)).slice(0, 8).map(line => `- ${JSON.stringify(line)}`), ...(b ?? []).filter(line => !(a ?? []).includes(line)).slice(0, 8).map(line => `+ ${JSON.stringify(line)}`)].join('\n');
}
