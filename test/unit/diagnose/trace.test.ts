import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseTraceFrom, parseTraceTo} from '../../../src/cli/trace-target.ts';
import {traceConnections} from '../../../src/diagnose/trace.ts';
import type {Leg, TraceReport} from '../../../src/diagnose/trace-report.ts';
import {type Change, type WorldName, worldOf} from '../../cases/world.ts';
import {cases} from '../../cases/case.ts';
import {complaintsAboutTrace} from '../report/trace-schema.ts';

async function trace(from: string, to: string, changes: readonly Change[] = [], world?: WorldName): Promise<TraceReport> {
  const place = parseTraceFrom(from, 'default');
  if (place.kind === 'external' && place.node === null) throw new Error('which node?');
  return traceConnections(worldOf(changes, world), {command: {name: 'trace', args: {from, to}}, from: place, to: parseTraceTo(to, 'default')}, () => {});
}

/** `10.244.1.3:9376 delivered 0.333` a line for each outcome; what follows on another node behind `>`. */
function ends(report: TraceReport, order = 0): string[] {
  const of = (leg: Leg): string[] => leg.unread !== null ? ['unread'] : (leg.orders[order] ?? leg.orders[0] ?? []).map(({to, end, share, next}) => `${to} ${end} ${Math.round(share.number * 1000) / 1000}${next === null ? '' : ` > ${of(next).join(', ')}`}`);
  return report.traces.flatMap(({leg}) => of(leg));
}

test('a pod to a Service: its endpoints, with their pods, on their nodes', async () => {
  const report = await trace('pod/client', 'svc/hostnames');
  assert.equal(report.status, 'followed');
  assert.deepEqual(ends(report), ['10.244.1.3:9376 sent 0.333 > 10.244.1.3:9376 delivered 1', '10.244.1.4:9376 sent 0.333 > 10.244.1.4:9376 delivered 1', '10.244.2.3:9376 delivered 0.333']);
  const [first] = report.traces[0]?.leg.orders[0] ?? [];
  assert.deepEqual([first?.target?.kind, first?.target?.node, first?.sender.kind, first?.share.exact], ['Pod', 'node1', 'kept', '715827883/2147483648']);
});

test('the address alone tells whose it is, and is followed alike', async () => {
  const [byName, byAddress] = [await trace('node/cp', 'svc/hostnames'), await trace('node/cp', '10.108.143.180:80')];
  assert.deepEqual(byAddress.traces, byName.traces);
  assert.equal(byAddress.traces[0]?.to.service, 'default/hostnames:default');
});

test('a pod is found by its address alone, and what is nowhere goes out', async () => {
  const [to] = (await trace('node/cp', '10.244.2.3:9376')).traces[0]?.leg.orders[0] ?? [];
  assert.deepEqual([to?.target?.kind, to?.target?.node], ['Pod', 'node2']);
  assert.deepEqual(ends(await trace('node/cp', '203.0.113.9:443')), ['203.0.113.9:443 sent 1']);
});

test('both backends: both orders, and undecided only where they differ', async () => {
  const nft = [{node: 'node1', section: 'ip_tables_names', stdout: 'nat\n'}] as const;
  const legacy = (to: string) => ({node: 'node1', section: 'iptables-legacy-save', stdout: `*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination ${to}\nCOMMIT\n`});
  const differ = await trace('node/node1', '10.96.0.1:443', [...nft, legacy('192.0.2.7:1')]);
  assert.deepEqual([differ.status, differ.traces[0]?.leg.orders.length, ends(differ, 0)[0], ends(differ, 1)[0]], ['undecided', 2, '172.30.0.10:6443 sent 1 > 172.30.0.10:6443 delivered 1', '192.0.2.7:1 sent 1']);
});

test('what was refused by one rule on its way to several is one outcome', async () => {
  const report = await trace('node/node1', 'svc/hostnames', [{node: 'node1', insert: '-A OUTPUT -p tcp -m tcp --dport 9376 -j DROP', before: '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL'}]);
  assert.deepEqual(ends(report), ['10.108.143.180:80 dropped 1']);
  assert.equal(report.traces[0]?.leg.orders[0]?.[0]?.ways, 3);
});

test('nodes may not be listed: unknown, with the reason', async () => {
  const report = await trace('node/node1', 'svc/hostnames', [{deny: 'nodes', detail: 'nodes is forbidden'}]);
  assert.deepEqual([report.status, report.unknown, report.traces], ['unknown', ['nodes is forbidden'], []]);
});

for (const [i, {file, change = [], world}] of cases.entries()) {
  const from = ['node/node1', 'pod/client', 'external/node2'][i % 3] ?? '';
  test(`the trace of case ${file} from ${from} is as the schema says, and its shares add up`, async () => {
    const report = await trace(from, 'svc/hostnames', change, world);
    assert.deepEqual(complaintsAboutTrace(report), []);
    for (const {leg} of report.traces) for (const order of leg.orders) assert.ok(Math.abs(order.reduce((sum, {share}) => sum + share.number, 0) - 1) < 1e-9);
  });
}
