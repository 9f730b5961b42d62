import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import type {Result} from '../../../src/checks/check.ts';
import clusterCidr from '../../../src/checks/kube-proxy-cluster-cidr.ts';
import configApplied from '../../../src/checks/kube-proxy-config-applied.ts';
import keepsUp from '../../../src/checks/kube-proxy-keeps-up.ts';
import {type Answer, known, unknown} from '../../../src/cluster/answer.ts';
import type {ConfigMap, EndpointSlice, Node, Pod, Service} from '../../../src/cluster/objects.ts';
import type {TcpAsked, TcpTry} from '../../../src/cluster/tcp.ts';
import type {Finding} from '../../../src/findings/finding.ts';
import {levelOf, messageOf, remedyOf} from '../../../src/findings/words.ts';
import type {Proxies} from '../../../src/model/proxy.ts';
import {proxyReport, type ProxyReport} from '../../../src/model/proxy-report.ts';

const text = (name: string): string => readFileSync(new URL(`../../fixtures/kube-proxy-health/${name}.txt`, import.meta.url), 'utf8');
const answered = (body: string) => ({status: 200, contentType: null, body, truncated: false});
const configz = (fields: object): string => JSON.stringify({'kubeproxy.config.k8s.io': {mode: 'iptables', clusterCIDR: '10.244.0.0/16', ...fields}});
/** As a real one told. */
const tells = (name: string, fields: object = {}): Answer<ProxyReport> => known(proxyReport({mode: answered('iptables'), config: answered(configz(fields)), metrics: answered(text(`${name}.metrics`)), health: answered(text(`${name}.healthz`))}));
const mute: Answer<ProxyReport> = known(proxyReport({mode: null, config: null, metrics: null, health: null}));

const kubeProxy = (owner: string, args: readonly string[] = []): Proxies['pods'] => new Map([['node1', [{
  pod: {metadata: {namespace: 'kube-system', name: 'kube-proxy-x', ownerReferences: [{kind: 'DaemonSet', name: owner, controller: true}]}, spec: {nodeName: 'node1', containers: []}} as unknown as Pod,
  container: {name: 'kube-proxy', command: ['kube-proxy', ...args]},
}]]]);
const config = (conf: string, server = 'https://192.0.2.10:6443'): ConfigMap => ({metadata: {name: 'kube-proxy', namespace: 'kube-system'}, data: {'config.conf': conf, 'kubeconfig.conf': `clusters:\n- cluster:\n    server: ${server}\n`}});
const plain = config('mode: ""\nclusterCIDR: 10.244.0.0/16\n');
const proxies = (settings = plain, owner = 'kube-proxy', args: readonly string[] = []): Proxies => ({pods: kubeProxy(owner, args), daemonSets: [], replacement: null, configs: new Map([['kube-proxy', settings]])});

const service = (clusterIP = '10.96.0.7'): Service => ({metadata: {namespace: 'shop', name: 'cart'}, spec: {clusterIP, ports: [{port: 80}]}} as Service);
const slice = (changed: number, addressType = 'IPv4'): EndpointSlice => ({metadata: {namespace: 'shop', name: 'cart-1', annotations: {'endpoints.kubernetes.io/last-change-trigger-time': new Date(changed).toISOString()}}, addressType, endpoints: [], ports: []} as unknown as EndpointSlice);
const asked = (of: Service, ...slices: EndpointSlice[]) => [{service: of, ports: of.spec.ports ?? [], slices}];

const said = (finding: unknown): string => messageOf(finding as Finding);
const codes = ({findings}: Result): string[] => findings.map(({code}) => code);

/** When the recorded ones last wrote rules, and an hour later. */
const wrote = Date.parse('2026-11-21T21:35:09Z');
const now = new Date(wrote + 3_600_000);
const rules = (faults: number) => known(new Map([['node1', known([{faults: Array.from({length: faults}, () => ({})), undecided: null}])]]));
const heard = (outcome: TcpTry['outcome']): Answer<ReadonlyMap<string, Answer<TcpAsked>>> => known(new Map([['node1', known({via: 'probe', tries: [1, 2].map(() => ({outcome, detail: null, connectMicros: outcome === 'connected' ? 300 : null, micros: 300, icmp: null, http: null, tls: null}))} as unknown as TcpAsked)]]));
const look = (report: Answer<ProxyReport>, over: object = {}): Result => keepsUp.run({services: asked(service(), slice(wrote - 60_000)), proxies: proxies(), proxyReports: new Map([['node1', report]]), now, comparisons: rules(0), proxyServers: heard('connected'), proxyLogs: unknown('not-asked', 'not asked'), ...over});

test('healthy ones, in both modes, that heard of the newest change: nothing', () => {
  for (const name of ['healthy', 'healthy-nftables']) assert.deepEqual([look(tells(name)).findings, look(tells(name)).note], [[], '1 of 1 tell'], name);
});

test('green and deaf: a slice changed, and it has heard of nothing since', () => {
  const changed = {services: asked(service(), slice(wrote + 1_800_000))};
  const {findings: [finding]} = look(tells('healthy'), changed);
  assert.match(said(finding), /^kube-proxy on node1 has heard of no change since 2026-11-21T21:3\S+, though Services have changed; its own health check says that all is well$/);
  assert.deepEqual([levelOf(finding as Finding), finding?.evidence.length], ['warning', 3]);
  assert.equal(levelOf(look(tells('healthy'), {...changed, comparisons: rules(1)}).findings[0] as Finding), 'error');
  assert.match(remedyOf(finding as Finding)[1] ?? '', /^kubectl delete pod -n kube-system kube-proxy-x /);
});

