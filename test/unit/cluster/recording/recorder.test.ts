import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type Answer, known, unknown} from '../../../../src/cluster/answer.ts';
import type {LogQuery} from '../../../../src/cluster/cluster.ts';
import {Recorder} from '../../../../src/cluster/recording/recorder.ts';
import {RecordedCluster} from '../../../../src/cluster/recording/recorded-cluster.ts';
import {world} from '../world.ts';
import {WorldCluster} from '../world-cluster.ts';

/** A cluster whose answers to some questions are set by the test. */
class Changing extends WorldCluster {
  answer: Answer<string> = known('');

  override async version(): Promise<Answer<string>> {
    return this.answer;
  }

  override async log(_query: LogQuery): Promise<Answer<string>> {
    return this.answer;
  }
}

test('every answer is passed on and kept, known or not', async () => {
  const inner = new WorldCluster(world);
  const recorder = new Recorder(inner, '1.2.3');
  const pod = await recorder.get('pods', 'shop', 'cart-1');
  const gone = await recorder.get('pods', 'shop', 'gone');
  const refused = await recorder.list({resource: 'pods', namespace: 'closed'});
  const {kdiag, recordedAt, context, pseudonymised, exchanges} = recorder.contents();
  assert.deepEqual({kdiag, recordedAt, context, pseudonymised}, {kdiag: '1.2.3', recordedAt: '2026-11-21T12:00:00.250Z', context: 'the-world', pseudonymised: false});
  assert.deepEqual(exchanges.map(({answer}) => answer), [pod, gone, refused]);
  assert.deepEqual([recorder.now, recorder.source], [inner.now, inner.source]);
});

test('asked the same thing twice, the newest answer stays', async () => {
  const inner = new Changing(world);
  const recorder = new Recorder(inner, '1.2.3');
  for (const answer of [unknown('timeout', 'late'), known('v1.35.0'), known('v1.36.0')]) {
    inner.answer = answer;
    await recorder.version();
  }
  assert.deepEqual(recorder.contents().exchanges, [{ask: 'version', answer: known('v1.36.0')}]);
});

test('selectors in another order ask the same', async () => {
  const recorder = new Recorder(new WorldCluster(world), '1.2.3');
  await recorder.list({resource: 'pods', labelSelector: 'tier=db,app=cart'});
  await recorder.list({resource: 'pods', labelSelector: 'app=cart,tier=db'});
  assert.equal(recorder.contents().exchanges.length, 1);
});

test('of a log, the longer stays, and a known one before an unknown one', async () => {
  const inner = new Changing(world);
  const recorder = new Recorder(inner, '1.2.3');
  const query = {namespace: 'shop', pod: 'cart-1', container: 'app', previous: false};
  const asked: readonly (readonly [number, Answer<string>])[] = [[5, known('five')], [50, known('fifty')], [5, known('five again')], [100, unknown('lost', 'gone')]];
  for (const [lines, answer] of asked) {
    inner.answer = answer;
    assert.deepEqual(await recorder.log({...query, lines}), answer);
  }
  assert.deepEqual(recorder.contents().exchanges.map(({answer}) => answer), [known('fifty')]);
});

test('objects say what they are, even if the cluster did not', async () => {
  const bare = {metadata: {name: 'cart', namespace: 'shop'}, spec: {template: {spec: {containers: []}}}};
  const recorder = new Recorder(new WorldCluster({...world, objects: {deployments: [bare]}}), '1.2.3');
  assert.deepEqual(await recorder.list({resource: 'deployments'}), known([{apiVersion: 'apps/v1', kind: 'Deployment', ...bare}]));
});

test('closing closes the cluster, and keeps what was learned', async () => {
  const inner = new WorldCluster(world);
  const recorder = new Recorder(inner, '1.2.3');
  await recorder.version();
  await recorder.close();
  assert.equal(inner.closed, 1);
  assert.equal(recorder.contents().exchanges.length, 1);
});

test('a replay that is recorded gives the same recording', async () => {
  const recorder = new Recorder(new WorldCluster(world), '1.2.3');
  await recorder.version();
  await recorder.list({resource: 'pods', namespace: 'shop'});
  await recorder.readNode({node: 'n1', images: []});
  const again = new Recorder(new RecordedCluster(recorder.contents()), '1.2.3');
  await again.version();
  await again.list({resource: 'pods', namespace: 'shop'});
  await again.readNode({node: 'n1', images: []});
  assert.deepEqual(again.contents(), recorder.contents());
});
