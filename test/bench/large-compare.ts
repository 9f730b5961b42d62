// MODE DUMP SERVICES [HOW MANY]: reads a node's dump, and compares it with what so many Services ask for. Prints milliseconds and KiB.
import {readFileSync} from 'node:fs';
import {isKnown} from '../../src/cluster/answer.ts';
import type {Section} from '../../src/cluster/cluster.ts';
import {compareNode} from '../../src/facts/comparisons.ts';
import {nodeRules} from '../../src/model/node-rules.ts';
import {waysIn} from '../../src/model/ways.ts';
import {node, serviceAt, sliceAt} from './large-node.ts';

const [mode = '', file = '', services = '', many = services] = process.argv.slice(2);
const size = {services: Number(services), endpoints: 10};
const objects = Array.from({length: Number(many)}, (_, i) => ({service: serviceAt(i), slices: [sliceAt(i, size)]}));
const text = readFileSync(file, 'latin1');
const section = (stdout: string): Section => ({command: '', stdout, stderr: '', exit: 0});
const inMode = (name: string): Section => section(mode === name ? text : '');
const before = process.memoryUsage().rss;

const [start, cpu] = [performance.now(), process.cpuUsage()];
const rules = nodeRules({node: 'node1', via: 'debug-pod', sections: {
  'iptables-nft-save': inMode('iptables-nft'), 'iptables-legacy-save': inMode('iptables-legacy'), 'ip6tables-nft-save': section(''), 'nft-json': inMode('nft'),
  'nft-tables': section(mode === 'nft' ? 'table ip kube-proxy\n' : 'table ip nat\n'), ip_tables_names: section(mode === 'iptables-legacy' ? 'filter\nnat\n' : ''), ip6_tables_names: section(''),
  fib_trie: section('  |-- 172.30.0.11\n        /32 host LOCAL\n'),
}});
if (!isKnown(rules)) throw new Error(rules.unknown.detail);
let ways = 0;
for (const {service, slices} of objects) {
  const compared = compareNode(rules.known, null, waysIn(service, service.spec.ports ?? [], slices, node, null));
  if (!isKnown(compared)) throw new Error(compared.unknown.detail);
  for (const {way, predicted, faults} of compared.known) {
    ways += 1;
    if (predicted !== 1 || faults.length > 0) throw new Error(`${way.portName}: ${predicted} ${JSON.stringify(faults)}`);
  }
}
const used = process.cpuUsage(cpu);
console.log(JSON.stringify({ms: performance.now() - start, cpu: (used.user + used.system) / 1000, ways, text: text.length / 1024, before: before / 1024, peak: process.resourceUsage().maxRSS}));
