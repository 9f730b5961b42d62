import assert from 'node:assert/strict';
import {test} from 'node:test';
import {isWonder} from '../../../../src/model/network/expected.ts';
import type {NodeNetwork} from '../../../../src/model/network/node-network.ts';
import {hopTo} from '../../../../src/model/network/routing.ts';
import {type Ground, suspectsBetween} from '../../../../src/model/network/suspects.ts';
import {parseLinks} from '../../../../src/parse/links.ts';
import type {Route} from '../../../../src/parse/proc-route.ts';

/** `10.244.2.0/24 via 172.30.0.12 dev eth0` */
function route(text: string): Route {
  const [, to = '', gateway, device = ''] = /^(\S+)(?: via (\S+))? dev (\S+)$/.exec(text) ?? [];
  return {to, device, gateway: gateway ?? null, refuses: device === '*', metric: 0, mtu: 0, raw: text};
}

function node(number: number, routes: readonly string[], more: Partial<NodeNetwork> = {}): NodeNetwork {
  return {
    node: `node${number}`, routes: [`172.30.0.0/24 dev eth0`, `10.244.${number}.0/24 dev cni0`, ...routes].map(route), otherTables: false, neighbours: [], listeners: [], sysctls: {'net/ipv4/ip_forward': '1'},
    conf: new Map([['all', {rp_filter: '0'}], ['eth0', {rp_filter: '0'}]]), localAddresses: new Set([`172.30.0.1${number}`, `10.244.${number}.1`, '127.0.0.1']),
    links: parseLinks('lo index=1 mtu=65536 state=unknown\neth0 index=2 mtu=1500 state=up\ncni0 index=3 mtu=1500 state=up kind=bridge\nflannel.1 index=5 mtu=1450 state=unknown kind=vxlan\neth1 index=6 mtu=1500 state=up').links, ...more,
  };
}

const ground = (...networks: readonly NodeNetwork[]): Ground => ({networkOf: name => networks.find(each => each.node === name) ?? null, addressesOf: name => [`172.30.0.1${name.slice(4)}`], overlayOf: () => null});
const pod = (number: number) => ({node: `node${number}`, address: `10.244.${number}.7`, isPod: true});
const kinds = (...networks: readonly NodeNetwork[]): string[] => suspectsBetween(pod(1), pod(2), ground(...networks)).map(({kind, node: where}) => `${kind} ${where}`);

const there = '10.244.2.0/24 via 172.30.0.12 dev eth0';
const back = '10.244.1.0/24 via 172.30.0.11 dev eth0';

test('routes there and back: nothing is suspected', () => assert.deepEqual(kinds(node(1, [there]), node(2, [back])), []));

test('no route, a default one, one that refuses, one to another machine', () => {
  assert.deepEqual(kinds(node(1, []), node(2, [back])), ['route-missing node1']);
  assert.deepEqual(kinds(node(1, ['0.0.0.0/0 via 172.30.0.1 dev eth0']), node(2, [back])), ['route-missing node1']);
  assert.deepEqual(kinds(node(1, ['10.244.2.0/24 dev *']), node(2, [back])), ['route-missing node1']);
  assert.deepEqual(kinds(node(1, ['10.244.2.0/24 via 172.30.0.99 dev eth0']), node(2, [back])), ['route-elsewhere node1']);
  assert.deepEqual(kinds(node(1, [there]), node(2, [])), ['route-missing node2']);
});

test('a default route, and tables that are not read: undecided, so nothing is said', () => {
  const own = node(1, ['0.0.0.0/0 via 172.30.0.1 dev eth0'], {otherTables: true});
  assert.equal(hopTo(own, '10.244.2.7').kind, 'undecided');
  assert.deepEqual(kinds(own, node(2, [back])), []);
});

test('another interface than that of the nodes, unless it is a tunnel', () => {
  assert.deepEqual(kinds(node(1, ['192.168.77.0/24 dev eth1', '10.244.2.0/24 via 192.168.77.12 dev eth1']), node(2, [back])), ['wrong-interface node1']);
  assert.deepEqual(kinds(node(1, ['10.244.2.0/24 via 10.244.2.0 dev flannel.1']), node(2, ['10.244.1.0/24 via 10.244.1.0 dev flannel.1'])), []);
});

test('forwarding, and a next hop that nobody answers for', () => {
  assert.deepEqual(kinds(node(1, [there], {sysctls: {'net/ipv4/ip_forward': '0'}}), node(2, [back])), ['forwarding-off node1']);
  assert.deepEqual(kinds(node(1, [there], {neighbours: [{address: '172.30.0.12', device: 'eth0', incomplete: true, permanent: false}]}), node(2, [back])), ['next-hop-silent node1']);
});

test('the strict filter of reverse paths: only where the way back is another, and not behind a tunnel', () => {
  const strict = {conf: new Map([['all', {rp_filter: '1'}], ['eth0', {rp_filter: '0'}]])};
  assert.deepEqual(kinds(node(1, [there], strict), node(2, [back], strict)), []);
  assert.deepEqual(kinds(node(1, [there], strict), node(2, ['192.168.77.0/24 dev eth1', '10.244.1.0/24 via 192.168.77.11 dev eth1'], strict)), ['rp-filter node2', 'wrong-interface node2']);
  assert.deepEqual(kinds(node(1, [there], {}), node(2, ['192.168.77.0/24 dev eth1', '10.244.1.0/24 via 192.168.77.11 dev eth1'], {conf: new Map([['all', {rp_filter: '1'}], ['eth0', {rp_filter: '2'}]])})), ['wrong-interface node2']);
  const tunnels = [node(1, ['10.244.2.0/24 via 10.244.2.0 dev flannel.1'], strict), node(2, ['10.244.1.0/24 via 10.244.1.0 dev flannel.1'], {...strict, localAddresses: new Set(['172.30.0.12', '10.244.2.0', '10.244.2.1'])})] as const;
  assert.deepEqual(kinds(...tunnels), []);
});

test('nodes that were not read are not judged', () => assert.deepEqual(suspectsBetween(pod(1), pod(2), ground()), []));

test('what was measured is a wonder only beyond chance', () => {
  assert.deepEqual([[20, 20, 1], [20, 19, 1], [20, 16, 1], [20, 0, 0], [20, 3, 0], [20, 9, 0.5], [20, 1, 0.5], [20, 7, 1 / 3], [20, 20, 1 / 3]].map(([tries = 0, ok = 0, predicted = 0]) => isWonder({tries, ok, predicted})), [false, false, true, false, true, false, true, false, true]);
  assert.equal(isWonder({tries: 20, ok: 0, predicted: null}), false);
});
