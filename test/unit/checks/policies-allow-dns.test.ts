import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parse} from 'yaml';
import type {Result} from '../../../src/checks/check.ts';
import policiesAllowDns from '../../../src/checks/policies-allow-dns.ts';
import {known, unknown} from '../../../src/cluster/answer.ts';
import type {NetworkPolicy, Pod, Service} from '../../../src/cluster/objects.ts';
import type {Finding, FindingOf} from '../../../src/findings/finding.ts';
import {levelOf, messageOf, remedyOf} from '../../../src/findings/words.ts';
import type {Cell} from '../../../src/model/dns/heard.ts';
import type {DnsPlace} from '../../../src/model/dns/place.ts';
import {judge} from '../../../src/model/network-policy.ts';

const service: Service = {metadata: {namespace: 'kube-system', name: 'kube-dns'}, spec: {clusterIP: '10.96.0.10', selector: {'k8s-app': 'kube-dns'}, ports: [{name: 'dns', port: 53, protocol: 'UDP'}, {name: 'dns-tcp', port: 53, protocol: 'TCP'}]}};
const pod = (namespace: string, name: string, podIP: string, labels: Readonly<Record<string, string>>, nodeName = 'node1'): Pod => ({
  metadata: {namespace, name, labels, uid: name}, spec: {nodeName, containers: [{name: 'c'}]}, status: {phase: 'Running', podIP, conditions: [{type: 'Ready', status: 'True'}]},
});
const dns = [pod('kube-system', 'coredns-1', '10.244.1.2', {'k8s-app': 'kube-dns'}), pod('kube-system', 'coredns-2', '10.244.2.2', {'k8s-app': 'kube-dns'}, 'node2')];
const client = pod('shop', 'cart', '10.244.1.5', {app: 'cart'});
const at: DnsPlace = {role: 'client', pod: client, place: {node: 'node1', pod: {namespace: 'shop', name: 'cart', uid: 'cart'}, images: []}};

/** What the client heard: of each server and protocol whether it was answered. */
const cell = (kind: 'pod' | 'vip' | 'nameserver', name: string, protocol: 'udp' | 'tcp', answered: boolean): Cell => ({
  from: at, purpose: 'cluster', server: {kind, name, address: name, port: 53}, ask: {server: name, port: 53, protocol, name: 'kubernetes.default.svc.cluster.local', type: 'A', tries: 1, timeoutMs: 1},
  heard: known({ask: {server: name, port: 53, protocol, name: '', type: 'A', tries: 1, timeoutMs: 1}, via: 'probe', tries: [{outcome: answered ? 'answered' : 'timed-out', detail: null, micros: 900, from: null, hex: '', message: null}]}),
});
const heard = (answers: (protocol: 'udp' | 'tcp', server: string) => boolean): Cell[] => (['udp', 'tcp'] as const).flatMap(protocol => [cell('vip', '10.96.0.10', protocol, answers(protocol, 'vip')), ...['coredns-1', 'coredns-2'].map(name => cell('pod', `kube-system/${name}`, protocol, answers(protocol, name)))]);
/** What the node itself heard, which no policy of pods hinders. */
const beside = (node: string, answered: boolean): Cell[] => heard(() => answered).map(each => ({...each, from: {role: 'client', pod: null, place: {node, pod: null, images: []}}}));
const silence = [...heard(() => false), ...beside('node1', true)];

/** `NAMESPACE NAME: spec` in YAML's flow form. */
const policies = (...lines: readonly string[]): NetworkPolicy[] => lines.map(line => {
  const [, namespace = '', name = '', spec = ''] = /^(\S+) (\S+): (.*)$/.exec(line) ?? assert.fail(line);
  return {metadata: {namespace, name}, spec: parse(spec) as NonNullable<NetworkPolicy['spec']>};
});
const world = (of: readonly NetworkPolicy[]) => ({policies: of, namespaces: new Map([['kube-system', {'kubernetes.io/metadata.name': 'kube-system'}], ['shop', {'kubernetes.io/metadata.name': 'shop'}]])});
const look = (of: readonly NetworkPolicy[], cells: readonly Cell[] | null, nameservers: readonly string[] = ['10.96.0.10']): Result => policiesAllowDns.run({
  dnsService: service, dnsPods: dns, dnsPlaces: [at], policies: world(of), resolvers: known([{at, nameservers}]), dnsAnswers: cells === null ? unknown('not-asked', 'no') : known(cells),
});
const only = ({findings}: Result): FindingOf<'network-policy-denies'> => {
  assert.equal(findings.length, 1);
  return findings[0] as FindingOf<'network-policy-denies'>;
};
const said = (finding: FindingOf<'network-policy-denies'>): string => messageOf(finding as Finding);

const deny = 'shop deny-egress: {podSelector: {}, policyTypes: [Egress]}';

