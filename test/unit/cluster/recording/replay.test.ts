import assert from 'node:assert/strict';
import {test} from 'node:test';
import {known, unknown} from '../../../../src/cluster/answer.ts';
import type {ListQuery} from '../../../../src/cluster/cluster.ts';
import {RecordedCluster} from '../../../../src/cluster/recording/recorded-cluster.ts';
import type {Exchange} from '../../../../src/cluster/recording/recording.ts';
import {pod} from '../world.ts';
import {cart, cart1, cart2, exchanges, recording, recordingOf} from './recordings.ts';

const replay = (...of: readonly Exchange[]): RecordedCluster => new RecordedCluster(recordingOf(of));
const list = (query: ListQuery, ...objects: readonly ReturnType<typeof pod>[]): Exchange => ({ask: 'list', query, answer: known(objects)});
const missing = (what: string): object => unknown('not-recorded', `the recording does not hold ${what}`);

test('the instant and the source are the recorded ones', () => {
  const cluster = new RecordedCluster(recording);
  assert.equal(cluster.now.toISOString(), '2026-11-21T12:00:00.250Z');
  assert.deepEqual(cluster.source, {kind: 'recording', context: 'prod', recordedAt: '2026-11-21T12:00:00.250Z'});
});

test('what was asked word by word gets the recorded answer, also when it was none', async () => {
  const cluster = new RecordedCluster(recording);
  for (const exchange of exchanges) {
    if (exchange.ask === 'version') assert.deepEqual(await cluster.version(), exchange.answer);
    if (exchange.ask === 'get') assert.deepEqual(await cluster.get(exchange.resource, exchange.namespace, exchange.name), exchange.answer);
    if (exchange.ask === 'list') assert.deepEqual(await cluster.list(exchange.query), exchange.answer);
    if (exchange.ask === 'log') assert.deepEqual(await cluster.log(exchange.query), exchange.answer);
    if (exchange.ask === 'node') assert.deepEqual(await cluster.readNode({node: exchange.node, images: []}), exchange.answer);
  }
});

test('what was not recorded says what is missing', async () => {
  const cluster = replay();
  assert.deepEqual(await cluster.version(), missing('the version of the API server'));
  assert.deepEqual(await cluster.list({resource: 'pods', namespace: 'shop'}), missing('pods of namespace shop'));
  assert.deepEqual(await cluster.list({resource: 'pods', labelSelector: 'a=b', fieldSelector: 'spec.nodeName=n'}), missing('pods of all namespaces with a=b and spec.nodeName=n'));
  assert.deepEqual(await cluster.list({resource: 'nodes'}), missing('nodes'));
  assert.deepEqual(await cluster.get('services', 'shop', 'cart'), missing('Service shop/cart'));
  assert.deepEqual(await cluster.get('nodes', null, 'n1'), missing('Node n1'));
  assert.deepEqual(await cluster.log({namespace: 'shop', pod: 'cart-1', container: 'app', previous: true, lines: 3}), missing('the previous log of container app of pod shop/cart-1'));
  assert.deepEqual(await cluster.readNode({node: 'n1', images: []}), missing('the network state of node n1'));
});

test('a narrower list comes out of a broader one', async () => {
  const cluster = replay(list({resource: 'pods'}, pod('bank', 'till', {app: 'cart'}), cart1, cart2));
  assert.deepEqual(await cluster.list({resource: 'pods', namespace: 'shop'}), known([cart1, cart2]));
  assert.deepEqual(await cluster.list({resource: 'pods', namespace: 'shop', labelSelector: 'app=cart', fieldSelector: 'spec.nodeName=n2'}), known([cart2]));
  assert.deepEqual(await cluster.list({resource: 'pods', fieldSelector: 'metadata.name=cart-1,metadata.namespace=shop'}), known([cart1]));
  assert.deepEqual(await cluster.list({resource: 'pods', namespace: 'empty'}), known([]));
});

