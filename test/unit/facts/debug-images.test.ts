import assert from 'node:assert/strict';
import {test} from 'node:test';
import {queryFor} from '../../../src/facts/node-rules.ts';

const node = (...images: readonly (readonly string[])[]) => ({metadata: {name: 'node1'}, status: {images: images.map(names => ({names}))}});

test('without any kube-proxy, the image of one that the node still has is there for a debug pod', () => {
  assert.deepEqual(queryFor(node(['registry.example/app:v1'], ['registry.k8s.io/kube-proxy@sha256:abc', 'registry.k8s.io/kube-proxy:v1.36.3']), null), {node: 'node1', images: ['registry.k8s.io/kube-proxy:v1.36.3']});
  assert.deepEqual(queryFor(node(['mirror.example:5000/k8s/kube-proxy-amd64:v1.30.0']), null).images, ['mirror.example:5000/k8s/kube-proxy-amd64:v1.30.0']);
});

test('other images, and names that only look like it, are not', () => {
  assert.deepEqual(queryFor(node(['registry.example/my-kube-proxy:v1'], ['registry.example/kube-proxy/tool:v1'], ['registry.example/app:v1']), null).images, []);
  assert.deepEqual(queryFor({metadata: {name: 'node1'}}, null).images, []);
});