test('all egress closed, and queries get lost: which policy, proven, and a rule that mends it', () => {
  const of = policies(deny);
  const finding = only(look(of, silence));
  assert.deepEqual([finding.subject, finding.confidence, levelOf(finding as Finding)], [{kind: 'Namespace', namespace: null, name: 'shop'}, 'proven', 'error']);
  assert.equal(said(finding), 'NetworkPolicy shop/deny-egress does not allow shop/cart to send to kube-system/coredns-1 and kube-system/coredns-2, port 53 over UDP and TCP, and such queries get lost');
  const patch = /^kubectl patch networkpolicy -n shop deny-egress --type json -p '(.*)'$/.exec(remedyOf(finding as Finding)[0] ?? '')?.[1] ?? assert.fail();
  const [{path, value}] = JSON.parse(patch) as [{path: string; value: NonNullable<NonNullable<NetworkPolicy['spec']>['egress']>}];
  assert.equal(path, '/spec/egress');
  const mended = [{...of[0]!, spec: {...of[0]!.spec, egress: value}}];
  for (const server of dns) for (const protocol of ['UDP', 'TCP'] as const) assert.equal(judge({from: {kind: 'pod', pod: client, address: ''}, to: {kind: 'pod', pod: server, address: ''}, protocol, port: 53}, world(mended))[0].verdict, 'allowed');
});

test('a policy that nobody enforces is not told', () => assert.deepEqual(look(policies(deny), heard(() => true)).findings, []));

test('the Service answers, so one silent pod is no matter of policies', () => {
  assert.deepEqual(look(policies(deny), heard((_, server) => server !== 'coredns-2')).findings, []);
});

test('where the node hears nothing either, something else comes first', () => {
  const finding = only(look(policies(deny), [...heard(() => false), ...beside('node1', false)]));
  assert.deepEqual([finding.confidence, levelOf(finding as Finding)], ['possible', 'warning']);
  const unwitnessed = only(look(policies(deny), heard(() => false)));
  assert.deepEqual([unwitnessed.confidence, levelOf(unwitnessed as Finding)], ['likely', 'error']);
});

test('nothing could be tried: likely, and said so', () => {
  const finding = only(look(policies(deny), null));
  assert.equal(finding.confidence, 'likely');
  assert.match(said(finding), /\(not tried\)$/);
});

test('TCP alone is an error once queries get lost, and the rule that comes nearest is named', () => {
  const finding = only(look(policies('shop udp: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: TCP, port: 443}]}, {ports: [{protocol: UDP, port: 53}]}]}'), [...heard(protocol => protocol === 'udp'), ...beside('node1', true)]));
  assert.deepEqual([levelOf(finding as Finding), finding.args.protocols], ['error', ['TCP']]);
  assert.match(said(finding), /; rule 2 of shop\/udp comes nearest and has another protocol, and such/);
  assert.match(remedyOf(finding as Finding)[0] ?? '', /"path":"\/spec\/egress\/-"/);
});

test('ingress of CoreDNS is about the Service', () => {
  const finding = only(look(policies('kube-system strict: {podSelector: {matchLabels: {k8s-app: kube-dns}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}]}'), silence));
  assert.deepEqual([finding.subject, finding.args.direction], [{kind: 'Service', namespace: 'kube-system', name: 'kube-dns'}, 'ingress']);
  assert.match(said(finding), /does not allow kube-system\/coredns-1 and kube-system\/coredns-2 to be asked by shop\/cart/);
});

test('what implementations differ in is only possible, and only where queries get lost', () => {
  const block = policies('shop block: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}');
  assert.deepEqual(look(block, null).findings, []);
  const finding = only(look(block, silence));
  assert.equal(finding.confidence, 'possible');
  assert.match(said(finding), /allows .* only by an ipBlock, .*Cilium/);
});

test('a cache on the node is asked at its own address', () => {
  const cells = (['udp', 'tcp'] as const).map(protocol => cell('nameserver', '169.254.20.10', protocol, false));
  const finding = only(look(policies(deny), cells, ['169.254.20.10']));
  assert.deepEqual(finding.args.servers, ['169.254.20.10']);
  assert.match(remedyOf(finding as Finding)[0] ?? '', /"cidr":"169\.254\.20\.10\/32"/);
  assert.deepEqual(look(policies(deny, 'shop cache: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 169.254.20.10/32}}]}]}'), cells, ['169.254.20.10']).findings, []);
});

test('DNS allowed, or nobody to look at', () => {
  assert.deepEqual(look(policies(deny, 'shop dns: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]}]}'), silence).findings, []);
  assert.ok(policiesAllowDns.run({dnsService: service, dnsPods: [], dnsPlaces: [at], policies: world([]), resolvers: known([]), dnsAnswers: known([])}).skipped);
  assert.ok(policiesAllowDns.run({dnsService: service, dnsPods: dns, dnsPlaces: [{...at, pod: null}], policies: world([]), resolvers: known([]), dnsAnswers: known([])}).skipped);
});
