import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {ListQuery} from '../../../src/cluster/cluster.ts';
import type {Pod} from '../../../src/cluster/objects.ts';
import {remembered} from '../../../src/cluster/remembered.ts';
import {WorldCluster} from './world-cluster.ts';
import {world} from './world.ts';

/** The world, and what was really asked of it. */
class Counted extends WorldCluster {
  readonly asked: string[] = [];
  override list<T extends never>(query: ListQuery) { this.asked.push(`list ${JSON.stringify(query)}`); return super.list<T>(query); }
  override get<T extends never>(...query: Parameters<WorldCluster['get']>) { this.asked.push(`get ${query.join(' ')}`); return super.get<T>(...query); }
  override readNode(query: Parameters<WorldCluster['readNode']>[0]) { this.asked.push(`node ${query.node}`); return super.readNode(query); }
}

test('what was asked already is not asked again, known or not', async () => {
  const counted = new Counted(world);
  const cluster = remembered(counted);
  const node = {node: 'n1', images: []};
  const [first, second] = await Promise.all([cluster.readNode(node), cluster.readNode({...node, images: ['other']})]);
  assert.equal(first, second);
  await Promise.all([cluster.readNode({node: 'nobody', images: []}), cluster.readNode({node: 'nobody', images: []})]);
  await Promise.all([cluster.list({resource: 'events', namespace: 'shop'}), cluster.list({resource: 'events', namespace: 'shop'})]);
  assert.deepEqual(counted.asked, ['node n1', 'node nobody', 'list {"resource":"events","namespace":"shop"}']);
});

test('narrower lists and single objects come from a list that holds them, and are what the cluster would have given', async () => {
  const plain = new WorldCluster(world);
  const counted = new Counted(world);
  const cluster = remembered(counted);
  const all = await cluster.list<Pod>({resource: 'pods'});
  assert.ok('known' in all && all.known.length > 1);
  const [pod] = all.known;
  const [label, value] = Object.entries(pod?.metadata.labels ?? {})[0] ?? ['', ''];
  const queries: ListQuery[] = [
    {resource: 'pods', namespace: pod?.metadata.namespace ?? ''}, {resource: 'pods', namespace: 'nowhere'},
    {resource: 'pods', namespace: pod?.metadata.namespace ?? '', labelSelector: `${label}=${value}`}, {resource: 'pods', labelSelector: `${label}=${value}`}, {resource: 'pods', namespace: pod?.metadata.namespace ?? '', labelSelector: `${label}=other`},
    {resource: 'pods', fieldSelector: `spec.nodeName=${pod?.spec.nodeName}`},
  ];
  for (const query of queries) assert.deepEqual(await cluster.list(query), await plain.list(query), JSON.stringify(query));
  assert.deepEqual(await cluster.get('pods', pod?.metadata.namespace ?? '', pod?.metadata.name ?? ''), {known: pod});
  assert.deepEqual(await cluster.get('pods', 'shop', 'not-there'), {known: null});
  assert.equal(counted.asked.length, 1);
});

test('without the right to the wide list, narrower ones are asked for', async () => {
  const counted = new Counted(world);
  counted.list = (query: ListQuery) => { counted.asked.push(query.namespace ?? 'all'); return query.namespace === undefined ? Promise.resolve({unknown: {why: 'forbidden', detail: 'no'}} as const) : WorldCluster.prototype.list.call(counted, query) as ReturnType<WorldCluster['list']> as never; };
  const cluster = remembered(counted);
  assert.ok('unknown' in await cluster.list({resource: 'pods'}));
  assert.ok('known' in await cluster.list({resource: 'pods', namespace: 'shop'}));
  assert.deepEqual(counted.asked, ['all', 'shop']);
});
