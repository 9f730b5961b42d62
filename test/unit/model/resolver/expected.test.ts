import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type DnsSpec, type KubeletDns, expectedResolvConf} from '../../../../src/model/resolver/expected.ts';

const kubelet: KubeletDns = {clusterDNS: ['10.43.0.10'], clusterDomain: 'cluster.local', resolvConf: '/etc/resolv.conf', version: 'v1.36.3'};
const node = 'nameserver 169.254.169.253\nsearch ca-central-1.compute.internal.\noptions edns0 timeout:2\n';
const written = (pod: Partial<DnsSpec>, own: Partial<KubeletDns> = {}, text: string | null = node): string => expectedResolvConf({namespace: 'default', ...pod}, {...kubelet, ...own}, text)?.text ?? 'none';

test('ClusterFirst: three domains of the cluster and those of the node, ndots:5, nothing else of the node', () => {
  const expected = "search default.svc.cluster.local svc.cluster.local cluster.local ca-central-1.compute.internal\nnameserver 10.43.0.10\noptions ndots:5\n";
  assert.equal(written({}), expected);
  assert.equal(written({dnsPolicy: 'ClusterFirst'}), expected);
  assert.equal(written({dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true}), expected);
  assert.equal(written({}, {clusterDomain: ''}), 'search ca-central-1.compute.internal\nnameserver 10.43.0.10\noptions ndots:5\n');
  assert.equal(written({}, {}, null), 'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.43.0.10\noptions ndots:5\n');
});

test("Default, and what falls back to it: the node's own file", () => {
  const expected = 'search ca-central-1.compute.internal\nnameserver 169.254.169.253\noptions edns0 timeout:2\n';
  assert.equal(written({dnsPolicy: 'Default'}), expected);
  assert.equal(written({hostNetwork: true}), expected);
  assert.equal(expectedResolvConf({namespace: 'a', hostNetwork: true}, kubelet, node)?.instead, 'host-network');
  assert.equal(written({}, {clusterDNS: []}), expected);
  assert.equal(expectedResolvConf({namespace: 'a'}, {...kubelet, clusterDNS: []}, node)?.instead, 'no-cluster-dns');
  assert.equal(expectedResolvConf({namespace: 'a', dnsPolicy: 'Sometimes'}, kubelet, node)?.instead, 'unknown-policy');
  assert.equal(written({dnsPolicy: 'Default'}, {resolvConf: ''}), 'search .\nnameserver 127.0.0.1\n');
});

test('None, and dnsConfig: joined, duplicates once, a later option in place of the one before', () => {
  const dnsConfig = {nameservers: ['1.1.1.1', '10.43.0.10'], searches: ['corp.example', 'cluster.local'], options: [{name: 'ndots', value: '2'}, {name: 'edns0'}, {name: 'timeout', value: null}]};
  assert.equal(written({dnsPolicy: 'None', dnsConfig}), 'search corp.example cluster.local\nnameserver 1.1.1.1\nnameserver 10.43.0.10\noptions ndots:2 edns0 timeout\n');
  assert.equal(written({dnsConfig}), 'search default.svc.cluster.local svc.cluster.local cluster.local ca-central-1.compute.internal corp.example\nnameserver 10.43.0.10\nnameserver 1.1.1.1\noptions ndots:2 edns0 timeout\n');
  assert.equal(written({dnsPolicy: 'None'}), '');
});

test("of the node's file: the last search line, all options, # comments; domain and ; mean nothing to the kubelet", () => {
  const text = '# x\n;y\ndomain d\nsearch a\n  search b. . c\noptions ndots:1 rotate\noptions ndots:3\nnameserver 10.0.0.1 # first\n';
  assert.equal(written({dnsPolicy: 'Default'}, {}, text), 'search b c\nnameserver 10.0.0.1\noptions ndots:3 rotate\n');
  assert.equal(expectedResolvConf({namespace: 'a'}, kubelet, 'nameserver\n'), null);
});

test('limits: 3 name servers; 32 domains and 2048 characters, 6 and 256 before 1.28; none over 253', () => {
  const cutOf = (searches: readonly string[], version: string, nameservers: readonly string[] = []) => expectedResolvConf({namespace: 'default', dnsConfig: {searches, nameservers}}, {...kubelet, version}, '')?.cut.map(({what, limit, values}) => [what, limit, values.length]);
  const many = Array.from({length: 40}, (_, i) => `d${i}.example`);
  assert.deepEqual(cutOf(many, 'v1.36.3'), [['search-domains', 32, 11]]);
  assert.deepEqual(cutOf(many, 'v1.27.9'), [['search-domains', 6, 37]]);
  assert.deepEqual(cutOf([], 'v1.36.3', ['1.1.1.1', '1.1.1.2', '1.1.1.3']), [['nameservers', 3, 1]]);
  assert.deepEqual(cutOf(['x'.repeat(254), 'ok.example'], 'v1.36.3'), [['search-domain-length', 253, 1]]);
  const long = Array.from({length: 3}, (_, i) => `${'y'.repeat(100)}${i}`);
  assert.deepEqual(cutOf(long, 'v1.27.0'), [['search-characters', 256, 2]]); // 158 characters are left; 260 were too many
  assert.deepEqual(cutOf(long, 'v1.28.0'), []);
  const before = 'default.svc.cluster.local svc.cluster.local cluster.local '.length;
  assert.deepEqual(cutOf(['z'.repeat(256 - before)], 'v1.27.0'), []);
  assert.deepEqual(cutOf(['z'.repeat(257 - before)], 'v1.27.0'), [['search-characters', 256, 1]]);
});
