import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {test} from 'node:test';
import {type Answer, isKnown, known} from '../../../../src/cluster/answer.ts';
import type {EndpointSlice, KubeObject, NetworkPolicy, Pod, Service} from '../../../../src/cluster/objects.ts';
import {encodeRecording, loadRecording} from '../../../../src/cluster/recording/file.ts';
import {objectFields} from '../../../../src/cluster/recording/pseudonymise/object-fields.ts';
import {isWellKnown} from '../../../../src/cluster/recording/pseudonymise/well-known.ts';
import {pseudonymise} from '../../../../src/cluster/recording/pseudonymise/pseudonymise.ts';
import {recordedConfigMaps} from '../../../../src/cluster/recording/recorded-config-maps.ts';
import {RecordedCluster} from '../../../../src/cluster/recording/recorded-cluster.ts';
import {toEntries} from '../../../../src/cluster/recording/write-format.ts';
import {judge} from '../../../../src/model/network-policy.ts';
import {exchanges, recording, rules, secrets} from './pseudonymised-world.ts';
import {recordingOf, shuffled} from './recordings.ts';

const pseudonymised = pseudonymise(recording);
const cluster = new RecordedCluster(pseudonymised);

const all = async <T extends KubeObject>(query: Parameters<RecordedCluster['list']>[0]): Promise<readonly T[]> => {
  const answer = await cluster.list<T>(query);
  return isKnown(answer) ? answer.known : assert.fail(answer.unknown.detail);
};
/** The one Service of the recording that selects pods, by its pseudonym. */
const ledger = async (): Promise<Service> => (await all<Service>({resource: 'services', namespace: await warehouse()})).find(({spec}) => spec.selector !== undefined) ?? assert.fail();
const warehouse = async (): Promise<string> => {
  const exchange = pseudonymised.exchanges.find(each => each.ask === 'list' && each.query.resource === 'services');
  return (exchange?.ask === 'list' ? exchange.query.namespace : undefined) ?? assert.fail();
};

test('no name, address or secret is left anywhere in the file', () => {
  for (const [path, bytes] of toEntries(pseudonymised)) {
    for (const secret of secrets) assert.ok(!`${path}\n${bytes}`.toLowerCase().includes(secret.toLowerCase()), `${secret} in ${path}:\n${bytes}`);
  }
});

test('it says so, keeps the instant and the version, and can be saved and loaded', async () => {
  assert.equal(pseudonymised.pseudonymised, true);
  assert.equal(pseudonymised.recordedAt, recording.recordedAt);
  assert.deepEqual(await cluster.version(), known('v1.36.3'));
  assert.deepEqual(await loadRecording(await encodeRecording(pseudonymised)), pseudonymised);
});

test('every question has its counterpart, with the same kind of answer', () => {
  assert.equal(pseudonymised.exchanges.length, recording.exchanges.length);
  const kinds = (of: typeof recording): readonly string[] => of.exchanges.filter(({ask}) => ask !== 'log').map(({ask, answer}) => `${ask} ${kindOf(answer)}`).sort();
  assert.deepEqual(kinds(pseudonymised), kinds(recording));
});

test('the Service\'s selector finds its pods, by their own labels', async () => {
  const {spec, metadata} = await ledger();
  const selector = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`).sort().join(',');
  const [pod = assert.fail()] = await all<Pod>({resource: 'pods', namespace: metadata.namespace ?? '', labelSelector: selector});
  for (const [key, value] of Object.entries(spec.selector ?? {})) assert.equal(pod.metadata.labels?.[key], value);
  assert.equal(pod.metadata.labels?.['pod-template-hash'], '58944f86fd');
  assert.equal(pod.spec.containers[0]?.ports?.[0]?.name, spec.ports?.[0]?.targetPort, 'names of ports stay');
});

test('slices, pods, nodes and workloads still refer to each other', async () => {
  const service = await ledger();
  const namespace = service.metadata.namespace ?? '';
  const [slice = assert.fail()] = await all<EndpointSlice>({resource: 'endpointslices', namespace, labelSelector: `kubernetes.io/service-name=${service.metadata.name}`});
  const endpoint = slice.endpoints?.[0] ?? assert.fail();
  const nodeName = endpoint.nodeName ?? '';
  const [pod = assert.fail()] = await all<Pod>({resource: 'pods', fieldSelector: `spec.nodeName=${nodeName}`});
  assert.deepEqual([endpoint.targetRef?.name, endpoint.targetRef?.namespace, endpoint.targetRef?.uid, endpoint.addresses[0]], [pod.metadata.name, namespace, pod.metadata.uid, pod.status?.podIP]);
  const [event = assert.fail()] = await all({resource: 'events', namespace, fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${pod.metadata.name}`});
  assert.ok(JSON.stringify(event).includes(`Successfully assigned ${namespace}/${pod.metadata.name} to ${nodeName}`));
  const [node = assert.fail()] = await all({resource: 'nodes'});
  assert.deepEqual([node.metadata.name, node.metadata.labels?.['kubernetes.io/hostname']], [nodeName, nodeName]);
  const [deployment = assert.fail()] = await all({resource: 'deployments', namespace});
  assert.equal(pod.metadata.ownerReferences?.[0]?.name, `${deployment.metadata.name}-58944f86fd`);
  assert.equal(isKnown(await cluster.readNode({node: nodeName, images: []})), true);
});

