import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {type Answer, isKnown} from '../../../src/cluster/answer.ts';
import type {Section} from '../../../src/cluster/cluster.ts';
import {ipvsOf, serviceFor, servicesIn} from '../../../src/model/ipvs/ipvs.ts';

const section = (stdout: string, exit = 0, stderr = ''): Section => ({command: '', stdout, stderr, exit});
const table = readFileSync(new URL('../../fixtures/ipvs/hand-made.txt', import.meta.url), 'utf8').replace('a line of a kernel to come\n', '');
const why = (answer: Answer<unknown>): string => (isKnown(answer) ? 'known' : `${answer.unknown.why}: ${answer.unknown.detail}`);

test('a reading of before these were read is not taken for a node without them', () => {
  const {services, sets, inKernel, device, modules, bound} = ipvsOf({});
  assert.deepEqual([why(services).split(':')[0], why(sets).split(':')[0], inKernel, device, modules, bound], ['not-recorded', 'not-recorded', null, null, null, null]);
});

test('a kernel without ip_vs has no virtual servers', () => {
  const {services, inKernel} = ipvsOf({ip_vs: section('', 1, "cat: can't open '/proc/net/ip_vs': No such file or directory")});
  assert.deepEqual([services, inKernel], [{known: []}, false]);
});

test('addresses are in canonical form', () => assert.deepEqual(servicesIn(ipvsOf({ip_vs: section(table)})).map(({address}) => address), ['fd00:10:96::a', '10.96.0.10', '10.96.0.32', '']));

test('what is not understood makes the whole unknown', () => {
  assert.match(why(ipvsOf({ip_vs: section('TCP 10.0.0.1:80')}).services), /^unparsed: .*TCP 10\.0\.0\.1:80/);
  assert.match(why(ipvsOf({ipset: section('add nowhere 10.0.0.1')}).sets), /^unparsed: .*add nowhere/);
  assert.match(why(ipvsOf({ipset: section('', 1, 'the sets have 3000000 members: too many to read')}).sets), /^truncated: .*3000000/);
});

test('the device and its addresses', () => {
  assert.deepEqual(ipvsOf({'kube-ipvs0': section('')}).device, false);
  const bare = ipvsOf({'kube-ipvs0': section('kube-ipvs0\n')});
  assert.deepEqual([bare.device, bare.bound], [true, null]);
  const full = ipvsOf({'kube-ipvs0': section('kube-ipvs0\n6: kube-ipvs0    inet 10.96.0.1/32 scope global kube-ipvs0\\ valid_lft forever\n6: kube-ipvs0    inet6 fd00:10:96::1/128 scope global \\ valid_lft forever\n')});
  assert.deepEqual([full.device, [...full.bound ?? []]], [true, ['10.96.0.1', 'fd00:10:96::1']]);
});

test('a packet finds its virtual server by mark, then by address and port', () => {
  const services = servicesIn(ipvsOf({ip_vs: section(table)}));
  assert.equal(serviceFor(services, {protocol: 'udp', destination: '10.96.0.10', port: 53, mark: 0})?.protocol, 'UDP');
  assert.equal(serviceFor(services, {protocol: 'udp', destination: '10.96.0.10', port: 53, mark: 100})?.protocol, 'FWM');
  assert.equal(serviceFor(services, {protocol: 'tcp', destination: '10.96.0.10', port: 53, mark: 0}), undefined);
});
