import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {complaintsAboutTrace} from '../unit/report/trace-schema.ts';
import {clientPods, request} from './clients.ts';
import {kdiag} from './kdiag.ts';
import {kubectl} from './rig.ts';

/** What these tests read of a trace. */
interface Leg {
  readonly node: string;
  readonly unread: string | null;
  readonly orders: readonly (readonly {readonly share: {readonly number: number}; readonly end: string; readonly to: string; readonly target: {readonly name: string} | null; readonly next: Leg | null}[])[];
}

interface Traced {
  readonly status: string;
  readonly summary: string;
  readonly traces: readonly {readonly leg: Leg}[];
}

async function trace(from: string, to: string): Promise<Traced> {
  const {code, stdout, stderr} = await kdiag(['trace', '--from', from, '--to', to, '-o', 'json']);
  assert.equal(code, 0, `kdiag trace --from ${from} --to ${to}: exit ${code}\n${stderr}${stdout}`);
  const report = JSON.parse(stdout) as Traced;
  assert.deepEqual(complaintsAboutTrace(report), []);
  return report;
}

/** Pod → the share of connections that end there, on whichever node. */
function lands({traces}: Traced): Map<string, number> {
  const shares = new Map<string, number>();
  const follow = (leg: Leg, of: number): void => {
    for (const {share, end, target, to, next} of leg.orders[0] ?? []) {
      if (next !== null) follow(next, of * share.number);
      else shares.set(end === 'delivered' ? target?.name ?? to : end, (shares.get(end === 'delivered' ? target?.name ?? to : end) ?? 0) + of * share.number);
    }
  };
  for (const {leg} of traces) follow(leg, 1);
  return shares;
}

const tries = 120;

before(clientPods, {timeout: 120_000});

for (const [from, vantage] of [['pod/probe-node1', 'pod on node1'], ['node/node2', 'node2'], ['node/cp', 'cp']] as const) {
  test(`trace from ${from}: real connections land where it says, as often as it says`, {timeout: 120_000}, async t => {
    const vip = `${await kubectl('get svc hostnames -o jsonpath={.spec.clusterIP}')}:80`;
    const told = lands(await trace(from, 'svc/hostnames'));
    assert.deepEqual(lands(await trace(from, vip)), told, 'the address says the same as the name');
    assert.equal(told.size, 3);
    const seen = await request(vantage, vip, tries);
    t.diagnostic(JSON.stringify({told: [...told], seen}));
    assert.equal(seen.ok, tries);
    assert.deepEqual(Object.keys(seen.answers).sort(), [...told.keys()].sort());
    // five standard deviations of 120 draws of a third
    for (const [pod, share] of told) assert.ok(Math.abs((seen.answers[pod] ?? 0) / tries - share) < 0.215, `${pod}: ${seen.answers[pod]} of ${tries} instead of ${share}`);
  });
}

test('trace to the address of one pod: there it lands', {timeout: 120_000}, async () => {
  const [address = '', name = ''] = (await kubectl('get pods -l app=hostnames -o jsonpath={.items[0].status.podIP}{"@"}{.items[0].metadata.name}')).split('@');
  assert.deepEqual([...lands(await trace('pod/probe-node2', `${address}:9376`))], [[name, 1]]);
  assert.deepEqual(Object.keys((await request('pod on node2', `${address}:9376`, 3)).answers), [name]);
});

test('svc --trace tells the same', {timeout: 120_000}, async () => {
  const {code, stdout} = await kdiag(['svc', 'hostnames', '--trace', '-o', 'json']);
  assert.equal(code, 0);
  const {traces} = JSON.parse(stdout) as Traced;
  const told = lands(await trace('pod/probe-node1', 'svc/hostnames'));
  assert.ok(traces.length >= 3);
  for (const each of traces) assert.deepEqual([...lands({status: '', summary: '', traces: [each]})].map(([pod, share]) => [pod, share.toFixed(6)]).sort(), [...told].map(([pod, share]) => [pod, share.toFixed(6)]).sort());
});
