import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {type ProxyLog, readProxyLog} from '../../../src/model/proxy-log.ts';

const folder = new URL('../../fixtures/kube-proxy-logs/', import.meta.url);
const real = (name: string): string => readFileSync(new URL(`${name}.log`, folder), 'utf8');
const causes = (text: string): object[] => readProxyLog(text).findings.map(({cause}) => cause);
const user = 'system:serviceaccount:kube-system:kube-proxy';

/** What each log of a real kube-proxy means. */
const scenes: Readonly<Record<string, readonly object[]>> = {
  healthy: [],
  'healthy-nftables': [],
  'server-lost': [], // an API server that refuses is never logged: what it asked for shows in its metrics
  'server-refused': [{cause: 'waiting-for-api'}],
  'server-unroutable': [{cause: 'apiserver-unreachable', address: '198.51.100.1:6443', reason: 'network-unreachable', detail: 'network is unreachable'}, {cause: 'waiting-for-api'}],
  'server-no-name': [{cause: 'apiserver-unreachable', address: 'api.example.test:6443', reason: 'no-such-host', detail: 'lookup api.example.test on 192.0.2.53:53: dial udp 192.0.2.53:53: connect: network is unreachable'}, {cause: 'waiting-for-api'}],
  unauthorized: [{cause: 'unauthorized'}, {cause: 'waiting-for-api'}],
  forbidden: [{cause: 'forbidden', user, verb: 'list', resource: 'nodes', group: ''}, {cause: 'waiting-for-api'}],
  'certificate-name': [{cause: 'apiserver-unreachable', address: '192.0.2.11:6443', reason: 'certificate', detail: 'tls: failed to verify certificate: x509: certificate is valid for 192.0.2.10, 10.96.0.1, not 192.0.2.11'}, {cause: 'waiting-for-api'}],
  'certificate-unknown': [{cause: 'apiserver-unreachable', address: '192.0.2.10:6443', reason: 'certificate', detail: 'tls: failed to verify certificate: x509: certificate signed by unknown authority'}, {cause: 'waiting-for-api'}],
  'node-unknown': [{cause: 'node-unknown', node: 'ghost'}],
  'mode-invalid': [{cause: 'configuration-refused', field: 'Mode.ProxyMode', reason: 'Invalid value: "ipvz": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])'}],
  'field-unknown': [{cause: 'configuration-ignored', reason: 'unknown field "iptabels"'}],
  'field-type': [{cause: 'configuration-refused', field: 'iptables.masqueradeAll', reason: 'failed complete: failed to decode: json: cannot unmarshal string into Go struct field KubeProxyIPTablesConfiguration.iptables.masqueradeAll of type bool'}],
  'address-invalid': [{cause: 'configuration-refused', field: 'NodePortAddresses[0]', reason: 'Invalid value: "nonsense": must be a valid CIDR'}],
  'ipvs-unsupported': [{cause: 'mode-unsupported', mode: 'ipvs', reason: 'can\'t use the IPVS proxier: ipvs not supported'}],
  'conntrack-denied': [{cause: 'conntrack-denied', reason: 'could not set conntrack parameters from kube-proxy configuration: open /proc/sys/net/netfilter/nf_conntrack_max: permission denied'}],
  'restore-fails': [{cause: 'rules-refused', tool: 'iptables', reason: 'other', detail: 'exit status 1: iptables-restore: line 12 failed: No chain/target/match by that name.'}],
  flushed: [{cause: 'rules-flushed'}],
};

test('there is a meaning for each recorded log, and a log for each meaning', () => {
  assert.deepEqual(readdirSync(folder).map(file => file.replace(/\.log$/, '')).sort(), Object.keys(scenes).sort());
});

for (const [name, expected] of Object.entries(scenes)) test(`${name}: what the real kube-proxy logs`, () => assert.deepEqual(causes(real(name)), expected));

test('what it said of itself', () => {
  const self = ({mode, version, nodeIPs, synced}: ProxyLog): readonly unknown[] => [mode, version, nodeIPs, synced];
  assert.deepEqual(self(readProxyLog(real('healthy'))), ['iptables', 'v1.36.3', ['192.0.2.11'], true]);
  assert.deepEqual(self(readProxyLog(real('healthy-nftables'))), ['nftables', 'v1.36.3', ['192.0.2.11'], true]);
  assert.deepEqual(self(readProxyLog(real('server-refused'))), [null, null, [], false]);
  assert.deepEqual(self(readProxyLog('')), [null, null, [], null]);
});

test('counts, the first lines and the last, and how much was said since', () => {
  const line = real('forbidden').split('\n')[1]!;
  const [finding] = readProxyLog([line, line, line, line, 'I1121 21:23:45.655059   13730 x.go:1] "later"'].join('\n')).findings;
  assert.deepEqual([finding?.count, finding?.lines.length, finding?.messagesAfter], [4, 3, 1]);
});

test('strings of other releases and of the kubelet\'s time stamps', () => {
  const line = (text: string): string => `2026-11-21T21:23:45.655059Z E1121 21:23:45.655059   13730 x.go:1] ${text}`;
  assert.deepEqual(causes(line('Failed to execute iptables-restore: exit status 4 (Another app is currently holding the xtables lock.)')), [{cause: 'rules-refused', tool: 'iptables', reason: 'locked', detail: 'exit status 4 (Another app is currently holding the xtables lock.)'}]);
  assert.deepEqual(causes(line('"Failed to execute iptables-restore" err=<\n\texit status 4: Another app is currently holding the xtables lock. Stopped waiting after 5s.\n > ipFamily="IPv4"')), [{cause: 'rules-refused', tool: 'iptables', reason: 'locked', detail: 'exit status 4: Another app is currently holding the xtables lock. Stopped waiting after 5s.'}]);
  assert.deepEqual(causes(line('k8s.io/client-go/informers/factory.go:160: Failed to watch *v1.Service: failed to list *v1.Service: Get "https://10.0.0.1:6443/api/v1/services?limit=500": dial tcp 10.0.0.1:6443: connect: no route to host')), [{cause: 'apiserver-unreachable', address: '10.0.0.1:6443', reason: 'no-route', detail: 'no route to host'}]);
  assert.deepEqual(causes(line('"Failed to retrieve node info" err="nodes \\"w1\\" not found"')), [{cause: 'node-unknown', node: 'w1'}]);
  assert.deepEqual(causes(line('"starting metrics server failed" err="listen tcp 127.0.0.1:10249: bind: address already in use"')), [{cause: 'cannot-listen', address: '127.0.0.1:10249', detail: 'address already in use'}]);
  assert.deepEqual(causes('panic: runtime error: index out of range\n'), [{cause: 'panic', detail: 'runtime error: index out of range'}]);
  assert.deepEqual(causes(line('"Something new" err="x"')), [{cause: 'other-error', text: '"Something new" err="x"'}]);
});
