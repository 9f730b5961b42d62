import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Section} from '../../../../src/cluster/cluster.ts';
import type {Pod} from '../../../../src/cluster/objects.ts';
import {podView} from '../../../../src/model/network/pod-view.ts';

const section = (stdout: string, exit = 0, stderr = ''): Section => ({command: '', stdout, stderr, exit});
const whole = {links: section('lo index=1 mtu=65536\neth0 index=2 mtu=1500 state=up\n'), route: section('Iface\tDestination\n'), fib_trie: section('Local:\n     |-- 10.244.1.5\n        /32 host LOCAL\n')};
const pod = (...ips: readonly string[]): Pod => ({metadata: {namespace: 'default', name: 'web'}, spec: {containers: []}, status: {podIPs: ips.map(ip => ({ip}))}});
const look = (sections: Readonly<Record<string, Section>>, ...ips: readonly string[]): string => {
  const view = podView(pod(...ips), {sections}, null);
  return 'known' in view ? view.known.addresses.join(' ') : `${view.unknown.why}: ${view.unknown.detail}`;
};

test('each of the sections that it cannot do without must have been read', () => {
  assert.equal(look(whole, '10.244.1.5'), '10.244.1.5');
  for (const [name, what] of [['links', 'interfaces'], ['route', 'routes'], ['fib_trie', 'addresses']] as const) {
    assert.equal(look({...whole, [name]: section('', 1, 'sh: 1: cannot open it\n')}, '10.244.1.5'), `unparsed: the ${what} of pod default/web could not be read: sh: 1: cannot open it`);
    assert.equal(look(Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name)), '10.244.1.5'), `not-recorded: the ${what} of pod default/web were not recorded`);
  }
});

test('IPv6 is read where the API says that the pod has it; elsewhere the kernel need not have it', () => {
  const without = {...whole, if_inet6: section('', 1, 'sh: 1: cannot open /proc/7/net/if_inet6: No such file\n')};
  assert.equal(look(without, '10.244.1.5'), '10.244.1.5');
  assert.match(look(without, '10.244.1.5', 'fd00::5'), /^unparsed: the IPv6 addresses of pod default\/web could not be read/);
  assert.equal(look({...whole, if_inet6: section('fd000000000000000000000000000005 02 40 00 80     eth0\n')}, '10.244.1.5', 'fd00::5'), '10.244.1.5 fd00::5');
});
