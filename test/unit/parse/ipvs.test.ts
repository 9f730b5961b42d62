import assert from 'node:assert/strict';
import {globSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {parseIpvs, printIpvs} from '../../../src/parse/ipvs.ts';

const folder = new URL('../../fixtures/ipvs/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

for (const name of globSync('*.txt', {cwd: folder.pathname}).sort()) {
  test(`printing what was parsed gives ${name} back, byte for byte`, () => assert.equal(printIpvs(parseIpvs(read(name))), read(name)));
  test(`nothing of ${name} is strange but what is made so`, () => assert.deepEqual(parseIpvs(read(name)).strange, name === 'hand-made.txt' ? ['a line of a kernel to come'] : []));
}

test('addresses and ports are read from their digits', () => {
  const {services: [dns]} = parseIpvs(read('round-robin.txt'));
  assert.deepEqual([dns?.protocol, dns?.address, dns?.port, dns?.scheduler, dns?.destinations.map(({address, port, weight}) => `${address}:${port} ${weight}`)], ['TCP', '10.96.0.10', 53, 'rr', ['10.244.1.2:53 1', '10.244.2.2:53 1']]);
});

test('a drained destination has weight 0 and the connections that are left', () => {
  const drained = parseIpvs(read('terminating.txt')).services.flatMap(({destinations}) => destinations.filter(({weight}) => weight === 0));
  assert.deepEqual(drained.map(({address, port, active}) => [address, port, active]), [['10.244.1.12', 8081, 2]]);
});

test('persistence, one-packet scheduling, marks, IPv6', () => {
  const [tcp6, ops, persistent, marked] = parseIpvs(read('hand-made.txt')).services;
  assert.deepEqual([tcp6?.address, tcp6?.destinations[1]?.weight], ['fd00:0010:0096:0000:0000:0000:0000:000a', 3]);
  assert.match(ops?.flags ?? '', /ops/);
  assert.deepEqual([persistent?.protocol, persistent?.persistent, persistent?.destinations], ['SCTP', {ticks: 2_700_000, mask: 'FFFFFF00'}, []]);
  assert.deepEqual([marked?.protocol, marked?.fwmark, marked?.destinations.map(({forward}) => forward)], ['FWM', 100, ['Route', 'Tunnel']]);
});

test('a destination without a virtual server before it is strange', () => assert.equal(parseIpvs('  -> 0AF40102:0035      Masq    1      0          0         ').strange.length, 1));

/** The same table in the words of ipvsadm, which asks the kernel by another way (netlink). */
function asIpvsadm(text: string): string[] {
  const options: Readonly<Record<string, string>> = {TCP: '-t', UDP: '-u', SCTP: '--sctp-service'};
  return parseIpvs(text).services.flatMap(({protocol, address, port, scheduler, persistent, destinations}) => {
    const at = `${options[protocol]} ${address}:${port}`;
    return [`-A ${at} -s ${scheduler}${persistent === null ? '' : ' -p'}`, ...destinations.map(to => `-a ${at} -r ${to.address}:${to.port} -m -w ${to.weight}`)];
  }).sort();
}

for (const name of globSync('*.txt', {cwd: new URL('../ipvsadm/', folder).pathname}).sort()) {
  test(`${name} says what ipvsadm-save printed at the same time`, () => {
    const printed = readFileSync(new URL(`../ipvsadm/${name}`, folder), 'utf8').trimEnd().split('\n').map(line => line.replace(/ -p \d+$/, ' -p')).sort();
    assert.deepEqual(asIpvsadm(read(name)), printed);
  });
}
