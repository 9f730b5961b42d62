import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {clientPods, type Seen, type Vantage} from './clients.ts';
import type {Exit, Expectation, NodeName} from './fault.ts';
import {faults} from './faults.ts';
import {describeReport, diagnose, type Report} from './kdiag.ts';
import {putBack, remember, settled} from './restore.ts';
import {kubectlJson, liveAll} from './rig.ts';
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
      const clients = await clientsSee(fault.clients, await (fault.address ?? (() => vip(namespace, name)))(), fault.tries);
      t.diagnostic(`clients: ${clients.text}`);
      if (!rehearse) {
        const found = await diagnose(['svc', name, '-n', namespace]);
        assertFound(found, fault.expect, `${namespace}/${name}:`);
        if (fault.address === undefined) assertReachIsTrue(found, clients.seen, `${namespace}/${name}:`);
      }
    } finally {
      await putBack(atFirst);
      await fault.repair?.();
      await settled();
    }
    await clientsSee({}, await vip('default', 'hostnames'));
    if (!rehearse && liveAll) assertHealthy(await diagnose(['svc', 'hostnames']), fault.name);
  });
}

test('healthy again after all that was broken', {timeout: 60_000, skip: rehearse}, async () => assertHealthy(await diagnose(['svc', 'hostnames']), 'all'));

async function vip(namespace: string, name: string): Promise<string> {
  const {spec} = await kubectlJson<{spec: {clusterIP: string; ports: [{port: number}]}}>(`-n ${namespace} get svc ${name}`);
  return `${spec.clusterIP}:${spec.ports[0].port}`;
}

type Found = Awaited<ReturnType<typeof diagnose>>;

function assertFound(found: Found, expect: Expectation, to: string): void {
  const said = `\n${describeReport(found)}`;
  assert.ok([expect.exit].flat().includes(found.exit as Exit), `exit status is not ${String(expect.exit)}${said}`);
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

/** What kdiag predicts is what clients on that node, and in its pods, have just seen: at least in whether something is lost. */
function assertReachIsTrue(found: Found, seen: ReadonlyMap<Vantage, Seen>, to: string): void {
  for (const node of ['cp', 'node1', 'node2'] as const) {
    const predicted = reach(found.report, node, to);
    if (predicted === null) continue;
    const shares = [seen.get(node), seen.get(`pod on ${node}` as Vantage)].flatMap(one => (one === undefined ? [] : [one.ok / one.tries]));
    const lost = Math.min(...shares) < 1;
    assert.equal(predicted < 0.999, lost, `reach of ${node} is ${predicted}, and clients there saw ${shares.join(' and ')}\n${describeReport(found)}`);
  }
}

function assertHealthy(found: Found, what: string): void {
  const said = ` after the repair of: ${what}\n${describeReport(found)}`;
  assert.equal(found.exit, 0, `exit status${said}`);
  assert.equal(found.report.status, 'healthy', `status${said}`);
  assert.deepEqual(found.report.findings.filter(finding => finding.level !== 'info').map(finding => finding.code), [], `findings${said}`);
}

function reach(report: Report, node: NodeName, to: string): number | null {
  return report.reach.find(entry => entry.from.name === node && entry.to.startsWith(to))?.predicted ?? null;
}
