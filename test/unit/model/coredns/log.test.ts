import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {readCoreDnsLog} from '../../../../src/model/coredns/log.ts';

const folder = new URL('../../../fixtures/coredns-logs/', import.meta.url);
const real = (name: string): string => readFileSync(new URL(`${name}.log`, folder), 'utf8');
const causes = (text: string): object[] => readCoreDnsLog(text).findings.map(({cause}) => cause);
const only = (text: string): Record<string, unknown> => {
  const found = causes(text);
  assert.equal(found.length, 1, JSON.stringify(found));
  return found[0] as Record<string, unknown>;
};

// Recorded from CoreDNS 1.14.2: test/corefile/record-logs.ts
const expected: Readonly<Record<string, readonly object[]>> = {
  'api-certificate': [{cause: 'apiserver-unreachable', address: '127.0.0.1:6443', reason: 'certificate', detail: 'tls: failed to verify certificate: x509: certificate is valid for 192.0.2.1, not 127.0.0.1'}, {cause: 'api-not-synced', state: 'unsynced'}],
  'api-forbidden': [{cause: 'forbidden', user: 'system:serviceaccount:kube-system:coredns', serviceAccount: {namespace: 'kube-system', name: 'coredns'}, verb: 'list', resource: 'endpointslices', group: 'discovery.k8s.io'}, {cause: 'api-not-synced', state: 'unsynced'}],
  'api-refused': [{cause: 'api-not-synced', state: 'unsynced'}], // client-go does not log a refused connection
  'api-unroutable': [{cause: 'apiserver-unreachable', address: '10.96.0.1:443', reason: 'network-unreachable', detail: 'network is unreachable'}, {cause: 'api-not-synced', state: 'unsynced'}],
  'brace-missing': [{cause: 'corefile-refused', when: 'start', plugin: 'cache', file: '/etc/coredns/Corefile', line: 5, reason: "Wrong argument count or unexpected line ending after 'whoami'"}],
  'brace-too-many': [],
  'forward-address': [{cause: 'corefile-refused', when: 'start', plugin: 'forward', file: null, line: null, reason: 'not an IP address or file: "dns.google"'}],
  'forward-no-address': [{cause: 'corefile-refused', when: 'start', plugin: 'forward', file: '/etc/coredns/Corefile', line: 3, reason: "Wrong argument count or unexpected line ending after '.'"}],
  'forward-option': [{cause: 'corefile-refused', when: 'start', plugin: 'forward', file: '/etc/coredns/Corefile', line: 4, reason: "unknown property 'max_fail'"}],
  'healthy': [],
  'import-missing': [{cause: 'corefile-refused', when: 'start', plugin: null, file: '/etc/coredns/Corefile', line: 1, reason: 'File to import not found: /etc/nothing/here'}],
  'kubernetes-option': [{cause: 'corefile-refused', when: 'start', plugin: 'kubernetes', file: '/etc/coredns/Corefile', line: 4, reason: "unknown property 'upstream'"}],
  'kubernetes-outside': [{cause: 'no-api-credentials', reason: 'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined'}],
  'kubernetes-pods': [{cause: 'corefile-refused', when: 'start', plugin: 'kubernetes', file: null, line: null, reason: 'wrong value for pods: unsafe,  must be one of: disabled, verified, insecure'}],
  'loop': [{cause: 'loop', zone: '.', from: '127.0.0.1:46021', to: ':53'}],
  'only-loop-probe': [{cause: 'loop-probe-failed', upstream: '127.0.0.2:5300', protocol: 'udp', reason: 'timed-out', detail: 'i/o timeout'}],
  'plugin-twice': [{cause: 'corefile-refused', when: 'start', plugin: 'cache', file: null, line: null, reason: 'this plugin can only be used once per Server Block'}],
  'port-forbidden': [{cause: 'cannot-listen', protocol: 'tcp', address: ':53', reason: 'permission-denied', detail: 'permission denied', fatal: true}],
  'port-taken': [{cause: 'cannot-listen', protocol: 'udp', address: ':53', reason: 'in-use', detail: 'address already in use', fatal: true}],
  'reload-refused': [{cause: 'corefile-refused', when: 'reload', plugin: null, file: '/etc/coredns/Corefile', line: 11, reason: "Unknown directive 'bar'"}],
  'reload-refused-then-done': [],
  'reload-unparsable': [{cause: 'corefile-refused', when: 'reload', plugin: null, file: '/etc/coredns/Corefile', line: 7, reason: "Unexpected token '0s', expecting '}'"}],
  'too-many-queries': [{cause: 'too-many-queries', limit: 2}, {cause: 'upstream-failed', upstream: '127.0.0.2:5300', protocol: 'udp', reason: 'timed-out', detail: 'i/o timeout'}],
  'unknown-directive': [{cause: 'corefile-refused', when: 'start', plugin: null, file: '/etc/coredns/Corefile', line: 3, reason: "Unknown directive 'foo'"}],
  'upstream-refused': [{cause: 'loop-probe-failed', upstream: '127.0.0.3:5301', protocol: 'udp', reason: 'refused', detail: 'read: connection refused'}, {cause: 'upstream-failed', upstream: '127.0.0.3:5301', protocol: 'udp', reason: 'refused', detail: 'read: connection refused'}],
  'upstream-silent': [{cause: 'loop-probe-failed', upstream: '127.0.0.2:5300', protocol: 'udp', reason: 'timed-out', detail: 'i/o timeout'}, {cause: 'upstream-failed', upstream: '127.0.0.2:5300', protocol: 'udp', reason: 'timed-out', detail: 'i/o timeout'}],
  'upstreams-down': [...['127.0.0.3:5300', '127.0.0.2:5300'].map(upstream => ({cause: 'upstream-failed', upstream, protocol: 'udp', reason: 'timed-out', detail: 'i/o timeout'})), {cause: 'no-healthy-upstream'}],
  'zone-twice': [{cause: 'corefile-refused', when: 'start', plugin: null, file: null, line: null, reason: 'cannot serve dns://.:53 - it is already defined'}],
};

