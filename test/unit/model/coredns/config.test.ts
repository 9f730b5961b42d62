import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {type CoreDnsConfig, readConfig, serverFor} from '../../../../src/model/coredns/config.ts';
import {type CorefileContext, type CorefileFault, faultsOf} from '../../../../src/model/coredns/faults.ts';
import {listeningOf, longestZone, within} from '../../../../src/model/coredns/zones.ts';
import {parseCorefile} from '../../../../src/parse/corefile.ts';

const folder = new URL('../../../fixtures/corefile/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const config = (source: string, more: object = {}): CoreDnsConfig => readConfig(parseCorefile(source, {file: '/etc/coredns/Corefile', ...more}));
const first = (source: string): string | undefined => config(source).refusals[0]?.text;
const context: CorefileContext = {clusterDomain: 'cluster.local', serviceAddresses: ['10.96.0.10'], podAddresses: ['10.244.1.4'], resolvers: ['192.0.2.53']};
const faults = (source: string, more: Partial<CorefileContext> = {}, reading: object = {}): CorefileFault[] => faultsOf(config(source, reading), {...context, ...more});
const inKubeadm = (from: string, to: string): string => {
  assert.ok(text('kubeadm').includes(from));
  return text('kubeadm').replace(from, to);
};

test('stock Corefiles are taken, and nothing is wrong with those of CoreDNS pods', () => {
  for (const name of readdirSync(folder).filter(name => name !== 'variables')) assert.deepEqual(config(text(name)).refusals, [], name);
  for (const name of ['kubeadm', 'k3s', 'rke2', 'eks', 'aks', 'kind', 'microk8s', 'node-local', 'stubs']) assert.deepEqual(faults(text(name)), [], name);
});

test('kubeadm’s options, and the order in which plugins are asked', () => {
  const {servers: [server]} = config(text('kubeadm'));
  assert.deepEqual(server!.plugins.map(({name}) => name), ['reload', 'ready', 'health', 'prometheus', 'errors', 'loadbalance', 'cache', 'kubernetes', 'loop', 'forward']);
  assert.deepEqual(server!.options.kubernetes, {zones: ['cluster.local', 'in-addr.arpa', 'ip6.arpa'], pods: 'insecure', endpointPodNames: false, namespaces: [], labels: null, namespaceLabels: null, fallthrough: ['in-addr.arpa', 'ip6.arpa'], ttl: 30, noEndpoints: false, ignoreEmptyService: false, endpoint: null, kubeconfig: null, multicluster: []});
  const {to, ...forward} = server!.options.forwards[0]!;
  assert.deepEqual(to, [{kind: 'file', path: '/etc/resolv.conf', written: '/etc/resolv.conf'}]);
  assert.deepEqual(forward, {line: 13, from: '.', except: [], policy: 'random', forceTcp: false, preferUdp: false, maxFails: 2, healthCheckMs: 500, expireMs: 10_000, maxConcurrent: 1000, failFast: false, tlsServerName: null, next: [], failover: []});
  assert.deepEqual(server!.options.cache, {zones: ['.'], ttl: 30, denialTtl: 30, notAnswers: ['cluster.local'], notDenials: ['cluster.local'], serveStaleMs: null, servfailMs: 5000, prefetch: false});
  assert.deepEqual(server!.options.health, {address: ':8080', lameduckMs: 5000});
  assert.deepEqual([server!.options.ready, server!.options.loop, server!.options.reloadMs, server!.options.errors, server!.options.log], [':8181', true, 30_000, true, false]);
});

test('many options', () => {
  const {servers: [corp, , root]} = config(text('stubs'));
  const [forward] = corp!.options.forwards;
  assert.deepEqual(forward!.to.map(target => (target.kind === 'address' ? [target.transport, target.address, target.port] : target)), [['dns', '10.1.0.53', 53], ['dns', '10.2.0.53', 5353], ['tls', '10.3.0.53', 853]]);
  assert.deepEqual([forward!.except, forward!.policy, forward!.maxFails, forward!.healthCheckMs, forward!.preferUdp, forward!.tlsServerName], [['public.corp.example.com'], 'sequential', 0, 5000, true, 'dns.corp.example.com']);
  const {options} = root!;
  assert.deepEqual(options.hosts, {line: 34, zones: ['.'], path: '/etc/hosts', fallthrough: ['.'], entries: [{address: '192.0.2.5', names: ['db.example.com', 'cache.example.com']}, {address: '2001:db8::5', names: ['db6.example.com']}]});
  assert.deepEqual(options.templates.map(({type, zones, rcode, fallthrough, match}) => [type, zones, rcode, fallthrough, match.length]), [['A', ['example.invalid'], 'NOERROR', ['.'], 1], ['AAAA', ['.'], 'NOERROR', [], 0]]);
  assert.deepEqual(options.rewrites.map(({kind, line}) => [kind, line]), [['name', 28], ['name', 29], ['ttl', 33]]);
  assert.deepEqual([options.kubernetes!.pods, options.kubernetes!.endpointPodNames, options.kubernetes!.namespaces, options.kubernetes!.labels, options.kubernetes!.noEndpoints], ['verified', true, ['default', 'kube-system'], 'app in (a, b),tier!=db', true]);
  assert.deepEqual(options.acl[0]!.policies.map(({action, types, nets}) => [action, types, nets]), [['block', ['ANY'], ['203.0.113.0/24']], ['allow', null, ['10.0.0.0/8', '192.0.2.1']], ['drop', null, null]]);
  assert.deepEqual([options.autopath, options.bufsize, options.reloadMs], [{zones: ['.'], from: '@kubernetes'}, 1232, 10_000]);
});

test('which server block answers: the longest zone, on the port asked', () => {
  const all = config(`${text('stubs')}\nsvc.example.com:5353 {\n  whoami\n}\n`);
  const keys = (name: string, port?: number): string | undefined => serverFor(all, name, port)?.keys[0];
  assert.equal(keys('a.corp.example.com'), 'corp.example.com.');
  assert.equal(keys('A.CORP.example.com.'), 'corp.example.com.');
  assert.equal(keys('xcorp.example.com'), '.');
  assert.equal(keys('4.3.2.10.in-addr.arpa'), 'corp.example.com.');
  assert.equal(keys('4.3.2.11.in-addr.arpa'), '.');
  assert.equal(keys('a.svc.example.com'), '.');
  assert.equal(keys('a.svc.example.com', 5353), 'svc.example.com:5353');
  assert.equal(keys('example.com', 5353), undefined);
  assert.equal(keys('', 53), '.');
});

test('keys: zones, ports, transports, blocks of addresses', () => {
  const zones = (key: string): unknown => { const each = listeningOf(key, 53); return 'value' in each ? each.value.map(({zone, transport, port}) => `${transport} ${zone} ${port}`) : each.error; };
  assert.deepEqual(zones('.'), ['dns . 53']);
  assert.deepEqual(zones('example.org.:1053'), ['dns example.org 1053']);
  assert.deepEqual(zones('tls://.'), ['tls . 853']);
  assert.deepEqual(zones('https://example.org'), ['https example.org 443']);
  assert.deepEqual(zones('10.0.0.0/8'), ['dns 10.in-addr.arpa 53']);
  assert.deepEqual(zones('10.0.0.0/24:53'), ['dns 0.0.10.in-addr.arpa 53']);
  assert.deepEqual(zones('172.16.0.0/15'), ['dns 16.172.in-addr.arpa 53', 'dns 17.172.in-addr.arpa 53']);
  assert.deepEqual(zones('2001:db8::/32'), ['dns 8.b.d.0.1.0.0.2.ip6.arpa 53']);
  assert.deepEqual(zones('example..org'), 'zone is not a valid domain name: example..org');
  assert.deepEqual(zones('example.org:'), 'expecting data after last colon: "example.org:"');
  assert.equal(longestZone(['.', 'local', 'cluster.local'], 'a.cluster.local'), 'cluster.local');
  assert.equal(within('cluster.local', 'cluster.local.'), true);
});

// In CoreDNS's words; test/corefile/compare.ts asks the real one about many more
test('what CoreDNS refuses', () => {
  assert.equal(first(inKubeadm('max_concurrent', 'max_concurent')), "plugin/forward: /etc/coredns/Corefile:14 - Error during parsing: unknown property 'max_concurent'");
  // named on the line where the word begins, though it goes on for another and an argument follows there
  assert.equal(first(inKubeadm('pods insecure', '"po\nds" insecure')), "plugin/kubernetes: /etc/coredns/Corefile:8 - Error during parsing: unknown property 'po\nds'");
  assert.equal(first(inKubeadm('loop', 'lop')), "/etc/coredns/Corefile:20 - Error during parsing: Unknown directive 'lop'");
  assert.equal(first(inKubeadm('loop', 'cache')), 'plugin/cache: this plugin can only be used once per Server Block');
  assert.equal(first(inKubeadm('/etc/resolv.conf', 'dns.google')), 'plugin/forward: not an IP address or file: "dns.google"');
  assert.equal(first(inKubeadm('pods insecure', 'pods unsafe')), 'plugin/kubernetes: wrong value for pods: unsafe,  must be one of: disabled, verified, insecure');
  assert.equal(first(inKubeadm('lameduck 5s', 'lameduck 5')), 'plugin/health: unable to parse lameduck duration value: \'5\' : time: missing unit in duration "5"');
  assert.equal(first(inKubeadm('ttl 30', 'ttl x')), 'plugin/kubernetes: strconv.Atoi: parsing "x": invalid syntax');
  assert.equal(first(text('kubeadm') + text('kind')), 'cannot serve dns://.:53 - it is already defined');
  assert.equal(first(text('kubeadm').replace('.:53 ', 'a..b:53 ')), 'error inspecting server blocks: zone is not a valid domain name: a..b');
  assert.equal(first('{\n  foo\n}\n'), "/etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'foo'");
});

test('an unknown directive: gone, or mistyped', () => {
  assert.deepEqual(config('. {\n  proxy . 10.0.0.1\n  forwrad . 10.0.0.1\n  netbox\n}\n').unknownDirectives.map(({name, line, gone, nearest}) => [name, line, gone, nearest]),
    [['proxy', 2, '1.5.0', null], ['forwrad', 3, null, 'forward'], ['netbox', 4, null, null]]);
});

test('what could not be read makes nothing certain', () => {
  assert.equal(config(text('variables')).refusals.every(({certain}) => !certain), true);
  assert.deepEqual(faults(text('variables')), []);
  assert.deepEqual(config(text('variables'), {variable: (name: string) => ({ZONE: '.', PORT: '53', UPSTREAM: '10.0.0.1', SECOND: '10.0.0.2', TTL: '30'})[name]}).refusals, []);
});

test('forwards that lead to itself', () => {
  const to = (target: string, more: Partial<CorefileContext> = {}): unknown => faults(inKubeadm('/etc/resolv.conf', target), more).map(each => (each.fault === 'forwards-to-itself' ? [each.target, each.why, each.via, each.line, each.loopDetected] : each));
  assert.deepEqual(to('127.0.0.1'), [['127.0.0.1', 'loopback', null, 13, true]]);
  assert.deepEqual(to('127.0.0.1:5353'), []);
  assert.deepEqual(to('10.96.0.10'), [['10.96.0.10', 'own-service', null, 13, true]]);
  assert.deepEqual(to('10.244.1.4:53 9.9.9.9'), [['10.244.1.4', 'own-address', null, 13, true]]);
  assert.deepEqual(to('/etc/resolv.conf', {resolvers: ['127.0.0.53']}), [['127.0.0.53', 'loopback', '/etc/resolv.conf', 13, true]]);
  assert.deepEqual(to('/etc/resolv.conf', {resolvers: null}), []);
  assert.deepEqual(to('[::1]:53'), [['::1', 'loopback', null, 13, true]]);
  assert.deepEqual(faults(text('node-local').replaceAll('10.96.0.11', '169.254.20.10')).map(each => (each.fault === 'forwards-to-itself' ? each.line : each)), [10, 22, 33]);
});

test('the cluster domain is not served, or nobody is asked about the rest', () => {
  assert.deepEqual(faults(text('kubeadm'), {clusterDomain: 'k8s.example'}), [{fault: 'cluster-domain-not-served', domain: 'k8s.example', why: 'no-kubernetes', kubernetesZones: ['cluster.local', 'in-addr.arpa', 'ip6.arpa'], line: 1}]);
  assert.deepEqual(faults(text('kubeadm').replace('.:53', 'cluster.local:53')), [{fault: 'no-upstream', why: 'no-server', line: null}]);
  assert.deepEqual(faults('.:53 {\n  kubernetes cluster.local\n}\n'), [{fault: 'no-upstream', why: 'no-forward', line: 1}]);
  assert.deepEqual(faults(`${text('kubeadm')}cluster.local {\n  errors\n}\n`).map(({fault}) => fault), ['cluster-domain-not-served']);
  assert.deepEqual(faults('.:53 {\n  import custom/*.override\n}\n'), []);
  assert.deepEqual(faults('.:53 {\n  import custom/*.override\n  kubernetes cluster.local\n}\n', {}, {imported: () => []}).map(({fault}) => fault), ['no-upstream']);
});

test('plugins that keep the ones behind them from being asked', () => {
  assert.deepEqual(faults(inKubeadm('    loop\n', '    hosts {\n      192.0.2.1 a.example\n    }\n')), [{fault: 'answers-all', plugin: 'hosts', zones: ['.'], type: 'ANY', rcode: 'SERVFAIL', hides: ['kubernetes', 'forward'], line: 20}]);
  assert.deepEqual(faults(inKubeadm('    loop\n', '    hosts /etc/coredns/own own.example {\n      192.0.2.1 a.own.example\n    }\n')).filter(each => each.fault !== 'answers-all' || each.zones.includes('.')), []);
  assert.deepEqual(faults(inKubeadm('    loop\n', '    template ANY AAAA {\n      rcode NXDOMAIN\n    }\n')).map(each => (each.fault === 'answers-all' ? [each.plugin, each.type, each.rcode] : each)), [['template', 'AAAA', 'NXDOMAIN']]);
  assert.deepEqual(faults(inKubeadm('    loop\n', '    template ANY AAAA {\n      rcode NOERROR\n    }\n')), []);
});

test('a zone in capitals is never asked for', () => {
  assert.deepEqual(faults(`${text('kubeadm')}Corp.example {\n  forward . 10.0.0.1\n}\n`), [{fault: 'zone-in-capitals', zone: 'Corp.example', line: 24}]);
});
