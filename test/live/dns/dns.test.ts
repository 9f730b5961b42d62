import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {describeReport, diagnose} from '../kdiag.ts';
import {putBack, remember, settled} from '../restore.ts';
import {kubectl} from '../rig.ts';
import {dnsPods, dnsReady, restartDns} from './dns-fault.ts';
import {dnsFaults, endStubs} from './faults.ts';

const objects = ['-n kube-system get deploy coredns', '-n kube-system get cm coredns', '-n kube-system get svc kube-dns', 'get clusterrole system:coredns'];
/** Where recordings of the broken cluster are kept, if asked for: they become replay cases. */
const keep = process.env['LIVE_KEEP'];
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
  const found = await diagnose(['dns']);
  assert.equal(found.report.status, 'healthy', describeReport(found));
  assert.deepEqual(found.report.findings, [], describeReport(found));
});

for (const fault of dnsFaults) {
  test(`dns: ${fault.name}`, {timeout: 300_000, ...(fault.notYet === undefined ? {} : {todo: fault.notYet})}, async t => {
    const {expect} = fault;
    try {
      const args = [...fault.args ?? [], ...await fault.break() ?? []];
      const found = await diagnose(['dns', ...args, ...(keep === undefined ? [] : ['--record', join(keep, `${fault.name.replaceAll(/[^A-Za-z0-9]+/g, '-').toLowerCase()}.kdiag`)])]);
      const said = `\n${describeReport(found)}`;
      t.diagnostic(`${fault.name}: ${found.report.verdict.summary}`);
      assert.equal(found.report.status, expect.status, `status${said}`);
      assert.equal(found.exit, expect.status === 'broken' ? 1 : 0, `exit${said}`);
      const first = expect.status === 'healthy' ? found.report.findings.find(({code}) => code === expect.code) : found.report.verdict.rootCauses[0];
      assert.equal(first?.code, expect.code, `the first root cause${said}`);
      if (expect.status !== 'healthy') assert.deepEqual([...new Set(found.report.verdict.rootCauses.filter(({level}) => level === 'error' || expect.status === 'degraded').map(({code}) => code))], [expect.code], `other root causes${said}`);
      if (expect.subject !== undefined) assert.equal(first?.subject.kind, expect.subject.kind, `kind of the subject${said}`);
      if (expect.subject?.name !== undefined) assert.match(first?.subject.name ?? '', typeof expect.subject.name === 'string' ? new RegExp(`^${expect.subject.name}$`) : expect.subject.name, `name of the subject${said}`);
      if (expect.reason !== undefined) assert.equal(first?.args?.['reason'], expect.reason, `args.reason${said}`);
      if (expect.says !== undefined) assert.match(first?.message ?? '', expect.says, said);
    } finally {
      endStubs();
      await kubectl('delete pods -l app=dns-test -A --wait=true --grace-period=0 --ignore-not-found');
      const changed = await corefileNow() !== corefileAtFirst;
      await putBack(atFirst, objects);
      await fault.repair?.();
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
