// Has kube-proxy write the rules of drawn Services, changes one thing on a node, and asks kdiag: it has to name the node and what is
// wrong there, or the change has to be one that no packet to a Service sees.
//   --seed N --count WORLDS --each MUTATIONS [--mode iptables|nftables] [--all]    shows what was missed (--all: everything)
//   --seed N --count WORLDS --keep FILE    keeps the worlds, for tests that have no kube-proxy
import {writeFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {gzipSync} from 'node:zlib';
import {random} from '../cases/shuffled.ts';
import {Audit, type Verdict} from './audit.ts';
import {draw, type Drawn, nodes} from './drawn.ts';
import {figures, missText} from './figures.ts';
import {KubeProxy, type ProxyMode} from './kube-proxy.ts';

const {values} = parseArgs({options: {seed: {type: 'string', default: '1'}, count: {type: 'string', default: '20'}, each: {type: 'string', default: '25'}, mode: {type: 'string'}, all: {type: 'boolean', default: false}, keep: {type: 'string'}}});
const [first, count, each] = [Number(values.seed), Number(values.count), Number(values.each)];
const modes = (['iptables', 'nftables'] as const).filter(mode => values.mode === undefined || values.mode === mode);

const proxy = new KubeProxy();
if (values.keep !== undefined) {
  const worlds: Drawn[] = [];
  for (let seed = first; worlds.length < count * modes.length; seed++) {
    const drawn = await Promise.all(modes.map(async mode => draw(proxy, seed, mode, 2)));
    if (drawn.every(leadSomewhere)) worlds.push(...drawn);
  }
  proxy.end();
  writeFileSync(values.keep, gzipSync(JSON.stringify(worlds), {level: 9}));
  process.exit();
}
const verdicts = new Map<ProxyMode, Verdict[]>(modes.map(mode => [mode, []]));
let wrong = 0;
for (let seed = first; seed < first + count; seed++) {
  for (const mode of modes) {
    const drawn = await draw(proxy, seed, mode, 2);
    const audit = new Audit(drawn);
    const complaints = await audit.complaints();
    if (complaints.length > 0) process.stdout.write(`seed ${seed}, ${mode}: false: ${complaints.join('; ')}\n`);
    wrong += complaints.length > 0 ? 1 : 0;
    const chance = random(seed * 1000);
    for (let n = 0; n < each; n++) {
      const node = nodes[Math.floor(chance() * nodes.length)]?.name ?? '';
      const mutation = audit.draw(node, chance);
      if (mutation === null) continue;
      const verdict = await audit.judge(node, mutation);
      verdicts.get(mode)?.push(verdict);
      if (verdict.outcome === 'missed' || values.all) process.stdout.write(`${missText(seed, mode, verdict)}\n`);
    }
  }
}
proxy.end();
for (const [mode, own] of verdicts) process.stdout.write(`\n${mode}: ${count} worlds of kube-proxy's own rules\n${figures(own)}\n`);
process.stdout.write(`\n${wrong} of ${count * modes.length} worlds complained of as kube-proxy wrote them\n`);
process.exitCode = wrong > 0 || [...verdicts.values()].flat().some(({outcome}) => outcome === 'missed') ? 1 : 0;

/** A Service without endpoints has few rules that could be changed. */
function leadSomewhere({rules}: Drawn): boolean {
  return /drawn[^"]*" -j KUBE-SEP|dnat/.test(Object.values(rules['node1'] ?? {}).join()) && /drawn-1/.test(JSON.stringify(rules));
}
