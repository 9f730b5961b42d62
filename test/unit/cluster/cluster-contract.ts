import assert from 'node:assert/strict';
import {describe, test, type TestContext} from 'node:test';
import {type Answer, isKnown} from '../../../src/cluster/answer.ts';
import type {Cluster, ListQuery} from '../../../src/cluster/cluster.ts';
import type {KubeObject} from '../../../src/cluster/objects.ts';
import {sectionNames} from '../../../src/cluster/reading.ts';
import {type World, world} from './world.ts';

/** What every adapter of the port keeps to, whatever it learns from. `open` gives a cluster in which there is this world. */
export function clusterContract(name: string, open: (world: World, t: TestContext) => Promise<Cluster>): void {
  const list = async (cluster: Cluster, query: ListQuery): Promise<readonly string[]> => value(await cluster.list(query)).map(({metadata}) => `${metadata.namespace}/${metadata.name}`);

  describe(name, () => {
    test('tells the version, where it learns from, and the instant', async t => {
      const cluster = await open(world, t);
      assert.deepEqual(await cluster.version(), {known: 'v1.36.3'});
      assert.ok(cluster.source.context !== '');
      assert.ok(!Number.isNaN(cluster.now.getTime()));
      assert.equal(cluster.now.getTime(), cluster.now.getTime(), 'the instant does not move');
    });

    test('gets an object, whole and with its kind', async t => {
      const cluster = await open(world, t);
      assert.deepEqual(await cluster.get('services', 'shop', 'cart'), {known: world.objects.services?.[0]});
      assert.deepEqual(await cluster.get('namespaces', null, 'shop'), {known: world.objects.namespaces?.[0]});
    });

    test('what is not there is null, and not a failure', async t => {
      const cluster = await open(world, t);
      assert.deepEqual(await cluster.get('services', 'shop', 'gone'), {known: null});
      assert.deepEqual(await cluster.get('namespaces', null, 'gone'), {known: null});
      assert.deepEqual(await cluster.list({resource: 'daemonsets'}), {known: []});
    });

    test('lists by namespace and name, however many there are', async t => {
      const cluster = await open(world, t);
      assert.deepEqual(await list(cluster, {resource: 'pods', namespace: 'shop'}), ['shop/Zebra', 'shop/cart-1', 'shop/cart-2']);
      const all = await list(cluster, {resource: 'pods'});
      assert.equal(all.length, 1207);
      assert.deepEqual(all, all.toSorted());
      assert.deepEqual(await list(cluster, {resource: 'pods', namespace: 'nowhere'}), []);
    });

    test('a list has the same objects as gets', async t => {
      const cluster = await open(world, t);
      const [first] = value(await cluster.list({resource: 'pods', namespace: 'bank'}));
      assert.deepEqual(first, value(await cluster.get('pods', 'bank', 'till')));
    });

    test('selects by labels and by fields', async t => {
      const cluster = await open(world, t);
      assert.deepEqual(await list(cluster, {resource: 'pods', namespace: 'shop', labelSelector: 'app=cart'}), ['shop/cart-1', 'shop/cart-2']);
      assert.deepEqual(await list(cluster, {resource: 'pods', labelSelector: 'app=cart,tier=db'}), ['shop/cart-1']);
      assert.deepEqual(await list(cluster, {resource: 'pods', namespace: 'shop', fieldSelector: 'spec.nodeName=n2'}), ['shop/cart-2']);
      assert.deepEqual(await list(cluster, {resource: 'services', fieldSelector: 'metadata.name=cart'}), ['bank/cart', 'shop/cart']);
      assert.deepEqual(await list(cluster, {resource: 'events', namespace: 'shop', fieldSelector: 'involvedObject.kind=Pod,involvedObject.name=cart-1'}), ['shop/e1']);
      assert.equal((await list(cluster, {resource: 'pods', namespace: 'many', labelSelector: 'odd=1', fieldSelector: 'spec.nodeName=n1'})).length, 200);
    });

    test('what is not allowed is forbidden, and says so', async t => {
      const cluster = await open(world, t);
      const answers: Answer<unknown>[] = [await cluster.list({resource: 'pods', namespace: 'closed'}), await cluster.get('pods', 'closed', 'x')];
      for (const answer of answers) {
        assert.ok(!isKnown(answer) && answer.unknown.why === 'forbidden' && answer.unknown.detail.includes('forbidden'));
      }
    });

    test('the last lines of a log, of this run or the one before', async t => {
      const cluster = await open(world, t);
      const query = {namespace: 'shop', pod: 'cart-1', container: 'app', previous: false, lines: 100};
      assert.deepEqual(await cluster.log(query), {known: 'one\ntwo\nthree\n'});
      assert.deepEqual(await cluster.log({...query, lines: 2}), {known: 'two\nthree\n'});
      assert.deepEqual(await cluster.log({...query, previous: true}), {known: 'crashed: 1 µs too late\n'});
      assert.ok(!isKnown(await cluster.log({...query, pod: 'cart-2'})));
    });

    test('a node\'s state, every section, character by character', async t => {
      const cluster = await open(world, t);
      const read = value(await cluster.readNode({node: 'n1', kubeProxy: {namespace: 'kube-system', pod: 'kube-proxy-n1', container: 'kube-proxy', image: 'proxy'}, images: []}));
      assert.deepEqual([read.node, read.via, Object.keys(read.sections)], ['n1', 'kube-proxy', sectionNames]);
      for (const section of ['iptables-nft-save', 'ip_vs', 'kernel']) assert.equal(read.sections[section]?.stdout, world.readings[0]?.sections[section]?.stdout);
      const none = {node: 'n9', kubeProxy: {namespace: 'kube-system', pod: 'kube-proxy-n9', container: 'kube-proxy', image: 'proxy'}, images: []};
      assert.ok(!isKnown(await cluster.readNode(none)));
    });

    test('the same question gets the same answer, also at the same time', async t => {
      const cluster = await open(world, t);
      const answers = await Promise.all(Array.from({length: 5}, () => cluster.list<KubeObject>({resource: 'pods', namespace: 'shop'})));
      for (const answer of answers) assert.deepEqual(answer, answers[0]);
    });

    test('can be closed twice', async t => {
      const cluster = await open(world, t);
      await cluster.close();
      await cluster.close();
    });
  });
}

function value<T>(answer: Answer<T>): T {
  return isKnown(answer) ? answer.known : assert.fail(`unknown: ${answer.unknown.why}: ${answer.unknown.detail}`);
}