test('changes that are none of its business: of headless Services, of the other family, within seconds', () => {
  assert.deepEqual(look(tells('healthy'), {services: [...asked(service()), ...asked(service('None'), slice(wrote + 1_800_000))]}).findings, []);
  const six = look(tells('healthy'), {services: asked(service(), slice(wrote + 1_800_000, 'IPv6'))});
  assert.deepEqual([codes(six), six.findings[0]?.evidence[1]?.text.startsWith('IPv6')], [['kube-proxy-stale'], true]);
  assert.deepEqual(look(tells('healthy'), {services: asked(service(), slice(now.getTime() - 5_000))}).findings, []);
});

test('refused rules, whatever /healthz says', () => {
  assert.match(said(look(tells('restore-fails')).findings[0]), /cannot write its rules since .*: iptables-restore or nft refuses them; its own health check says that all is well/);
});

test('a server that does not answer comes first, and is an error once the rules are wrong', () => {
  const dead = {proxyServers: heard('timed-out'), proxies: proxies(config('mode: ""', 'https://192.0.2.10:6443')), services: asked(service(), slice(wrote + 1_800_000))};
  const {findings} = look(tells('server-lost'), dead);
  assert.deepEqual([codes({findings}), said(findings[0]), levelOf(findings[0] as Finding)], [['kube-proxy-cannot-reach-apiserver'], 'kube-proxy on node1 was told the API server https://192.0.2.10:6443, which does not answer there (timed out): it hears of no change, though its rules still fit', 'warning']);
  const broken = look(tells('server-lost'), {...dead, comparisons: rules(1)}).findings[0];
  assert.deepEqual([levelOf(broken as Finding), said(broken).endsWith(': its rules are not what the API asks for')], ['error', true]);
  assert.deepEqual(codes(look(mute, dead)), ['kube-proxy-cannot-reach-apiserver'], 'also of one that tells nothing');
});

test('one that is not asked, or tells nothing, is no pass', () => {
  assert.match(look(mute).skipped ?? '', /no kube-proxy tells/);
  assert.match(look(unknown('not-asked', 'no debug pod')).skipped ?? '', /no kube-proxy was asked/);
  assert.equal(look(unknown('timeout', 'the debug pod did not start')).unknown?.length, 1);
  const some = keepsUp.run({services: asked(service()), proxies: proxies(), proxyReports: new Map([['node1', tells('healthy')], ['node2', mute]]), now, comparisons: rules(0), proxyServers: heard('connected'), proxyLogs: unknown('not-asked', 'not asked')});
  assert.equal(some.note, '1 of 2 tell');
  assert.deepEqual([look(unknown('not-asked', 'no debug pod'), {proxyReports: new Map([['node1', tells('healthy')], ['node2', unknown('not-asked', 'no')]])}).unknown], [[]]);
});

const apply = (conf: string, fields: object, of = proxies(config(conf))): Result => configApplied.run({services: asked(service()), proxies: of, proxyReports: new Map([['node1', tells('healthy', fields)]])});

test('settings that are not those of the ConfigMap', () => {
  const {findings: [finding]} = apply("mode: 'nftables' # soon\nclusterCIDR: 10.0.0.0/8\n", {});
  assert.equal(said(finding), 'kube-proxy on node1 runs with mode “iptables” where its ConfigMap says “nftables” and clusterCIDR “10.244.0.0/16” where its ConfigMap says “10.0.0.0/8”: it reads that only when it starts');
  assert.equal(levelOf(finding as Finding), 'warning');
});

test('an empty mode is iptables; what the ConfigMap does not say is not compared; another DaemonSet has its own settings', () => {
  assert.deepEqual(apply('mode: ""\nclusterCIDR: "10.244.0.0/16"\ndetectLocalMode: ""\n', {}).findings, []);
  assert.deepEqual(apply('kind: KubeProxyConfiguration\n', {mode: 'ipvs'}).findings, []);
  assert.deepEqual(apply('mode: ipvs', {}, proxies(config('mode: ipvs'), 'kube-proxy-arm', ['--proxy-mode=iptables'])).findings, []);
});

const node = (name: string, ...podCIDRs: string[]): Node => ({metadata: {name}, spec: {podCIDRs}} as unknown as Node);
const cidr = (nodes: readonly Node[], reports: readonly Answer<ProxyReport>[], conf = 'clusterCIDR: 10.244.0.0/16'): Result => clusterCidr.run({services: asked(service()), nodes, proxies: proxies(config(conf)), proxyReports: new Map(reports.map((report, i) => [`node${i + 1}`, report]))});

test('a clusterCIDR that some nodes are not in; each family against its own', () => {
  const {findings: [finding]} = cidr([node('node1', '10.244.1.0/24'), node('node2', '10.245.2.0/24'), node('node3', 'fd00:1::/64')], [tells('healthy')]);
  assert.equal(said(finding), "kube-proxy takes 10.244.0.0/16 for the pods' network, and 10.245.2.0/24 of node2 is not in it: what pods send to Services gets the node's address as its sender");
  assert.deepEqual(cidr([node('node1', '10.244.1.0/24', 'fd00:1::/64')], [tells('healthy', {clusterCIDR: '10.244.0.0/16,fd00::/16'})]).findings, []);
});

test('what runs counts, not the ConfigMap; and only where pods are told by it', () => {
  assert.deepEqual(cidr([node('node1', '10.244.1.0/24')], [tells('healthy')], 'clusterCIDR: 192.168.0.0/16').findings, []);
  assert.deepEqual(codes(cidr([node('node1', '10.244.1.0/24')], [mute], 'clusterCIDR: 192.168.0.0/16')), ['kube-proxy-wrong-cluster-cidr']);
  assert.match(cidr([node('node1', '10.1.0.0/24')], [tells('healthy', {detectLocalMode: 'BridgeInterface'})]).skipped ?? '', /no clusterCIDR/);
});