test('a narrower list does not come out of one that is not broader', async () => {
  const cluster = replay(
    list({resource: 'pods', namespace: 'shop', labelSelector: 'app=cart'}, cart1, cart2),
    list({resource: 'pods', namespace: 'bank', fieldSelector: 'spec.nodeName=n1'}),
    list({resource: 'events', labelSelector: 'app in (a, b)'}),
    {ask: 'list', query: {resource: 'services', namespace: 'shop'}, answer: unknown('timeout', 'late')},
  );
  for (const query of [
    {resource: 'pods'}, {resource: 'pods', namespace: 'shop'}, {resource: 'pods', namespace: 'shop', labelSelector: 'app=till'}, {resource: 'pods', namespace: 'other', labelSelector: 'app=cart'},
    {resource: 'pods', namespace: 'bank'}, {resource: 'events', namespace: 'shop'}, {resource: 'services', namespace: 'shop', labelSelector: 'a=b'},
  ] as const) {
    const answer = await cluster.list(query);
    assert.ok('unknown' in answer && answer.unknown.why === 'not-recorded', JSON.stringify(query));
  }
  assert.deepEqual(await cluster.list({resource: 'pods', namespace: 'shop', labelSelector: 'x=y,app=cart'}), known([]));
});

test('selectors that are not understood are not derived', async () => {
  const cluster = replay(list({resource: 'pods'}, cart1));
  for (const query of [{resource: 'pods', labelSelector: 'app!=cart'}, {resource: 'pods', labelSelector: 'app in (cart)'}, {resource: 'pods', fieldSelector: 'status.phase=Running'}] as const) {
    assert.ok('unknown' in await cluster.list(query), JSON.stringify(query));
  }
});

test('an object comes out of a list that has it, and is known to be missing from one that would', async () => {
  const cluster = replay(list({resource: 'pods', namespace: 'shop'}, cart1), list({resource: 'pods', namespace: 'bank', labelSelector: 'app=cart'}, pod('bank', 'till')), list({resource: 'services', fieldSelector: 'metadata.name=cart'}));
  assert.deepEqual(await cluster.get('pods', 'shop', 'cart-1'), known(cart1));
  assert.deepEqual(await cluster.get('pods', 'shop', 'gone'), known(null));
  assert.deepEqual(await cluster.get('pods', 'bank', 'till'), known(pod('bank', 'till')));
  assert.deepEqual(await cluster.get('pods', 'bank', 'gone'), missing('Pod bank/gone'));
  assert.deepEqual(await cluster.get('services', 'shop', 'cart'), known(null));
  assert.deepEqual(await cluster.get('services', 'shop', 'other'), missing('Service shop/other'));
});

test('the narrowest list answers, whichever was recorded first', async () => {
  const older = pod('shop', 'cart-1', {app: 'cart', version: 'old'});
  const narrow = list({resource: 'pods', namespace: 'shop'}, cart1);
  const broad = list({resource: 'pods'}, older);
  for (const lists of [[narrow, broad], [broad, narrow]]) {
    assert.deepEqual(await replay(...lists).list({resource: 'pods', namespace: 'shop', labelSelector: 'app=cart'}), known([cart1]));
    assert.deepEqual(await replay(...lists).get('pods', 'shop', 'cart-1'), known(cart1));
  }
});

test('of a log, the last lines of what there is', async () => {
  const query = {namespace: 'a', pod: 'p', container: 'c', previous: false, lines: 10};
  const texts = [['a\nb\nc\n', 'b\nc\n'], ['a\nb\nc', 'b\nc'], ['', ''], ['a\n', 'a\n'], ['\n\n\n', '\n\n']] as const;
  for (const [text, lastTwo] of texts) {
    const cluster = replay({ask: 'log', query, answer: known(text)});
    assert.deepEqual(await cluster.log({...query, lines: 2}), known(lastTwo));
    assert.deepEqual(await cluster.log({...query, lines: 1000}), known(text));
    assert.deepEqual(await cluster.log({...query, lines: 0}), known(''));
  }
});

test('a get that was recorded stands over any list', async () => {
  const cluster = replay({ask: 'get', resource: 'services', namespace: 'shop', name: 'cart', answer: known(null)}, {ask: 'list', query: {resource: 'services'}, answer: known([cart])});
  assert.deepEqual(await cluster.get('services', 'shop', 'cart'), known(null));
});