test('each recorded log is looked at', () => assert.deepEqual(readdirSync(folder).sort(), Object.keys(expected).map(name => `${name}.log`).sort()));

for (const [name, wanted] of Object.entries(expected)) {
  test(`a real log: ${name}`, () => {
    // ports of a client are drawn anew in each recording
    const stable = (each: object): object => ({...each, ...('from' in each ? {from: 'client'} : {})});
    assert.deepEqual(causes(real(name)).map(stable), wanted.map(stable));
    assert.deepEqual(causes(real(name).replaceAll(/^(?=.)/gm, '2026-11-21T20:00:00.123456789Z ')), causes(real(name)), 'time stamps change nothing');
  });
}

test('what a start says is read, and how often a question failed, for which types and names', () => {
  const {version, serves, findings} = readCoreDnsLog(real('upstream-silent'));
  assert.deepEqual([version, serves], ['1.14.2', ['.:53']]);
  const [probe, upstream] = findings;
  assert.deepEqual([probe!.count, probe!.types], [4, [{type: 'HINFO', count: 4}]]);
  assert.deepEqual([upstream!.count, upstream!.types], [4, [{type: 'A', count: 2}, {type: 'SRV', count: 1}, {type: 'AAAA', count: 1}]]);
  assert.deepEqual([...upstream!.names].sort(), ['_http._tcp.example.com', 'example.com', 'www.example.com']);
  assert.equal(upstream!.lines.length, 3);
  assert.ok(upstream!.lines.every(line => real('upstream-silent').includes(line)));
});

test('of several runs in one text only the newest counts', () => {
  assert.deepEqual(causes(real('loop') + real('healthy')), []);
  assert.deepEqual(causes(real('unknown-directive') + real('healthy')), []);
  assert.deepEqual(causes(real('upstream-silent') + real('unknown-directive')), expected['unknown-directive']);
  const older = (text: string): string => text.replace(/^maxprocs.*\n/, '');
  assert.deepEqual(causes(older(real('upstream-silent')) + older(real('healthy'))), []);
  assert.deepEqual(causes(older(real('loop')) + older(real('upstream-refused'))), expected['upstream-refused']);
  assert.equal(readCoreDnsLog(real('healthy') + real('unknown-directive')).serves.length, 0);
});

test('waiting for the API is over once it serves, and is not while it does not', () => {
  const waiting = '[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server\n';
  assert.deepEqual(only(waiting), {cause: 'api-not-synced', state: 'waiting'});
  assert.deepEqual(causes(`${waiting}.:53\nCoreDNS-1.14.2\nlinux/amd64, go1.26.8, rig\n`), []);
});

