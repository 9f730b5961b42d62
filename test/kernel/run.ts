/**
 * kdiag's walk against the kernel: npm run test:kernel -- [--packets N] [--seconds S] [--seed S] [--rigs R]
 * Needs root, iptables of both backends and nft. Ends with 1 when the kernel did what the walk does not say.
 */
import {writeFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {prove, summary, verdict} from './prove.ts';

const {values} = parseArgs({options: {packets: {type: 'string', default: '20000'}, seconds: {type: 'string'}, seed: {type: 'string', default: '1'}, rigs: {type: 'string', default: '3'}, first: {type: 'string', default: '0'}, out: {type: 'string'}}});
const proof = await prove({
  packets: Number(values.packets), seconds: values.seconds === undefined ? Infinity : Number(values.seconds), seed: Number(values.seed), rigs: Number(values.rigs), first: Number(values.first),
  progress: line => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${summary(proof)}\n`);
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify({refused: proof.tally.refused, disagreements: proof.tally.disagreements}, null, 1));
const faults = verdict(proof);
for (const fault of faults) process.stdout.write(`FAILED: ${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
