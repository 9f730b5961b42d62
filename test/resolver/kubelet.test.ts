import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {type DnsSpec, expectedResolvConf, type KubeletDns} from '../../src/model/resolver/expected.ts';
import {parseResolvConf, writeResolvConf} from '../../src/parse/resolv-conf.ts';
import {type Random, randomOf} from '../kernel/random.ts';

interface Case {
  readonly pod: DnsSpec;
  readonly kubelet: KubeletDns;
  readonly node: string | null;
}

interface Answer {
  readonly servers: readonly string[] | null;
  readonly searches: readonly string[] | null;
  readonly options: readonly string[] | null;
  readonly error?: string;
}

const lookups = 4000;

/** Needs Go: the kubelet's own code (pkg/kubelet/network/dns of the Kubernetes that test/cluster builds) is asked about drawn pods and nodes. */
test('a pod gets the resolv.conf that the model says', {timeout: 1_800_000}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kdiag-kubelet-'));
  try {
    const program = join(folder, 'kubelet-dns');
    execFileSync('go', ['build', '-o', program, './cmd/kubelet-dns'], {cwd: new URL('../cluster/go', import.meta.url), stdio: ['ignore', 'ignore', 'inherit']});
    const cases = Array.from({length: lookups}, (_, seed) => drawCase(randomOf(seed + 1)));
    const {stdout, stderr, status} = spawnSync(program, {input: cases.map(one => `${JSON.stringify(questionOf(one))}\n`).join(''), encoding: 'utf8', maxBuffer: 1e9});
    assert.equal(status, 0, stderr);
    const answers = stdout.trim().split('\n').map(line => JSON.parse(line) as Answer);
    assert.equal(answers.length, lookups);
    for (const [i, answer] of answers.entries()) assert.equal(shown(cases[i]!), told(answer), `seed ${i + 1}: ${JSON.stringify(cases[i])}`);
    assert.ok(answers.some(({error}) => error !== undefined) && answers.some(({searches}) => searches?.length === 32), 'too little was drawn');
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
});

/** Options in the kubelet's answer have no order. */
function shown({pod, kubelet, node}: Case): string {
  const expected = expectedResolvConf(pod, kubelet, node);
  return expected === null ? 'none' : sorted(expected.text);
}

function told({servers, searches, options, error}: Answer): string {
  return error !== undefined ? 'none' : sorted(writeResolvConf({search: searches ?? [], nameservers: servers ?? [], options: options ?? []}));
}

function sorted(text: string): string {
  const {nameservers, search, options} = parseResolvConf(text);
  return writeResolvConf({nameservers, search, options: options.map(({name, value}) => (value === null ? name : `${name}:${value}`)).sort()});
}

function questionOf({pod: {namespace, ...spec}, kubelet: {clusterDNS, clusterDomain, resolvConf}, node}: Case): object {
  // What the API server has filled in
  return {pod: {metadata: {name: 'web', namespace}, spec: {...spec, dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst', containers: []}}, clusterDNS, clusterDomain, node: resolvConf === '' ? null : node};
}

function drawCase(random: Random): Case {
  const several = <T>(most: number, draw: () => T): T[] => Array.from({length: random.between(0, most)}, draw);
  const domain = (): string => random.draw(['cluster.local', 'svc.cluster.local', 'corp.example', 'a.test.', 'b', '.', `${'d'.repeat(random.between(1, 63))}.example`, Array.from({length: 5}, () => 'e'.repeat(random.between(20, 60))).join('.')]);
  const address = (): string => random.draw(['10.0.0.1', '10.0.0.2', '1.1.1.1', 'fd00::10', '10.96.0.10']);
  const option = (): string => random.draw(['ndots:2', 'ndots:5', 'rotate', 'edns0', 'timeout:1', 'a:b:c', 'trust-ad']);
  const line = (): string => random.draw([
    () => `nameserver ${address()}`, () => `search ${several(8, domain).join(' ')}`, () => `options ${several(3, option).join(' ')}`, () => ' search indented.example',
    () => '# a comment', () => '; another', () => `domain ${domain()}`, () => `nameserver\t${address()} # x`, () => (random.maybe(0.05) ? 'nameserver' : ''), () => 'lookup file',
  ])();
  return {
    pod: {
      namespace: random.draw(['default', 'shop']), dnsPolicy: random.draw([undefined, 'ClusterFirst', 'ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None', 'Unheard']), hostNetwork: random.maybe(0.3),
      dnsConfig: random.maybe(0.4) ? undefined : {
        nameservers: several(3, address), searches: random.maybe(0.2) ? Array.from({length: random.between(20, 40)}, (_, i) => `s${i}.example`) : several(6, domain),
        options: several(4, () => ({name: random.draw(['ndots', 'rotate', 'timeout']), ...(random.maybe(0.5) ? {value: random.draw(['', '1', '3'])} : {})})),
      },
    },
    kubelet: {clusterDNS: random.draw([['10.96.0.10'], ['10.96.0.10'], ['10.96.0.10', '169.254.20.10'], []]), clusterDomain: random.draw(['cluster.local', 'cluster.local', 'kube.example', '']), resolvConf: random.maybe(0.1) ? '' : '/etc/resolv.conf', version: 'v1.36.3'},
    node: several(6, line).join('\n'),
  };
}
