import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {describeReport, diagnose} from '../kdiag.ts';
import {putBack, remember, settled} from '../restore.ts';
import {kubectl} from '../rig.ts';
import {dnsPods, dnsReady, restartDns} from './dns-fault.ts';
import {dnsFaults, fileOf} from '../../replays/dns-faults.ts';
import {assertSaid} from '../../replays/said.ts';
import {breaks, endStubs} from './faults.ts';

const objects = ['-n kube-system get deploy coredns', '-n kube-system get cm coredns', '-n kube-system get svc kube-dns', 'get clusterrole system:coredns'];
/** Where recordings of the broken cluster are kept, if asked for: they become replay cases. */
const keep = process.env['LIVE_KEEP'];
/** What does not depend on kube-proxy's mode is broken in one round; emulated machines are too slow for more than a healthy look. */
const round = process.env['LIVE_IPTABLES'] ?? 'nft';
const alsoNftables = ['one of two replicas drops packets', 'UDP port removed', 'a connection of UDP is remembered to a pod that is gone', 'pod with a wrong nameserver'];
const broken = dnsFaults.filter(({name}) => round === 'nft' || (round === 'nftables' && alsoNftables.includes(name)));
let atFirst: Awaited<ReturnType<typeof remember>>;
let corefileAtFirst = '';
const corefileNow = (): Promise<string> => kubectl('-n kube-system get cm coredns -o jsonpath={.data.Corefile}');

before(async () => {
  atFirst = await remember(objects);
  corefileAtFirst = await corefileNow();
  if (keep !== undefined) await mkdir(keep, {recursive: true});
});
after(async () => { endStubs(); await putBack(atFirst, objects); });

test('dns: a healthy cluster is silent', {timeout: 120_000}, async () => {
  const found = await diagnose(['dns', ...(keep === undefined ? [] : ['--record', join(keep, 'healthy.kdiag')])]);
  assert.equal(found.report.status, 'healthy', describeReport(found));
  assert.deepEqual(found.report.findings, [], describeReport(found));
});

for (const fault of broken) {
  test(`dns: ${fault.name}`, {timeout: 300_000}, async t => {
    const way = breaks[fault.name];
    assert.ok(way !== undefined, `nothing breaks the cluster for: ${fault.name}`);
    try {
      await way.break();
      const found = await diagnose(['dns', ...fault.args ?? [], ...(keep === undefined ? [] : ['--record', join(keep, fileOf(fault))])]);
      t.diagnostic(`${fault.name}: ${found.report.verdict.summary}`);
      assertSaid(found, fault, `\n${describeReport(found)}`);
    } finally {
      endStubs();
      await kubectl('delete pods -l app=dns-test -A --wait=true --grace-period=0 --ignore-not-found');
      const changed = await corefileNow() !== corefileAtFirst;
      await putBack(atFirst, objects);
      await way.repair?.();
      if (changed || (await dnsPods()).some(({status}) => status.containerStatuses?.[0]?.ready !== true)) await restartDns();
      await healed();
    }
    const found = await diagnose(['dns']);
    assert.equal(found.report.status, 'healthy', `after the repair of: ${fault.name}\n${describeReport(found)}`);
  });
}

async function healed(): Promise<void> {
  await kubectl('-n kube-system rollout status ds/kube-proxy --timeout=90s');
  await dnsReady();
  await settled();
}
