import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseConf, parseLinks} from '../../../src/parse/links.ts';
import {parseArp} from '../../../src/parse/proc-arp.ts';
import {parseRoutes} from '../../../src/parse/proc-route.ts';
import {parseSockets} from '../../../src/parse/proc-sockets.ts';

const heading = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       \n';

test('routes: default, on the link, by a gateway, with metric and MTU, refusing', () => {
  const text = `${heading}eth0\t00000000\t01001EAC\t0003\t0\t0\t100\t00000000\t0\t0\t0\ncni0\t0001F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\nflannel.1\t0002F40A\t0002F40A\t0003\t0\t0\t0\t00FFFFFF\t1450\t0\t0\n*\t0003F40A\t00000000\t0201\t0\t0\t0\t00FFFFFF\t0\t0\t0\n`;
  const {routes, strange} = parseRoutes(text);
  assert.deepEqual(routes.map(({raw, ...rest}) => { void raw; return rest; }), [
    {to: '0.0.0.0/0', device: 'eth0', gateway: '172.30.0.1', refuses: false, metric: 100, mtu: 0},
    {to: '10.244.1.0/24', device: 'cni0', gateway: null, refuses: false, metric: 0, mtu: 0},
    {to: '10.244.2.0/24', device: 'flannel.1', gateway: '10.244.2.0', refuses: false, metric: 0, mtu: 1450},
    {to: '10.244.3.0/24', device: '*', gateway: null, refuses: true, metric: 0, mtu: 0},
  ]);
  assert.deepEqual(strange, []);
});

test('routes: what is none is kept, a mask with holes too', () => {
  assert.deepEqual(parseRoutes(`${heading}eth0 nonsense\neth0\t0001F40A\t00000000\t0001\t0\t0\t0\t00FF00FF\t0\t0\t0\n`).strange, ['eth0 nonsense', 'eth0\t0001F40A\t00000000\t0001\t0\t0\t0\t00FF00FF\t0\t0\t0']);
  assert.deepEqual(parseRoutes(''), {routes: [], strange: []});
  assert.deepEqual(parseRoutes('cat: no such file\n').strange, ['cat: no such file']);
});

test('interfaces: a bridge and its port, a veth of a pod, flags in either form', () => {
  const {links, strange} = parseLinks('cni0 index=3 link=3 mtu=1500 state=up flags=0x1103 kind=bridge\nveth1 index=4 link=2 mtu=1450 state=up flags=0x1003 master=3 hairpin=0\neth0 index=2 link=7 mtu=1500 state=down flags=69699 kind=veth\n');
  assert.deepEqual(strange, []);
  assert.deepEqual(links.map(({name, kind, master, hairpin, promiscuous, peer, state}) => [name, kind, master, hairpin, promiscuous, peer, state]), [
    ['cni0', 'bridge', null, null, true, 3, 'up'], ['veth1', null, 3, false, false, 2, 'up'], ['eth0', 'veth', null, null, false, 7, 'down'],
  ]);
  assert.deepEqual(parseLinks('eth0\nlo index=x mtu=1\n').strange, ['eth0', 'lo index=x mtu=1']);
  assert.deepEqual([...parseConf('all rp_filter=0 forwarding=1\neth0.100 rp_filter=1 forwarding=0\n')], [['all', {rp_filter: '0', forwarding: '1'}], ['eth0.100', {rp_filter: '1', forwarding: '0'}]]);
});

test('neighbours: found, not found, written by hand', () => {
  const {neighbours, strange} = parseArp('IP address       HW type     Flags       HW address            Mask     Device\n10.244.1.3       0x1         0x2         ee:fd:32:09:ce:2f     *        cni0\n172.30.0.99      0x1         0x0         00:00:00:00:00:00     *        eth0\n10.244.2.0       0x1         0x6         02:00:00:00:00:01     *        flannel.1\nnonsense\n');
  assert.deepEqual(neighbours.map(({address, incomplete, permanent}) => [address, incomplete, permanent]), [['10.244.1.3', false, false], ['172.30.0.99', true, false], ['10.244.2.0', false, true]]);
  assert.deepEqual(strange, ['nonsense']);
});

test('sockets: those that listen, of both families, with their inodes; others are not among them', () => {
  const {listeners, strange} = parseSockets('table tcp\n   0: 0100007F:24A0 00000000:0000 0A 00000000:00000000 00:00000000\n1: 0100007F:24A0 0100007F:9999 01\ntable tcp6\n0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 4711\n1: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 4712\n2: 0000000000000000FFFF00000100007F:0052 00000000000000000000000000000000:0000 0A\ntable udp\n  3: 00000000:0035 00000000:0000 07 00000000:00000000\nwhat is this\n');
  assert.deepEqual(listeners.map(({protocol, address, port, inode}) => `${protocol} ${address} ${port} ${inode}`), ['TCP 127.0.0.1 9376 null', 'TCP :: 80 4711', 'TCP ::1 81 4712', 'TCP ::ffff:127.0.0.1 82 null', 'UDP 0.0.0.0 53 null']);
  assert.deepEqual(strange, ['what is this']);
});