test('a network policy selects and lets through what it did', async () => {
  const namespace = await warehouse();
  const [policy = assert.fail()] = await all<NetworkPolicy>({resource: 'networkpolicies', namespace});
  const service = await ledger();
  const selector = Object.entries(service.spec.selector ?? {}).map(([key, value]) => `${key}=${value}`).sort().join();
  const [pod = assert.fail()] = await all<Pod>({resource: 'pods', namespace, labelSelector: selector});
  const client = {kind: 'pod', pod: {...pod, metadata: {...pod.metadata, name: 'another'}}, address: '10.20.3.5'} as const;
  const server = {kind: 'pod', pod, address: pod.status?.podIP ?? ''} as const;
  const world = {policies: [policy], namespaces: new Map()};
  assert.deepEqual(judge({from: client, to: server, protocol: 'TCP', port: 8080}, world).map(({verdict, policies}) => [verdict, policies]), [['denied', [`${namespace}/${policy.metadata.name}`]], ['allowed', [`${namespace}/${policy.metadata.name}`]]]);
  assert.deepEqual(judge({from: client, to: server, protocol: 'UDP', port: 54}, world).map(({verdict, depends}) => [verdict, depends.map(({on}) => on)]), [['depends', ['block-of-pod']], ['denied', []]]);
  assert.match(policy.metadata.name, /^netpol-/);
});

test('rules agree with Services and slices, chain names and all', async () => {
  const service = await ledger();
  const [slice = assert.fail()] = await all<EndpointSlice>({resource: 'endpointslices', namespace: service.metadata.namespace ?? '', labelSelector: `kubernetes.io/service-name=${service.metadata.name}`});
  const read = await cluster.readNode({node: slice.endpoints?.[0]?.nodeName ?? '', images: []});
  const text = isKnown(read) ? read.known.sections['iptables-nft-save']?.stdout ?? '' : '';
  const name = `${service.metadata.namespace}/${service.metadata.name}:http`;
  const to = `${slice.endpoints?.[0]?.addresses[0]}:8080`;
  const [svc, sep] = [`${name}tcp`, `${name}tcp${to}`].map(hash);
  for (const line of [
    `-A KUBE-SERVICES -d ${service.spec.clusterIP}/32 -p tcp -m comment --comment "${name} cluster IP" -m tcp --dport 80 -j KUBE-SVC-${svc}`,
    `-A KUBE-SVC-${svc} -m comment --comment "${name} -> ${to}" -j KUBE-SEP-${sep}`,
    `-A KUBE-SEP-${sep} -p tcp -m comment --comment "${name}" -m tcp -j DNAT --to-destination ${to}`,
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  ]) assert.ok(text.split('\n').includes(line), `${line}\n${text}`);
  assert.equal(text.split('\n').length, rules.split('\n').length);
  assert.ok(!text.includes('WDUJ6XGWJ2BTPXPE'), 'a chain of an unknown Service');
});

test('names and addresses in configurations and sentences are the same ones', async () => {
  const [node = assert.fail()] = await all({resource: 'nodes'});
  const config = await cluster.get('configmaps', 'kube-system', 'kube-proxy');
  const {data} = (isKnown(config) ? config.known : assert.fail()) as unknown as {data: Record<string, string>};
  assert.match(data['config.conf'] ?? '', new RegExp(`^mode: iptables\nclusterCIDR: 10\\.\\d+\\.0\\.0/16,fd[0-9a-f:]+::/48\nhostnameOverride: ${node.metadata.name}\n$`));
  const log = await cluster.log({namespace: 'kube-system', pod: 'kube-proxy-x7k2p', container: 'kube-proxy', previous: false, lines: 50});
  assert.ok(isKnown(log));
  assert.match(log.known, /^I1121 09:38:08\.762163 {7}1 proxier\.go:9\] "Adding new service port" portName="ns-[a-z2-7]{8}\/svc-[a-z2-7]{8}:http" servicePort="10\.\d+\.[67]\.1:80\/TCP"\n/);
});

