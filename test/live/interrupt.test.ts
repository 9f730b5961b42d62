import assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import {beforeEach, test} from 'node:test';
import {entry, kdiag} from './kdiag.ts';
import {ourPods, removeOurPods} from './kdiag-pods.ts';
import {pause, until} from './rig.ts';

/** kdiag with a debug pod on each node, its own process, so that it alone gets the signal. */
function start(): {readonly child: ChildProcess; readonly end: Promise<{code: number | null; signal: NodeJS.Signals | null}>} {
  const child = spawn(process.execPath, [entry, 'svc', 'hostnames', '--via', 'debug-pod'], {stdio: 'ignore'});
  return {child, end: new Promise(resolve => child.on('close', (code, signal) => resolve({code, signal})))};
}

beforeEach(removeOurPods);

for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
  for (let round = 1; round <= 5; round += 1) {
    const moment = Math.round(50 + Math.random() * 2450);
    test(`${signal}, round ${round}: nothing is left`, {timeout: 60_000}, async t => {
      const {child, end} = start();
      await pause(moment);
      child.kill(signal);
      const sent = Date.now();
      const {code, signal: killedBy} = await end;
      const left = await ourPods();
      const what = `${signal} after ${moment} ms: exit ${code ?? killedBy}, ${Date.now() - sent} ms later`;
      t.diagnostic(what);
      assert.deepEqual(left.map(pod => pod.metadata.name), [], what);
      // while Node still loads it a process can only die of the signal (a shell calls that 130 or 143 as well); at the end it may be done already
      assert.ok(code === status || code === 0 || killedBy === signal, what);
    });
  }
}

test('SIGINT twice ends at once', {timeout: 60_000}, async () => {
  const {child, end} = start();
  await until('a debug pod', 30, async () => ((await ourPods()).length > 0 ? true : null));
  child.kill('SIGINT');
  await pause(30);
  child.kill('SIGINT');
  const sent = Date.now();
  await end;
  assert.ok(Date.now() - sent < 5000);
});

test('SIGKILL leaves pods that cleanup removes', {timeout: 60_000}, async t => {
  const {child, end} = start();
  await until('a debug pod', 30, async () => ((await ourPods()).length > 0 ? true : null));
  child.kill('SIGKILL');
  await end;
  const left = await ourPods();
  t.diagnostic(`${left.length} left`);
  const {code, stdout, stderr} = await kdiag(['cleanup']);
  assert.equal(code, 0, stdout + stderr);
  await until('the pods to go', 20, async () => ((await ourPods()).length === 0 ? true : null));
});

test('debug pods are as small and short-lived as promised', {timeout: 60_000}, async () => {
  const {end} = start();
  const pods = await until('a debug pod on each node', 30, async () => {
    const seen = await ourPods();
    return new Set(seen.map(pod => pod.spec.nodeName)).size === 3 ? seen : null;
  }).finally(() => end);
  for (const {metadata, spec} of pods) {
    const about = `${metadata.name} on ${spec.nodeName}`;
    assert.ok(spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds <= 900, `${about}: activeDeadlineSeconds ${spec.activeDeadlineSeconds}`);
    assert.equal(spec.automountServiceAccountToken, false, about);
    assert.deepEqual(spec.containers.flatMap(container => container.volumeMounts ?? []).filter(mount => mount.mountPath.includes('serviceaccount')), [], about);
    assert.ok(spec.tolerations?.some(({operator, key, effect}) => operator === 'Exists' && key === undefined && effect === undefined), `${about} tolerates every taint`);
    assert.match(spec.containers[0]?.image ?? '', /kube-proxy/, `${about}: the image that is on every node already`);
  }
  assert.deepEqual(await ourPods(), []);
});
