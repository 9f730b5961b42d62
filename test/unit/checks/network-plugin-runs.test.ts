import assert from 'node:assert/strict';
import {test} from 'node:test';
import networkPluginRuns from '../../../src/checks/network-plugin-runs.ts';
import {known, unknown} from '../../../src/cluster/answer.ts';
import {runCheck} from '../../../src/diagnose/run-checks.ts';
import type {Learning} from '../../../src/facts/facts.ts';
import {pluginPods} from '../../../src/facts/plugin-pods.ts';
import {node} from './asked-cells.ts';

const denied = unknown('forbidden', 'pods is forbidden');

test('pods that could not be listed are not pods that are not there', () => {
  const {outcome, why, unknowns} = runCheck(networkPluginRuns, {nodes: known([node(1)]), pluginPods: denied});
  assert.deepEqual([outcome, why, unknowns.map(each => each.why)], ['unknown', 'pods is forbidden', ['forbidden']]);
  assert.equal(runCheck(networkPluginRuns, {nodes: known([node(1)]), pluginPods: known([])}).outcome, 'pass');
});

test('what a node complains of is told all the same', () => {
  const ill = {...node(1), status: {conditions: [{type: 'NetworkUnavailable', status: 'True' as const, message: 'no route yet'}]}};
  assert.deepEqual(runCheck(networkPluginRuns, {nodes: known([ill]), pluginPods: denied}).findings.map(({code}) => code), ['network-plugin-not-running']);
});

test("flannel's own namespace may not be read: its pods are not known", async () => {
  const annotated = {...node(1), metadata: {name: 'node1', annotations: {'flannel.alpha.coreos.com/public-ip': '172.30.0.11'}}};
  const facts: Readonly<Record<string, unknown>> = {nodes: [annotated], systemPods: []};
  const learning = (answer: unknown): Learning => ({need: async (name: string) => facts[name], cluster: {list: async () => answer}, take: async (each: object) => { if ('unknown' in each) throw new Error('no pods are known'); return each; }}) as unknown as Learning;
  await assert.rejects(async () => pluginPods(learning(denied)), /no pods are known/);
  assert.deepEqual(await pluginPods(learning(known([]))), []);
});