// Strings of releases that cannot be run here: CoreDNS's own sources and issues
test('older releases', () => {
  assert.deepEqual(only('2018/09/09 07:51:29 [FATAL] plugin/loop: Seen "HINFO IN 6900627972087569316.7905576541070882081." more than twice, loop detected'), {cause: 'loop', zone: '.', from: null, to: null});
  assert.deepEqual(only('2019-02-01T10:00:00.000Z [ERROR] plugin/errors: 2 example.com. A: unreachable backend: read udp 10.244.0.5:43210->10.0.0.2:53: i/o timeout'), {cause: 'upstream-failed', upstream: '10.0.0.2:53', protocol: 'udp', reason: 'timed-out', detail: 'i/o timeout'});
  assert.deepEqual(only('E1121 10:00:00.000000       1 reflector.go:153] pkg/mod/k8s.io/client-go@v0.17.2/tools/cache/reflector.go:105: Failed to list *v1.Service: Get https://10.96.0.1:443/api/v1/services?limit=500&resourceVersion=0: dial tcp 10.96.0.1:443: connect: no route to host'), {cause: 'apiserver-unreachable', address: '10.96.0.1:443', reason: 'no-route', detail: 'no route to host'});
  assert.deepEqual(only('[INFO] plugin/ready: Still waiting on: "kubernetes"'), {cause: 'api-not-synced', state: 'not-ready'});
  assert.deepEqual(only('[INFO] plugin/ready: Plugins not ready: ["kubernetes"]'), {cause: 'api-not-synced', state: 'not-ready'});
});

test('the rest of what is told apart', () => {
  assert.deepEqual(only('[ERROR] plugin/kubernetes: Failed to watch: failed to list *v1.Service: Unauthorized'), {cause: 'unauthorized'});
  assert.deepEqual(only('[ERROR] plugin/errors: 2 big.example.com. TXT: dns: overflow unpacking uint32'), {cause: 'answer-unreadable', detail: 'dns: overflow unpacking uint32'});
  assert.deepEqual(only('[WARNING] plugin/health: Local health request to "http://:8080/health" took more than 1s: 1.6s'), {cause: 'slow', detail: 'took more than 1s: 1.6s'});
  assert.deepEqual(only("[ERROR] plugin/errors: 35 errors like '^read udp .* i/o timeout$' occurred in last 30s"), {cause: 'consolidated', errors: 35, pattern: '^read udp .* i/o timeout$', period: '30s'});
  assert.deepEqual(only('[ERROR] plugin/errors: 2 example.com. A: dial tcp 10.0.0.2:53: connect: no route to host'), {cause: 'upstream-failed', upstream: '10.0.0.2:53', protocol: 'tcp', reason: 'no-route', detail: 'connect: no route to host'});
  assert.deepEqual(only('[ERROR] plugin/errors: 2 example.com. AAAA: read udp [fd00::5]:4000->[fd00::1]:53: i/o timeout'), {cause: 'upstream-failed', upstream: '[fd00::1]:53', protocol: 'udp', reason: 'timed-out', detail: 'i/o timeout'});
  assert.deepEqual(only('[ERROR] Recovered from panic in server: "dns://:53" runtime error: index out of range'), {cause: 'panic', detail: '"dns://:53" runtime error: index out of range'});
  assert.deepEqual(only('[ERROR] plugin/metrics: Failed to start metrics handler: listen tcp :9153: bind: address already in use'), {cause: 'cannot-listen', protocol: 'tcp', address: ':9153', reason: 'in-use', detail: 'address already in use', fatal: false});
  assert.deepEqual(only('listen udp 169.254.20.10:53: bind: cannot assign requested address'), {cause: 'cannot-listen', protocol: 'udp', address: '169.254.20.10:53', reason: 'not-local', detail: 'cannot assign requested address', fatal: true});
  assert.deepEqual(only('[ERROR] plugin/sign: something new'), {cause: 'other-error', text: 'plugin/sign: something new'});
  assert.deepEqual(only('loading Caddyfile via flag: open /etc/coredns/Corefile: no such file or directory'), {cause: 'corefile-refused', when: 'start', plugin: null, file: null, line: null, reason: 'loading Caddyfile via flag: open /etc/coredns/Corefile: no such file or directory'});
});

test('what queries log themselves is no cause', () => {
  assert.deepEqual(causes('[INFO] 10.244.1.3:43210 - 5 "A IN example.com. udp 29 false 512" NOERROR qr,rd,ra 56 0.01s\n\n'), []);
  assert.deepEqual(causes(''), []);
});
