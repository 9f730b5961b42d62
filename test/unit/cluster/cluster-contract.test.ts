import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Cluster} from '../../../src/cluster/cluster.ts';
import {openLive} from '../../../src/cluster/live/live.ts';
import {encodeRecording, openRecording} from '../../../src/cluster/recording/file.ts';
import {Recorder} from '../../../src/cluster/recording/recorder.ts';
import {remembered} from '../../../src/cluster/remembered.ts';
import {type Resource, resources} from '../../../src/cluster/resources.ts';
import {clusterContract} from './cluster-contract.ts';
import {fakeApiServer} from './live/fake-api-server.ts';
import type {World} from './world.ts';
import {WorldCluster} from './world-cluster.ts';
import {serving} from './world-server.ts';

clusterContract('a cluster in memory', async world => new WorldCluster(world));

clusterContract('the recorder around a cluster', async world => new Recorder(new WorldCluster(world), '0.0.1'));

clusterContract('a cluster of which nothing is read twice', async world => remembered(new WorldCluster(world)));

clusterContract('a recording of everything', async world => {
  const recorder = new Recorder(new WorldCluster(world), '0.0.1');
  await recordAll(recorder, world);
  return openRecording(await encodeRecording(recorder.contents()));
});

clusterContract('a live cluster', async (world, t) => {
  const server = await fakeApiServer(t, serving(world));
  const folder = await mkdtemp(join(tmpdir(), 'kdiag-contract-'));
  t.after(() => rm(folder, {recursive: true}));
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, JSON.stringify({'current-context': 'test', contexts: [{name: 'test', context: {cluster: 'c'}}], clusters: [{name: 'c', cluster: {server: server.url.href}}]}));
  const cluster = await openLive({kubeconfig, requestTimeoutMs: 5000, nodeTimeoutMs: 5000, concurrency: 5, via: 'kube-proxy', debugPods: false, debugNamespace: 'kube-system'});
  t.after(() => cluster.close());
  return cluster;
});

/** Asks broadly, as `kdiag record` does; narrower questions are derived. */
async function recordAll(cluster: Cluster, world: World): Promise<void> {
  await cluster.version();
  for (const resource of Object.keys(resources) as Resource[]) {
    await cluster.list({resource});
    if (resources[resource].namespaced) for (const namespace of world.forbidden) await cluster.list({resource, namespace});
  }
  for (const namespace of world.forbidden) await cluster.get('pods', namespace, 'x');
  for (const {node} of world.readings) await cluster.readNode({node, images: []});
  for (const {text: _, ...log} of world.logs) await cluster.log({...log, lines: 500});
}
