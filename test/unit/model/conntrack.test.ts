import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {fullness, wrongConnections, wrongFlows} from '../../../src/model/conntrack.ts';
import {parseConntrack} from '../../../src/parse/conntrack.ts';
import {parseIpvsConnections} from '../../../src/parse/ipvs-connections.ts';

const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/conntrack/${name}.txt`, import.meta.url), 'utf8');
const served = (address: string, ...endpoints: readonly string[]) => ({address, port: 53, endpoints: endpoints.map(address => ({address, port: 53}))});

for (const name of ['tool', 'proc']) {
  const listing = parseConntrack(fixture(name), '');
  const wrong = (...of: Parameters<typeof served>): string[] => wrongFlows(listing, served(...of)).map(({fault, client, clientPort, leadsTo, unreplied}) => `${fault} ${client} ${clientPort} ${leadsTo} ${unreplied}`).sort();
  test(`${name}: what leads to no endpoint is stale, answered or not`, () => {
    assert.deepEqual(wrong('10.96.0.11', '10.99.0.2'), []);
    assert.deepEqual(wrong('10.96.0.11', '10.99.0.7'), ['stale 10.99.0.1 40002 10.99.0.2 false', 'stale 10.99.0.1 40003 10.99.0.2 false']);
    assert.deepEqual(wrong('10.96.0.10'), ['stale 10.99.0.1 40001 10.99.0.3 true']);
    assert.deepEqual(wrong('fd96:0::a', 'fd99::3'), []);
    assert.deepEqual(wrong('fd96:0::a', 'fd99::4'), ['stale fd99::1 40005 fd99::3 true']);
  });
  test(`${name}: what keeps the Service’s address was never translated, unless the node has that address`, () => {
    assert.deepEqual(wrong('10.96.0.12', '10.99.0.2'), ['untranslated 10.99.0.1 40004 10.96.0.12 true']);
    assert.deepEqual(wrongFlows(listing, served('10.96.0.12', '10.99.0.2'), ['10.96.0.12']), []);
    assert.deepEqual(wrong('10.96.0.13'), []);
  });
}

test('an endpoint is an address and a port', () => {
  const listing = parseConntrack(fixture('tool'), '');
  assert.equal(wrongFlows(listing, {address: '10.96.0.11', port: 53, endpoints: [{address: '10.99.0.2', port: 1053}]}).length, 2);
});

test('mode ipvs: both tables', () => {
  const flows = parseConntrack(fixture('tool-ipvs'), '');
  const connections = parseIpvsConnections(fixture('ip_vs_conn'));
  const both = served('10.96.0.10', '10.244.1.2', '10.244.1.3');
  const one = served('10.96.0.10', '10.244.1.3');
  assert.deepEqual([wrongFlows(flows, both), wrongConnections(connections, both)], [[], []]);
  assert.deepEqual([wrongFlows(flows, one).length, wrongConnections(connections, one).length], [5, 5]);
  assert.deepEqual(wrongConnections(connections, one).map(({leadsTo, unreplied}) => `${leadsTo} ${unreplied}`)[0], '10.244.1.2 null');
  assert.deepEqual(wrongConnections(connections, served('10.96.0.11')), []);
});

test('a table is full from 95 % on', () => {
  const told = (count: number, most: number) => fullness(`net/ipv4/ip_forward = 1\nnet/netfilter/nf_conntrack_count = ${count}\nnet/netfilter/nf_conntrack_max = ${most}\n`);
  assert.deepEqual(told(95, 100), {count: 95, most: 100, full: true});
  assert.equal(told(94, 100)?.full, false);
  assert.equal(told(94, 0)?.full, false);
  assert.equal(fullness('net/ipv4/ip_forward = 1\n'), null);
});
