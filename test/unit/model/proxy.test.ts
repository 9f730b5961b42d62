import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Node, Pod, Workload} from '../../../src/cluster/objects.ts';
import {proxiesOf} from '../../../src/model/proxy.ts';

const container = {name: 'c', image: 'registry.example.org/kube-proxy:v1.36.3', command: ['sh', '-c', 'sleep 300']};
const kdiags = {'app.kubernetes.io/managed-by': 'kdiag'};
const node: Node = {metadata: {name: 'n1'}};
const pod = (name: string, labels: Readonly<Record<string, string>>): Pod => ({metadata: {name, namespace: 'kube-system', labels}, spec: {nodeName: 'n1', containers: [container]}});
const set = (name: string, labels: Readonly<Record<string, string>>): Workload => ({metadata: {name, namespace: 'kube-system', labels}, spec: {template: {spec: {containers: [container]}}}});

test("what kdiag itself has in the cluster is no kube-proxy, though it has kube-proxy's image", () => {
  const {pods, daemonSets} = proxiesOf([pod('kube-proxy-x', {}), pod('kdiag-y', kdiags)], [set('kube-proxy', {}), set('kdiag-z', kdiags)], [node], [], null);
  assert.deepEqual(pods.get('n1')?.map(each => each.pod.metadata.name), ['kube-proxy-x']);
  assert.deepEqual(daemonSets.map(({metadata}) => metadata.name), ['kube-proxy']);
  assert.deepEqual(proxiesOf([pod('kdiag-y', kdiags)], [set('kdiag-z', kdiags)], [node], [], null).daemonSets, []);
});