test('logs of other programs are left out, and the replay says so', async () => {
  const exchange = pseudonymised.exchanges.find(each => each.ask === 'log' && each.query.namespace !== 'kube-system');
  assert.equal(exchange && kindOf(exchange.answer), 'not-recorded');
});

test('the same in any order of questions', () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const other = pseudonymise({...recording, exchanges: shuffled(exchanges, seed)});
    assert.deepEqual(other, pseudonymised);
  }
});

test('done twice it stays; the recording itself is not touched', () => {
  assert.equal(pseudonymise(pseudonymised), pseudonymised);
  const before = structuredClone(recording);
  pseudonymise(recording);
  assert.deepEqual(recording, before);
});

test('two recordings of a cluster agree; other clusters and other keys do not', () => {
  const part = recordingOf(exchanges.filter(each => each.ask === 'get' && each.resource !== 'configmaps'));
  const gets = pseudonymised.exchanges.filter(each => each.ask === 'get' && each.resource !== 'configmaps');
  assert.deepEqual(pseudonymise({...part, context: 'another'}).exchanges, gets);
  assert.notDeepEqual(pseudonymise(part, 'my key').exchanges, gets);
  assert.deepEqual(pseudonymise(part, 'my key'), pseudonymise(part, 'my key'));
  const withoutUid = recordingOf(exchanges.filter(each => each.ask !== 'get' || each.resource !== 'namespaces'));
  assert.notDeepEqual(pseudonymise(withoutUid).context, pseudonymise({...withoutUid, context: 'other'}).context);
});

test('well-known names and the cluster\'s own components stay', () => {
  const text = JSON.stringify(pseudonymised);
  for (const kept of ['kube-system', '"kube-proxy-x7k2p"', 'kubernetes.io/os', '"linux"', '"zone-a"', '"CrashLoopBackOff"', 'v1.36.3', '"http"', '30080', 'net/ipv4/ip_forward = 1']) assert.ok(text.includes(kept) || text.includes(kept.replaceAll('"', '\\"')), kept);
});

test('lists are in the order of their new names', () => {
  for (const exchange of pseudonymised.exchanges) {
    if (exchange.ask !== 'list' || !isKnown(exchange.answer)) continue;
    const names = exchange.answer.known.map(({metadata}) => metadata.name);
    assert.deepEqual(names, names.toSorted());
  }
});

test('every field that kdiag reads is treated, and none besides', async () => {
  const source = await readFile(new URL('../../../../src/cluster/objects.ts', import.meta.url), 'utf8');
  const fields = new Set([...source.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name));
  const missing = [...fields].filter(name => name !== undefined && !(name in objectFields));
  assert.deepEqual(missing, [], 'say in object-fields.ts what these hold');
  assert.deepEqual(Object.keys(objectFields).filter(name => !fields.has(name)), []);
});

test('the ConfigMaps that are recorded keep their names', () => {
  for (const name of recordedConfigMaps) for (const part of name.split('/')) assert.ok(isWellKnown(part), part);
});

function kindOf(answer: Answer<unknown>): string {
  return isKnown(answer) ? (answer.known === null ? 'null' : 'known') : answer.unknown.why;
}

function hash(text: string): string {
  const bits = [...createHash('sha256').update(text).digest()].map(byte => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).slice(0, 16).map(five => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)]).join('');
}

test("a pod's dnsPolicy and dnsConfig stay, with other addresses and domains", () => {
  const pod = {kind: 'Pod', metadata: {name: 'web', namespace: 'shop'}, spec: {containers: [], dnsPolicy: 'None' as const, dnsConfig: {nameservers: ['10.20.30.40'], searches: ['corp.acme.example'], options: [{name: 'ndots', value: '2'}, {name: 'edns0'}]}}};
  const [exchange] = pseudonymise(recordingOf([{ask: 'get', resource: 'pods', namespace: 'shop', name: 'web', answer: known(pod)}])).exchanges;
  const {spec} = exchange?.ask === 'get' && isKnown(exchange.answer) ? exchange.answer.known as Pod : assert.fail();
  assert.equal(spec.dnsPolicy, 'None');
  assert.deepEqual(spec.dnsConfig?.options, pod.spec.dnsConfig.options);
  assert.match(spec.dnsConfig?.nameservers?.[0] ?? '', /^\d+\.\d+\.\d+\.\d+$/);
  assert.ok(!JSON.stringify(spec).includes('10.20.30.40') && !JSON.stringify(spec).includes('acme'));
});
