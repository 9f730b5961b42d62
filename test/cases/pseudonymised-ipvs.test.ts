import assert from 'node:assert/strict';
import {test} from 'node:test';
import {isKnown} from '../../src/cluster/answer.ts';
import {pseudonymise} from '../../src/cluster/recording/pseudonymise/pseudonymise.ts';
import {RecordedCluster} from '../../src/cluster/recording/recorded-cluster.ts';
import {diagnoseCase} from './case.ts';
import {recordingOf, type Change} from './world.ts';

/** Addresses of the recorded cluster that mean something only there. */
const own = ['10.108.239.136', '0A6CEF88', '10.244.1.2,', '0AF40102'];

async function underOtherNames(change: readonly Change[]) {
  const recording = pseudonymise(recordingOf(change, 'healthy-ipvs'));
  const cluster = new RecordedCluster(recording);
  const services = await cluster.list({resource: 'services'});
  assert.ok(isKnown(services));
  // The demo's Service is the one of type ClusterIP in default that has no affinity and a selector.
  const demo = services.known.find(each => {
    const {spec} = each as {spec?: {type?: string; sessionAffinity?: string; selector?: object}};
    return each.metadata.namespace === 'default' && spec?.type === 'ClusterIP' && spec.sessionAffinity === 'None' && spec.selector !== undefined;
  });
  return {recording, report: await diagnoseCase({ask: demo?.metadata.name ?? ''}, cluster)};
}

test('a node in mode ipvs under other names and addresses is as healthy', async () => {
  const {recording, report} = await underOtherNames([]);
  assert.equal(report.status, 'healthy', report.verdict.summary);
  assert.ok(report.reach.length === 2 && report.reach.every(({predicted}) => predicted === 1));
  for (const exchange of recording.exchanges) {
    if (exchange.ask !== 'node' || !isKnown(exchange.answer)) continue;
    for (const [name, {stdout}] of Object.entries(exchange.answer.known.sections)) for (const address of own) assert.ok(!stdout.includes(address), `${address} in ${name}`);
  }
});

test('and as broken', async () => {
  const {report} = await underOtherNames([{node: 'node1', section: 'ipset', delete: 'add KUBE-CLUSTER-IP '}]);
  assert.deepEqual(report.verdict.rootCauses.map(({code}) => code), ['ipvs-set-incomplete'], report.verdict.summary);
});
