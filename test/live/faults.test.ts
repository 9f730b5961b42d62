import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {clientPods} from './clients.ts';
import type {Expectation, Fault, NodeName} from './fault.ts';
import {faults} from './faults.ts';
import {describeReport, diagnose, type Report} from './kdiag.ts';
import {putBack, remember, settled} from './restore.ts';
import {kubectlJson} from './rig.ts';
import {clientsSee} from './watch-clients.ts';

/** Only shows that each fault is one, without kdiag: for those who write faults. */
const rehearse = process.env['LIVE_REHEARSE'] === '1';
let atFirst: Awaited<ReturnType<typeof remember>>;

before(async () => {
  await clientPods();
  atFirst = await remember();
});
after(async () => putBack(atFirst));

for (const fault of faults) {
  test(fault.name, {timeout: 300_000}, async t => {
    const {namespace, name} = fault.service ?? {namespace: 'default', name: 'hostnames'};
    try {
      await fault.break();
      t.diagnostic(`clients: ${await clientsSee(fault.clients, await (fault.address ?? (() => vip(namespace, name)))(), fault.tries)}`);
      if (!rehearse) {
        const found = await diagnose(['svc', name, '-n', namespace]);
        assertFound(found, fault.expect, `${namespace}/${name}:`);
      }
    } finally {
      await putBack(atFirst);
      await fault.repair?.();
      await settled();
    }
    await clientsSee({}, await vip('default', 'hostnames'));
    if (!rehearse) assertHealthy(await diagnose(['svc', 'hostnames']), fault);
  });
}

async function vip(namespace: string, name: string): Promise<string> {
  const {spec} = await kubectlJson<{spec: {clusterIP: string; ports: [{port: number}]}}>(`-n ${namespace} get svc ${name}`);
  return `${spec.clusterIP}:${spec.ports[0].port}`;
}

type Found = Awaited<ReturnType<typeof diagnose>>;

function assertFound(found: Found, expect: Expectation, to: string): void {
  const said = `\n${describeReport(found)}`;
  assert.equal(found.exit, expect.exit, `exit status${said}`);
  assert.ok(expect.status.includes(found.report.status as Expectation['status'][number]), `status is none of ${expect.status.join(', ')}${said}`);
  const [root] = found.report.verdict.rootCauses;
  if (expect.code !== undefined) assert.ok(root !== undefined && expect.code.includes(root.code), `the first root cause is none of ${expect.code.join(', ')}${said}`);
  if (expect.subject !== undefined) {
    assert.equal(root?.subject.kind, expect.subject.kind, `kind of the subject${said}`);
    assert.match(root?.subject.name ?? '', typeof expect.subject.name === 'string' ? new RegExp(`^${expect.subject.name}$`) : expect.subject.name, `name of the subject${said}`);
  }
  if (expect.reason !== undefined) assert.equal(root?.args?.['reason'], expect.reason, `args.reason${said}`);
  for (const [node, share] of Object.entries(expect.reach ?? {})) {
    const predicted = reach(found.report, node as NodeName, to);
    assert.ok(predicted !== null && Math.abs(predicted - share) < 0.01, `reach of ${node} is ${predicted} instead of ${share}${said}`);
  }
}

function assertHealthy(found: Found, {name}: Fault): void {
  const said = ` after the repair of: ${name}\n${describeReport(found)}`;
  assert.equal(found.exit, 0, `exit status${said}`);
  assert.equal(found.report.status, 'healthy', `status${said}`);
  assert.deepEqual(found.report.findings.filter(finding => finding.level !== 'info').map(finding => finding.code), [], `findings${said}`);
}

function reach(report: Report, node: NodeName, to: string): number | null {
  return report.reach.find(entry => entry.from.name === node && entry.to.startsWith(to))?.predicted ?? null;
}
