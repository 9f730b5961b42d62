import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {EndpointSlice, Pod, Service} from '../../../../src/cluster/objects.ts';
import {planRecord, type RecordObjects, type RecordOptions, usualOptions} from '../../../../src/model/coredns/asked.ts';
import type {NoRecord} from '../../../../src/model/coredns/no-record.ts';
import {recordsOf} from '../../../../src/model/coredns/records.ts';

// test/corefile/records.ts compares with the real CoreDNS; here is what it cannot say: why, and what is needed to tell

const service = (namespace: string, name: string, spec: Service['spec']): Service => ({metadata: {namespace, name}, spec});
const slice = (namespace: string, name: string, endpoints: EndpointSlice['endpoints'], ports: EndpointSlice['ports'] = [{name: 'http', port: 8080, protocol: 'TCP'}]): EndpointSlice =>
  ({metadata: {namespace, name: `${name}-1`, labels: {'kubernetes.io/service-name': name}}, addressType: 'IPv4', endpoints: endpoints ?? [], ports: ports ?? []});
const http = [{name: 'http', port: 80, protocol: 'TCP' as const}];
const objects: RecordObjects = {
  namespaces: ['default', 'shop'].map(name => ({name})),
  services: [
    service('shop', 'cart', {type: 'ClusterIP', clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7', 'fd00::7'], ports: http}),
    service('shop', 'db', {clusterIP: 'None', ports: http}),
    service('shop', 'down', {clusterIP: 'None', ports: http}),
    service('shop', 'ext', {type: 'ExternalName', externalName: 'Api.Example.com'}),
    service('shop', 'address', {type: 'ExternalName', externalName: '192.0.2.1'}),
    service('shop', 'inner', {type: 'ExternalName', externalName: 'cart.shop.svc.cluster.local'}),
    service('shop', 'broken', {type: 'ExternalName', externalName: 'crat.shop.svc.cluster.local'}),
    service('shop', 'self', {type: 'ExternalName', externalName: 'self.shop.svc.cluster.local'}),
    service('default', 'only-here', {clusterIP: '10.96.0.8', ports: http}),
  ],
  slices: [
    slice('shop', 'db', [{addresses: ['10.244.1.3'], hostname: 'db-0', targetRef: {kind: 'Pod', name: 'db-0'}}, {addresses: ['10.244.1.4'], conditions: {ready: true}}, {addresses: ['10.244.1.5'], conditions: {ready: false}}]),
    slice('shop', 'down', [{addresses: ['10.244.1.6'], conditions: {ready: false}}, {addresses: ['10.244.1.7'], conditions: {ready: false}}]),
  ],
  pods: [],
};
const usual = usualOptions('cluster.local');
const answer = (name: string, type = 'A', options: Partial<RecordOptions> = {}, more: Partial<RecordObjects> = {}): ReturnType<typeof recordsOf> => recordsOf(name, type, {...objects, ...more}, {...usual, ...options});
const data = (name: string, type = 'A', options: Partial<RecordOptions> = {}): string[] => answer(name, type, options).records.map(record => `${record.type} ${record.data}`).sort();
const why = (name: string, type = 'A', options: Partial<RecordOptions> = {}, more: Partial<RecordObjects> = {}): [string, NoRecord | null] => { const {result, why} = answer(name, type, options, more); return [result, why]; };

test('what there is', () => {
  assert.deepEqual(data('cart.shop.svc.cluster.local'), ['A 10.96.0.7']);
  assert.deepEqual(data('CART.shop.svc.Cluster.Local.'), ['A 10.96.0.7']);
  assert.deepEqual(data('cart.shop.svc.cluster.local', 'AAAA'), ['AAAA fd00::7']);
  assert.deepEqual(data('_http._tcp.cart.shop.svc.cluster.local', 'SRV'), ['SRV 0 50 80 cart.shop.svc.cluster.local']);
  assert.deepEqual(data('db.shop.svc.cluster.local'), ['A 10.244.1.3', 'A 10.244.1.4']);
  assert.deepEqual(data('db-0.db.shop.svc.cluster.local'), ['A 10.244.1.3']);
  assert.deepEqual(data('10-244-1-4.db.shop.svc.cluster.local'), ['A 10.244.1.4']);
  assert.deepEqual(data('_http._tcp.db.shop.svc.cluster.local', 'SRV'), ['SRV 0 50 8080 10-244-1-4.db.shop.svc.cluster.local', 'SRV 0 50 8080 db-0.db.shop.svc.cluster.local']);
  assert.deepEqual(data('10-244-1-4.shop.pod.cluster.local'), ['A 10.244.1.4']);
  assert.deepEqual(data('7.0.96.10.in-addr.arpa', 'PTR'), ['PTR cart.shop.svc.cluster.local']);
  assert.deepEqual(data('3.1.244.10.in-addr.arpa', 'PTR'), ['PTR db-0.db.shop.svc.cluster.local']);
  assert.deepEqual(data('dns-version.cluster.local', 'TXT'), ['TXT "1.1.0"']);
  assert.deepEqual(data('inner.shop.svc.cluster.local'), ['A 10.96.0.7', 'CNAME cart.shop.svc.cluster.local']);
});

test('ExternalName: its target is the upstream’s to answer for', () => {
  const {result, follow} = answer('ext.shop.svc.cluster.local');
  assert.deepEqual([result, follow, data('ext.shop.svc.cluster.local')], ['records', 'api.example.com', ['CNAME api.example.com']]);
  assert.deepEqual(why('address.shop.svc.cluster.local'), ['no-such-name', {why: 'external-name-is-address', target: '192.0.2.1'}]);
  assert.deepEqual(why('self.shop.svc.cluster.local'), ['no-data', {why: 'external-name-loop', target: 'self.shop.svc.cluster.local'}]);
  const [result2, because] = why('broken.shop.svc.cluster.local');
  assert.deepEqual([result2, because?.why === 'external-name-target' && because.because?.why === 'no-service' && because.because.nearest], ['no-data', 'cart']);
});

test('no such Service: one of a like name, the same name elsewhere, parts swapped, a pod’s name', () => {
  const none = {why: 'no-service', nearest: null, elsewhere: [], wildcard: false, pod: false, swapped: false};
  assert.deepEqual(why('crat.shop.svc.cluster.local'), ['no-such-name', {...none, namespace: 'shop', service: 'crat', nearest: 'cart'}]);
  assert.deepEqual(why('only-here.shop.svc.cluster.local'), ['no-such-name', {...none, namespace: 'shop', service: 'only-here', elsewhere: ['default']}]);
  assert.deepEqual(why('*.shop.svc.cluster.local'), ['no-such-name', {...none, namespace: 'shop', service: '*', wildcard: true}]);
  assert.deepEqual(why('shop.cart.svc.cluster.local', 'A', {}, {namespaces: [{name: 'cart'}, {name: 'shop'}]}), ['no-such-name', {...none, namespace: 'cart', service: 'shop', swapped: true}]);
  const pods: Pod[] = [{metadata: {namespace: 'shop', name: 'cart-0'}, spec: {containers: []}}];
  assert.deepEqual(why('cart-0.shop.svc.cluster.local', 'A', {}, {pods}), ['no-such-name', {...none, namespace: 'shop', service: 'cart-0', nearest: 'cart', pod: true}]);
});

test('no such namespace, and one that the plugin is not to show', () => {
  assert.deepEqual(why('cart.shpo.svc.cluster.local'), ['no-such-name', {why: 'no-namespace', namespace: 'shpo', nearest: 'shop', wildcard: false}]);
  assert.deepEqual(why('cart.shop.svc.cluster.local', 'A', {namespaces: ['default']}), ['no-such-name', {why: 'namespace-not-exposed', namespace: 'shop'}]);
});

test('headless Services, endpoints and ports', () => {
  assert.deepEqual(why('down.shop.svc.cluster.local'), ['no-such-name', {why: 'no-ready-endpoints', headless: true, notReady: 2}]);
  assert.deepEqual(why('db-9.db.shop.svc.cluster.local'), ['no-such-name', {why: 'no-such-endpoint', endpoint: 'db-9', has: ['10-244-1-4', 'db-0']}]);
  assert.deepEqual(why('_https._tcp.cart.shop.svc.cluster.local', 'SRV'), ['no-such-name', {why: 'no-such-port', port: 'https', protocol: 'tcp', has: ['_http._tcp']}]);
  assert.deepEqual(why('_http._udp.cart.shop.svc.cluster.local', 'SRV'), ['no-such-name', {why: 'no-such-port', port: 'http', protocol: 'udp', has: ['_http._tcp']}]);
  assert.deepEqual(why('db.shop.svc.cluster.local', 'A', {noEndpoints: true}), ['no-such-name', {why: 'endpoints-not-watched'}]);
  assert.deepEqual(why('db.shop.svc.cluster.local', 'AAAA'), ['no-data', {why: 'only-type', types: ['A', 'SRV']}]);
  assert.deepEqual(why('cart.shop.svc.cluster.local', 'A', {ignoreEmptyService: true}), ['no-such-name', {why: 'no-ready-endpoints', headless: false, notReady: 0}]);
});

test('names of pods', () => {
  assert.deepEqual(why('cart.shop.pod.cluster.local'), ['no-such-name', {why: 'not-an-address', label: 'cart'}]);
  assert.deepEqual(why('10-244-1-4.shop.pod.cluster.local', 'A', {pods: 'disabled'}), ['no-such-name', {why: 'pod-records-disabled'}]);
  assert.deepEqual(why('10-244-1-4.shop.pod.cluster.local', 'A', {pods: 'verified'}), ['no-such-name', {why: 'no-pod', namespace: 'shop', address: '10.244.1.4'}]);
});

test('slips of the domain and of svc', () => {
  const outside = (meant: string | null): [string, NoRecord] => ['next', {why: 'outside', meant}];
  assert.deepEqual(why('cart.shop.svc.cluster.loca'), outside('cart.shop.svc.cluster.local'));
  assert.deepEqual(why('cart.shop.svc.clutser.local'), outside('cart.shop.svc.cluster.local'));
  assert.deepEqual(why('cart.shop.svc.clusterlocal'), outside('cart.shop.svc.cluster.local'));
  assert.deepEqual(why('cart.shop.svc'), outside('cart.shop.svc.cluster.local'));
  assert.deepEqual(why('cart.shop.svc.cluster'), outside('cart.shop.svc.cluster.local'));
  assert.deepEqual(why('cart.shop.cluster.loca'), outside('cart.shop.cluster.local'));
  assert.deepEqual(why('example.com'), outside(null));
  assert.deepEqual(why('cluster.example.com'), outside(null));
  assert.deepEqual(why('cart.shop.scv.cluster.local'), ['no-such-name', {why: 'no-svc-or-pod', meant: 'cart.shop.svc.cluster.local'}]);
  assert.deepEqual(why('cart.shop.cluster.local'), ['no-such-name', {why: 'no-svc-or-pod', meant: 'cart.shop.svc.cluster.local'}]);
  assert.deepEqual(why('a.b.c.cart.shop.svc.cluster.local'), ['no-such-name', {why: 'too-long', meant: null}]);
  assert.deepEqual(why('kubernetes.default.svc.cluster.local.svc.cluster.local')[0], 'no-such-name');
});

test('a fallthrough asks the next plugin; what could not be read decides nothing', () => {
  assert.deepEqual(why('9.9.96.10.in-addr.arpa', 'PTR'), ['next', {why: 'no-such-address', address: '10.96.9.9'}]);
  assert.deepEqual(why('9.9.96.10.in-addr.arpa', 'PTR', {fallthrough: []}), ['no-such-name', {why: 'no-such-address', address: '10.96.9.9'}]);
  assert.deepEqual(why('cart.shop.svc.cluster.local', 'A', {}, {services: null}), ['undecided', {why: 'unread', what: 'services'}]);
  assert.deepEqual(why('db.shop.svc.cluster.local', 'A', {}, {slices: null}), ['undecided', {why: 'unread', what: 'endpointslices'}]);
  assert.deepEqual(why('cart.shop.svc.cluster.local', 'A', {}, {namespaces: null}), ['undecided', {why: 'unread', what: 'namespaces'}]);
  assert.deepEqual(why('cart.shop.svc.cluster.local', 'A', {labels: 'a=b'}), ['undecided', {why: 'unread', what: 'labels'}]);
  assert.deepEqual(why('ns.dns.cluster.local'), ['undecided', {why: 'own-service'}]);
});

test('what is needed to tell', () => {
  const needs = (name: string, options: Partial<RecordOptions> = {}): unknown => { const {asked: _, ...plan} = planRecord(name, {...usual, ...options}); return plan; };
  const nothing = {namespace: null, service: null, slices: false, byAddress: null, pods: false};
  assert.deepEqual(needs('_http._tcp.cart.shop.svc.cluster.local.'), {...nothing, namespace: 'shop', service: {namespace: 'shop', name: 'cart'}, slices: true});
  assert.deepEqual(needs('10-244-1-4.shop.pod.cluster.local'), {...nothing, namespace: 'shop'});
  assert.deepEqual(needs('10-244-1-4.shop.pod.cluster.local', {pods: 'verified'}), {...nothing, namespace: 'shop', pods: true});
  assert.deepEqual(needs('7.0.96.10.in-addr.arpa'), {...nothing, byAddress: '10.96.0.7'});
  assert.deepEqual(needs(`${[...'70000000000000000000000000000fd0'].slice(0, 28).join('.')}.0.0.d.f.ip6.arpa`), {...nothing, byAddress: 'fd00::7'});
  assert.deepEqual(needs('example.com'), nothing);
  assert.deepEqual(needs('example.com', {zones: ['.']}), nothing);
});
