// npm run test:corefile [-- --seed N --count N --show N]: changes stock Corefiles, and asks the real CoreDNS and kdiag whether they are taken and,
// if not, what is said. Needs root and the binary of `test/cluster/cluster build`. Each CoreDNS runs in namespaces of its own.
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {parseArgs} from 'node:util';
import {readConfig} from '../../src/model/coredns/config.ts';
import {parseCorefile} from '../../src/parse/corefile.ts';
import {realCoreDns, runCoreDns} from './coredns.ts';
import {mutated, randomOf} from './draw.ts';

const {values} = parseArgs({options: {seed: {type: 'string'}, count: {type: 'string'}, show: {type: 'string'}}});
const [seed, count, show] = [Number(values.seed ?? 1), Number(values.count ?? 300), Number(values.show ?? 5)];
const binary = realCoreDns();
if (binary === null) throw new Error('CoreDNS is not built: test/cluster/cluster build');
const fixtures = new URL('../fixtures/corefile/', import.meta.url);
const stock = readdirSync(fixtures).map(name => ({name, text: readFileSync(new URL(name, fixtures), 'utf8')}));
const work = mkdtempSync(join(tmpdir(), 'kdiag-corefile-'));

/** The files that an import finds: patterns have one `*` at most, and in the last part only. */
function imported(pattern: string): {path: string; text: string}[] {
  const shape = new RegExp(`^${basename(pattern).replaceAll(/[.+^$(){}|\\[\]]/g, '\\$&').replace('*', '[^/]*').replace('?', '.')}$`);
  try {
    return readdirSync(dirname(pattern)).filter(name => shape.test(name)).sort().map(name => ({path: join(dirname(pattern), name), text: readFileSync(join(dirname(pattern), name), 'utf8')}));
  } catch {
    return [];
  }
}

/** A token and a port, so that the plugin kubernetes takes itself to be in a cluster; nobody answers there. */
const inside = 'mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount && echo t > /run/secrets/kubernetes.io/serviceaccount/token && ip link set lo up && exec "$0" -conf "$1"';

/** Null: taken. */
async function real(file: string): Promise<string | null> {
  const taken = /^CoreDNS-|waiting for Kubernetes API/m;
  const {output} = await runCoreDns('unshare', ['-nm', 'sh', '-c', inside, binary!, file], {cwd: dirname(file), ms: 20_000, until: text => taken.test(text), env: {KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1'}});
  const said = output.split('\n').filter(line => line !== '' && !/^(maxprocs: |\[(INFO|WARNING|ERROR)\] )/.test(line));
  // a port or an address that cannot be had, and a metrics server started twice, is another matter than the Corefile
  return taken.test(output) || /listen (tcp|udp)[^\n]*: (bind:|lookup)/.test(output) ? null : said.join('\n');
}

/** What kdiag says that it does not look at: expressions, selectors and templates of Go, interfaces, files, plugins without a reader. */
const notJudged = /could not parse regex|error parsing regexp|could not compile template|unable to parse (label|namespace_label) selector|not a valid IP address or interface name|invalid Regex|invalid (RR|query) class|unknown rcode|plugin\/(rewrite|root|tls|view|local|header|transfer|file|chaos|nsid|metadata|timeouts|dns64|multisocket): |failed to parse "|not an IP address or file: "[^"]*\//;

interface Compared {
  readonly result: string;
  readonly wrong: boolean;
  readonly said: string | null;
  readonly ours: string | null;
}

async function compare(text: string, i: number): Promise<Compared> {
  const folder = join(work, String(i));
  mkdirSync(folder);
  writeFileSync(join(folder, 'one.conf'), 'errors\n');
  const file = join(folder, 'Corefile');
  writeFileSync(file, text);
  const said = await real(file);
  const [refusal] = readConfig(parseCorefile(readFileSync(file, 'utf8'), {file, variable: () => '', imported})).refusals;
  const ours = refusal?.text ?? null;
  const line = (of: string | null): string | undefined => /:(\d+) - /.exec(of ?? '')?.[1];
  const judge = (): [string, boolean] => {
    if (said === null && ours === null) return ['taken by both', false];
    if (said !== null && ours !== null) return said.endsWith(ours) ? ['refused by both, word for word', false] : line(said) !== undefined && line(said) === line(ours) ? ['refused by both, the same line', false] : notJudged.test(said) ? ['refused by both, for something not judged here', false] : ['refused by both, WRONG place or reason', true];
    if (said !== null) return notJudged.test(said) ? ['refused for something not judged here', false] : ['refused, WRONGLY taken by kdiag', true];
    return ['taken, WRONGLY refused by kdiag', true];
  };
  const [result, wrong] = judge();
  return {result, wrong, said, ours};
}

const random = randomOf(seed);
const cases = [...stock, ...Array.from({length: count}, () => {
  const {name, text} = stock[random(stock.length)]!;
  return {name, text: mutated(text, random)};
})];
const counts: Record<string, number> = {};
let [next, wrong] = [0, 0];
try {
  await Promise.all(Array.from({length: 4}, async () => {
    for (let i = next++; i < cases.length; i = next++) {
      const {name, text} = cases[i]!;
      const each = await compare(text, i);
      counts[each.result] = (counts[each.result] ?? 0) + 1;
      if (!each.wrong) continue;
      wrong += 1;
      if (wrong <= show) process.stdout.write(`${name}, ${each.result}\n  CoreDNS: ${each.said}\n  kdiag:   ${each.ours}\n${text.replaceAll(/^/gm, '    ')}\n`);
    }
  }));
} finally {
  rmSync(work, {recursive: true});
}
process.stdout.write(`seed ${seed}, ${cases.length} Corefiles\n${Object.entries(counts).sort().map(([what, n]) => `${String(n).padStart(6)} ${what}`).join('\n')}\n`);
process.exitCode = wrong === 0 && (counts['taken by both'] ?? 0) >= stock.length - 1 ? 0 : 1;
